"""The loop's create_server."""

import asyncio
import socket
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part

LINE, OTHER_END = socket.socketpair()  # a descriptor for mocks


class SocketOfBaseEvents:
    """The module `socket`, or what a test put there for asyncio to use."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio.base_events.socket, name)

    def socket(self, *args: int, **kwargs: int) -> Any:
        """A socket, or a mock; as a number, a MagicMock is 1: not stdout."""
        sock = asyncio.base_events.socket.socket(*args, **kwargs)
        if isinstance(sock, mock.MagicMock):
            sock.fileno.return_value = LINE.fileno()
        return sock


@contextmanager
def put_in_create_server() -> Iterator[None]:
    with (
        mock.patch.object(
            asyncio.SelectorEventLoop,
            "create_server",
            behind.create_server.create_server,
        ),
        mock.patch.object(behind.addresses, "socket", SocketOfBaseEvents()),
        mock.patch.object(
            behind.create_server, "socket", SocketOfBaseEvents()
        ),
    ):
        yield


def create_server_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our create_server, and why."""
    if sys.version_info < (3, 13):
        for test in ("test_wait_closed_basic", "test_wait_closed_race"):
            yield f"test_server.TestServer2.{test}", "calls Server._attach"


PRIVATE = r"SSLTests\.test_gh140947"  # it waits for a private attribute


PART = Part(
    modules=[
        "test_server",
        "test_events",
        "test_base_events",
        "test_streams",
        "test_buffered_proto",
        *(["test_server_context"] if sys.version_info >= (3, 15) else []),
    ],
    select=rf"^(?!.*([uU]nix|{PRIVATE}))("
    r"test_server|test_events.*(TestServer|test_(create_)?server)|"
    r"test_base_events.*test_create_server|"
    r"test_streams.*(server|test_unhandled)|test_buffered)",
    put_in=put_in_create_server,
    excepted=dict(create_server_excepted()),
)
