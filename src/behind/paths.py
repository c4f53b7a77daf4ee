"""Connect and listen on unix sockets, which have a path for an address."""

import asyncio
import errno
import os
import socket
from collections.abc import Callable
from contextlib import ExitStack, suppress
from ssl import SSLContext
from typing import Any

from behind.addresses import remove_stale_socket
from behind.connections import P, make_connection
from behind.races import connect_first
from behind.servers import Server
from behind.tls import putting_on_tls, server_tls

__all__ = ["UnixServer", "create_unix_connection", "create_unix_server"]

Path = Any  # str, bytes or os.PathLike; an abstract name begins with "\\0"


async def create_unix_connection(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    path: Path = None,
    *,
    ssl: SSLContext | bool | None = None,
    sock: socket.socket | None = None,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> tuple[asyncio.Transport, P]:
    """Connect to the socket at *path*; return a transport and a protocol.

    Or pass *sock*, a unix socket that is connected. Raises OSError if it
    cannot connect, and ValueError for arguments that do not go together.

    Rebuilds loop.create_unix_connection (Lib/asyncio/unix_events.py).
    """
    if ssl and server_hostname is None:
        raise ValueError("you have to pass server_hostname when using ssl")
    put_on_tls = putting_on_tls(
        loop,
        ssl,
        server_hostname=server_hostname,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    _check_path(path, sock, "no path and sock were specified")
    if sock is None:
        there = socket.AF_UNIX, socket.SOCK_STREAM, 0, "", os.fspath(path)
        sock = await connect_first(loop, [there])
    return await make_connection(loop, sock, protocol_factory, put_on_tls)


async def create_unix_server(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], asyncio.BaseProtocol],
    path: Path = None,
    *,
    sock: socket.socket | None = None,
    backlog: int = 100,
    ssl: SSLContext | bool | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
    start_serving: bool = True,
    cleanup_socket: bool = True,
) -> Server:
    """Listen on the unix socket *path*, and return the Server.

    It takes the place of a socket that has the path, but of no other
    file. Or pass *sock*, a bound unix socket. With *cleanup_socket* the
    file is removed when the server is closed, unless another has its
    place by then. The rest is as with create_server.

    Raises OSError if it cannot listen, ValueError and TypeError for
    arguments that do not go together.

    Rebuilds loop.create_unix_server (Lib/asyncio/unix_events.py).
    """
    put_on_tls = server_tls(
        loop,
        ssl,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    _check_path(path, sock, "path was not specified, and no sock specified")
    with ExitStack() as if_this_fails:
        if sock is None:
            sock = socket.socket(socket.AF_UNIX)
            if_this_fails.callback(sock.close)
            _bind(sock, os.fspath(path))
        make = UnixServer if cleanup_socket else Server
        server = make(loop, [sock], protocol_factory, backlog, put_on_tls)
        if start_serving:
            await server.start_serving()
        if_this_fails.pop_all()
    return server


def _check_path(path: Path, sock: socket.socket | None, neither: str) -> None:
    if path is not None:
        if sock is not None:
            raise ValueError(
                "path and sock can not be specified at the same time"
            )
    elif sock is None:
        raise ValueError(neither)
    elif (sock.family, sock.type) != (socket.AF_UNIX, socket.SOCK_STREAM):
        raise ValueError(
            f"A UNIX Domain Stream Socket was expected, got {sock!r}"
        )


def _bind(sock: socket.socket, path: str | bytes) -> None:
    remove_stale_socket(path)
    try:
        sock.bind(path)
    except OSError as exc:
        if exc.errno != errno.EADDRINUSE:
            raise
        message = f"Address {path!r} is already in use"
        raise OSError(exc.errno, message) from None


class UnixServer(Server):
    """A Server that takes its socket's file away when it is closed."""

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        (sock,) = self.sockets
        self._path = sock.getsockname()
        self._inode = _inode(self._path)

    def close(self) -> None:
        """Stop listening, and remove the file. The connections stay open."""
        if self._inode is not None and _inode(self._path) == self._inode:
            with suppress(OSError):  # the folder may not let us any more
                os.remove(self._path)
        self._inode = None
        super().close()


def _inode(path: str | bytes) -> int | None:
    """The number of the file that *path* leads to, if any."""
    try:
        return os.stat(path).st_ino
    except (OSError, ValueError):  # an abstract name is not that of a file
        return None
