"""asyncio.gather and asyncio.ensure_future."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_gather() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "gather", behind.gather),
        mock.patch.object(asyncio.tasks, "gather", behind.gather),
        mock.patch.object(asyncio, "ensure_future", behind.ensure_future),
        mock.patch.object(
            asyncio.tasks, "ensure_future", behind.ensure_future
        ),
    ):
        yield


PART = Part(
    modules=[
        "test_tasks",
        *(["test_eager_task_factory"] if sys.version_info >= (3, 12) else []),
    ],
    select=r"[gG]ather|ensure_future",
    put_in=put_in_gather,
)
