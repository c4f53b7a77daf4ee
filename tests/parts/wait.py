"""asyncio.wait."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_wait() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "wait", behind.wait),
        mock.patch.object(asyncio.tasks, "wait", behind.wait),
    ):
        yield


PART = Part(
    modules=["test_tasks"],
    select=r"\.test_wait(?!_?for)",
    put_in=put_in_wait,
)
