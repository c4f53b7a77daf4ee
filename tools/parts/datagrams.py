"""Datagrams, and the loop's create_datagram_endpoint."""

import importlib
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part, put_in_event_loop
from parts.create_server import SocketOfBaseEvents


@contextmanager
def put_in_datagrams() -> Iterator[None]:
    tests = importlib.import_module("test.test_asyncio.test_selector_events")
    sockets = SocketOfBaseEvents()
    with (
        put_in_event_loop(),
        mock.patch.object(behind.addresses, "socket", sockets),
        mock.patch.object(behind.endpoints, "socket", sockets),
        mock.patch.object(behind.threads, "socket", sockets),
        mock.patch.object(behind.servers, "socket", sockets),
        mock.patch.object(
            tests, "_SelectorDatagramTransport", behind.DatagramTransport
        ),
    ):
        yield


def datagrams_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our datagrams, and why."""
    transport = "test_selector_events.SelectorDatagramTransportTests.test"
    for test in (
        "fatal_error_connected",
        "fatal_error_connected_custom_error",
    ):
        yield f"{transport}_{test}", "calls a private method"
    for test in (
        "read_ready_err",
        "sendto_exception",
        "sendto_ready_exception",
    ):
        yield f"{transport}_{test}", "wants the transport closed by a mistake"
    for test in ("sendto_closing", "sendto_error_received"):
        yield f"{transport}_{test}", "looks at a private attribute"
    endpoint = (
        "test_base_events.BaseEventLoopWithSelectorTests."
        "test_create_datagram_endpoint"
    )
    yield f"{transport}_sendto_ready_closing", "wants to be told at once"
    for test in ("tryagain", "sendto_ready", "sendto_ready_blocked"):
        yield (
            f"{transport}_sendto_{test}",
            "wants the loop to be told a method, not its context's run",
        )
    if sys.version_info < (3, 13):
        yield f"{transport}_sendto_no_data", "ours sends it, as 3.13 does"
        yield f"{endpoint}_wrong_sock", "ours refuses in the words of 3.13"


PART = Part(
    modules=["test_events", "test_base_events", "test_selector_events"],
    select=r"EventLoop(WithSelector)?Tests.test_(create_)?datagram|"
    r"SelectorDatagramTransportTests",
    put_in=put_in_datagrams,
    excepted=dict(datagrams_excepted()),
)
