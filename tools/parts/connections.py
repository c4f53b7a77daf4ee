"""The loop's methods that connect, and those for unix sockets."""

import asyncio
import importlib
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part, came_with, put_in_event_loop
from parts.create_server import LINE


class SocketOf:
    """The module `socket`, or what a test put into a module of asyncio."""

    def __init__(self, module: Any) -> None:
        self.module = module

    def __getattr__(self, name: str) -> Any:
        return getattr(self.module.socket, name)

    def socket(self, *args: int, **kwargs: int) -> Any:
        """A socket, or a mock, which is not stdout, and connects."""
        sock = self.module.socket.socket(*args, **kwargs)
        if isinstance(sock, mock.Mock):
            sock.fileno.return_value = LINE.fileno()
            sock.connect_ex = lambda address: sock.connect(address) and 0
        return sock


def interleave(infos: Any, first_address_family_count: int = 1) -> Any:
    return behind.races._interleave(infos, first_address_family_count)


def staggered() -> Iterator[tuple[Any, str, Any]]:
    module = importlib.import_module("test.test_asyncio.test_staggered")
    yield module, "staggered_race", behind.staggered_race


@contextmanager
def put_in_connections() -> Iterator[None]:
    base, unix = SocketOf(asyncio.base_events), SocketOf(asyncio.unix_events)
    transport = behind.SocketTransport
    with put_in_event_loop(), ExitStack() as stack:
        for module, name, ours in [
            (behind.connections, "socket", base),
            (behind.paths, "socket", unix),
            (behind.races, "socket", base),
            (behind.threads, "socket", base),
            (behind.addresses, "socket", base),
            (behind.create_server, "socket", base),
            (behind.sock, "socket", base),
            (asyncio.base_events, "_interleave_addrinfos", interleave),
            *(staggered() if sys.version_info >= (3, 13) else []),
        ]:
            stack.enter_context(mock.patch.object(module, name, ours))
        sock = property(lambda self: self._file)
        stack.enter_context(
            mock.patch.object(transport, "_sock", sock, create=True)
        )
        yield


def connections_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our connections, and why."""
    base = "test_base_events.BaseEventLoopWithSelectorTests.test_create"
    yield (
        f"{base}_connection_ssl_server_hostname_default",
        "replaces a private method",
    )
    yield f"{base}_connection_bluetooth", "its mock knows no connect_ex"
    yield f"{base}_connection_no_inet_pton", "all systems have it"
    if sys.version_info < (3, 12):
        yield (
            "test_unix_events.SelectorEventLoopUnixSocketTests."
            "test_create_unix_server_path_stream_bittype",
            "removes the file itself",
        )
    if came_with((3, 13, 6)):
        yield (
            f"{base}_connection_happy_eyeballs_empty_exceptions",
            "replaces a private function",
        )
        yield (
            f"{base}_connection_connect_non_os_err_close_err",
            "closing a socket does not fail",
        )
    if came_with((3, 13, 2)):
        yield (
            "test_staggered.StaggeredTests.test_cancelled",
            "who is cancelled twice cancels the others once",
        )


PART = Part(
    modules=[
        "test_events",
        "test_base_events",
        "test_unix_events",
        "test_server",
        "test_streams",
        "test_buffered_proto",
        "test_sock_lowlevel",
        *(["test_staggered"] if sys.version_info >= (3, 13) else []),
    ],
    select=r"create_(ssl_)?(unix_)?connection|connect_accepted_socket|"
    r"open_(unix_)?connection|happy_eyeball|interleave|unix_(server|sock)|"
    r"UnixSocketTests|UnixServer|test_staggered|test_buffered",
    put_in=put_in_connections,
    excepted=dict(connections_excepted()),
)
