"""Futures that cross from thread to thread."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_wrapping() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "wrap_future", behind.wrap_future),
        mock.patch.object(asyncio.futures, "wrap_future", behind.wrap_future),
        mock.patch.object(
            asyncio,
            "run_coroutine_threadsafe",
            behind.run_coroutine_threadsafe,
        ),
    ):
        yield


PART = Part(
    modules=["test_events", "test_futures", "test_tasks", "test_threads"],
    select=r"wrap_future|RunCoroutineThreadsafe|run_in_executor|test_threads",
    put_in=put_in_wrapping,
)
