"""asyncio.sleep."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_sleep() -> Iterator[None]:
    with mock.patch.object(asyncio, "sleep", behind.sleep):
        yield


PART = Part(
    modules=["test_tasks", "test_timeouts", "test_taskgroups", "test_waitfor"],
    select=r"SleepTests|CTask_CFuture_Tests.*sleep|"
    r"^test_(timeouts|taskgroups|waitfor)",
    put_in=put_in_sleep,
)
