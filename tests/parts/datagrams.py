"""Datagrams, and the loop's create_datagram_endpoint."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part, put_in_event_loop
from parts.create_server import SocketOfBaseEvents


@contextmanager
def put_in_datagrams() -> Iterator[None]:
    tests = sys.modules["test.test_asyncio.test_selector_events"]
    sockets = SocketOfBaseEvents()
    with (
        put_in_event_loop(),
        mock.patch.object(behind.endpoints, "socket", sockets),
        mock.patch.object(behind.runners, "socket", sockets),
        mock.patch.object(behind.servers, "socket", sockets),
        mock.patch.object(
            tests, "_SelectorDatagramTransport", behind.DatagramTransport
        ),
    ):
        yield


PART = Part(
    modules=["test_events", "test_base_events", "test_selector_events"],
    select=r"EventLoop(WithSelector)?Tests.test_(create_)?datagram|"
    r"SelectorDatagramTransportTests",
    put_in=put_in_datagrams,
    excepted={},
)
