"""asyncio.wait_for."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_wait_for() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "wait_for", behind.wait_for),
        mock.patch.object(asyncio.tasks, "wait_for", behind.wait_for),
    ):
        yield


PART = Part(
    modules=["test_waitfor"],
    select=r"^test_waitfor",
    put_in=put_in_wait_for,
    excepted={
        "test_waitfor.AsyncioWaitForTest.test_wait_for_self_cancellation": (
            "drops the result of a task that refuses to be cancelled"
        )
    },
)
