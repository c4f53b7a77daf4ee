"""Streams: readers, writers, and what opens and serves them."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import behind
from parts import Part

NAMES = [
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "open_connection",
    "open_unix_connection",
    "start_server",
    "start_unix_server",
]


@contextmanager
def put_in_streams() -> Iterator[None]:
    """Our streams, under the names that tests and asyncio itself use."""
    with ExitStack() as stack:
        for name in NAMES:
            ours = getattr(behind, name)
            for module in asyncio, asyncio.streams:
                stack.enter_context(mock.patch.object(module, name, ours))
        stack.enter_context(
            mock.patch.object(
                asyncio.streams,
                "FlowControlMixin",
                behind.writers.FlowControlMixin,
            )
        )
        yield


PART = Part(
    modules=["test_streams"],
    select="",
    put_in=put_in_streams,
)
