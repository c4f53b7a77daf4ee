"""Streams: readers, writers, and what opens and serves them."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part, put_in_names

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
    with (
        put_in_names(asyncio.streams, *NAMES),
        mock.patch.object(
            asyncio.streams,
            "FlowControlMixin",
            behind.writers.FlowControlMixin,
        ),
    ):
        yield


PART = Part(
    modules=[
        "test_streams",
        "test_server",
        "test_buffered_proto",
        "test_pep492",
        "test_subprocess",
        *(["test_server_context"] if sys.version_info >= (3, 15) else []),
    ],
    select=r"^test_(streams|server|buffered)|pep492.StreamReader|"
    r"ThreadedWatcher.*_(communicate|devnull|empty_input|pause_reading|std)",
    put_in=put_in_streams,
)
