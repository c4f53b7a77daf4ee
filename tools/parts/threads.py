"""Threads, and the loop's executors."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part, put_in_methods


@contextmanager
def put_in_threads() -> Iterator[None]:
    with (
        put_in_methods(behind.ThreadMethods),
        mock.patch.object(asyncio, "to_thread", behind.to_thread),
    ):
        yield


PART = Part(
    modules=["test_threads", "test_base_events", "test_events"],
    select=r"test_threads|executor|getaddrinfo|getnameinfo|"
    r"in_other_thread|test_call_coroutine",
    put_in=put_in_threads,
)
