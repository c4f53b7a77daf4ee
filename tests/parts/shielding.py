"""asyncio.shield."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_shield() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "shield", behind.shield),
        mock.patch.object(asyncio.tasks, "shield", behind.shield),
    ):
        yield


PART = Part(
    modules=["test_tasks", "test_waitfor"],
    select=r"(?<!not_)shield",
    put_in=put_in_shield,
)
