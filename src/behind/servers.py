"""Listen on sockets, and make a transport and a protocol per connection."""

import asyncio
import contextvars
import errno
import os
import socket
import sys
import weakref
from asyncio.trsock import TransportSocket
from collections.abc import Callable, Iterable, Sequence
from contextlib import ExitStack
from functools import partial
from itertools import chain
from ssl import SSLContext, SSLSocket
from typing import Any

from behind.tls import PutOnTLS, putting_on_tls
from behind.transports import SocketTransport

__all__ = ["Server", "ServerMethods"]

ACCEPT_RETRY_DELAY = 1  # seconds
OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}

Host = str | bytes | None
AddressInfo = tuple[int, int, int, str, Any]


class ServerMethods(asyncio.AbstractEventLoop):
    """The loop's method that starts a server."""

    async def create_server(  # type: ignore[override]  # our own Server
        self,
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        host: Host | Iterable[Host] = None,
        port: int | str | None = None,
        *,
        family: int = socket.AF_UNSPEC,
        flags: int = socket.AI_PASSIVE,
        sock: socket.socket | None = None,
        backlog: int = 100,
        ssl: SSLContext | None = None,
        reuse_address: bool | None = None,
        reuse_port: bool | None = None,
        keep_alive: bool | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
        start_serving: bool = True,
    ) -> "Server":
        """Listen on *host* and *port*, and return the Server.

        Each connection gets a protocol of its own from *protocol_factory*,
        and a transport. *host* may be several; None and '' are all of the
        machine's addresses. Port 0 is a free port, another for each socket.
        Or pass *sock*, a bound stream socket. At most *backlog* connections
        wait to be accepted. With *start_serving* false they are refused until
        Server.start_serving or Server.serve_forever. With the context *ssl*
        each connection has TLS.

        Raises OSError if it cannot listen, and then leaves no socket of its
        own open; ValueError for arguments that do not go together; and
        NotImplementedError for *ssl*.

        Rebuilds loop.create_server (Lib/asyncio/base_events.py).
        """
        tls = server_tls(
            self,
            ssl,
            ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout,
        )
        _check_address(host, port, sock)
        with ExitStack() as if_this_fails:
            if sock is not None:
                sockets = [sock]
            else:
                infos = await _resolve_all(
                    self, host, port, family=family, flags=flags
                )
                sockets = _bind(
                    infos,
                    if_this_fails,
                    reuse_address=reuse_address,
                    reuse_port=reuse_port,
                    keep_alive=keep_alive,
                )
            server = Server(self, sockets, protocol_factory, backlog, tls)
            if start_serving:
                await server.start_serving()
            if_this_fails.pop_all()
        return server


def server_tls(
    loop: asyncio.AbstractEventLoop, ssl: object, **options: Any
) -> PutOnTLS | None:
    """Like putting_on_tls, for a server: which cannot do with any context."""
    if isinstance(ssl, bool):
        raise TypeError("ssl argument must be an SSLContext or None")
    put_on_tls = putting_on_tls(loop, ssl, **options)
    return put_on_tls and partial(put_on_tls, server_side=True)


def _check_address(
    host: object, port: object, sock: socket.socket | None
) -> None:
    if host is not None or port is not None:
        if sock is not None:
            raise ValueError(
                "host/port and sock can not be specified at the same time"
            )
    elif sock is None:
        raise ValueError("Neither host/port nor sock were specified")
    else:
        _check_socket(sock)


def _check_socket(sock: socket.socket) -> None:
    if isinstance(sock, SSLSocket):
        raise TypeError("Socket cannot be of type SSLSocket")
    if sock.type != socket.SOCK_STREAM:
        raise ValueError(f"A Stream Socket was expected, got {sock!r}")


async def _resolve_all(
    loop: asyncio.AbstractEventLoop,
    host: Host | Iterable[Host],
    port: int | str | None,
    **options: int,
) -> list[AddressInfo]:
    """The addresses of each host, none of them twice."""
    hosts = [host] if host is None or isinstance(host, str | bytes) else host
    found = await asyncio.gather(
        *(_resolve(loop, one or None, port, **options) for one in hosts)
    )
    return list(dict.fromkeys(chain.from_iterable(found)))


async def _resolve(
    loop: asyncio.AbstractEventLoop,
    host: Host,
    port: int | str | None,
    **options: int,
) -> Sequence[AddressInfo]:
    infos = await loop.getaddrinfo(
        host, port, type=socket.SOCK_STREAM, **options
    )
    if not infos:
        raise OSError(f"getaddrinfo({host!r}) returned empty list")
    return infos


def _bind(
    infos: list[AddressInfo], if_this_fails: ExitStack, **options: bool | None
) -> list[socket.socket]:
    """A bound socket for each address that this machine has."""
    sockets = []
    for family, kind, proto, _, address in infos:
        try:
            sock = socket.socket(family, kind, proto)
        except OSError:  # the machine does not know the family
            continue
        if_this_fails.callback(sock.close)
        _set_options(sock, **options)
        try:
            _bind_to(sock, address)
        except OSError as exc:
            if exc.errno != errno.EADDRNOTAVAIL:
                raise
            sock.close()
        else:
            sockets.append(sock)
    if not sockets:
        addresses = [info[4] for info in infos]
        raise OSError(f"could not bind on any address out of {addresses!r}")
    return sockets


def _bind_to(sock: socket.socket, address: Any) -> None:
    try:
        sock.bind(address)
    except OSError as exc:
        raise OSError(
            exc.errno,
            "error while attempting to bind on address "
            f"{address!r}: {str(exc).lower()}",
        ) from None


def _set_options(
    sock: socket.socket,
    reuse_address: bool | None,
    reuse_port: bool | None,
    keep_alive: bool | None,
) -> None:
    if reuse_address is None:
        reuse_address = os.name == "posix" and sys.platform != "cygwin"
    if reuse_address:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
    if reuse_port:
        set_reuse_port(sock)
    if keep_alive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, True)


def set_reuse_port(sock: socket.socket) -> None:
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, True)
    except (AttributeError, OSError) as exc:
        raise ValueError("reuse_port not supported by socket module") from exc


class Server(asyncio.AbstractServer):
    """Sockets that listen, and the connections that came in through them.

    Used with async with, it is closed at the end.

    Rebuilds asyncio.Server (Lib/asyncio/base_events.py).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sockets: list[socket.socket],
        protocol_factory: Callable[[], asyncio.BaseProtocol],
        backlog: int,
        put_on_tls: PutOnTLS | None = None,
    ) -> None:
        for sock in sockets:
            sock.setblocking(False)
        self._loop = loop
        self._sockets: list[socket.socket] | None = sockets
        self._protocol_factory = protocol_factory
        self._backlog = backlog
        self._put_on_tls = put_on_tls
        self._context = contextvars.copy_context()
        self._clients: weakref.WeakSet[SocketTransport] = weakref.WeakSet()
        self._waiters: list[asyncio.Future[None]] | None = []
        self._serving = False
        self._serving_forever: asyncio.Future[None] | None = None

    def __repr__(self) -> str:
        return f"<{type(self).__name__} sockets={self.sockets!r}>"

    @property
    def sockets(self) -> tuple[TransportSocket, ...]:
        """The sockets that listen, for looking at; () when it is closed."""
        return tuple(map(TransportSocket, self._sockets or ()))

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop that it serves in."""
        return self._loop

    def is_serving(self) -> bool:
        """Whether it accepts connections."""
        return self._serving

    async def start_serving(self) -> None:
        """Accept connections from now on; do nothing if it does already.

        Raises RuntimeError if it is closed.
        """
        if self._sockets is None:
            raise RuntimeError(f"server {self!r} is closed")
        if not self._serving:
            for sock in self._sockets:
                sock.listen(self._backlog)
            self._serving = True
            for sock in self._sockets:
                self._start_accepting(sock)

    def _start_accepting(self, sock: socket.socket) -> None:
        if self._serving:
            self._loop.add_reader(sock, self._accept, sock)

    def _accept(self, sock: socket.socket) -> None:
        """Accept the connections that wait at *sock*."""
        for _ in range(self._backlog + 1):
            if not self._serving:
                return
            try:
                conn, address = sock.accept()
            except ConnectionAbortedError:
                continue
            except (BlockingIOError, InterruptedError):
                return
            except OSError as exc:
                if exc.errno not in OUT_OF_RESOURCES:
                    raise
                self._pause_accepting(sock, exc)
                return
            self._context.copy().run(self._connect, conn, address)

    def _pause_accepting(self, sock: socket.socket, exc: OSError) -> None:
        self._loop.remove_reader(sock)
        self._loop.call_later(ACCEPT_RETRY_DELAY, self._start_accepting, sock)
        self._loop.call_exception_handler(
            {
                "message": "socket.accept() out of system resource",
                "exception": exc,
                "socket": TransportSocket(sock),
            }
        )

    def _connect(self, conn: socket.socket, address: object) -> None:
        """Put a protocol and a transport to a new connection."""
        conn.setblocking(False)
        try:
            protocol = self._protocol_factory()
            if self._put_on_tls is not None:
                protocol = self._put_on_tls(protocol)
            transport = SocketTransport(
                self._loop, conn, protocol, address, self._detach
            )
        except Exception as exc:
            conn.close()
            self._loop.call_exception_handler(
                {
                    "message": "Error on transport creation "
                    "for incoming connection",
                    "exception": exc,
                }
            )
        else:
            self._clients.add(transport)

    def _detach(self, transport: SocketTransport) -> None:
        self._clients.discard(transport)
        self._wake_up_if_done()

    def close(self) -> None:
        """Stop listening. The connections stay open."""
        if self._sockets is None:
            return
        for sock in self._sockets:
            self._loop.remove_reader(sock)
            sock.close()
        self._sockets = None
        self._serving = False
        if self._serving_forever is not None:
            self._serving_forever.cancel()
        self._wake_up_if_done()

    def close_clients(self) -> None:
        """Close every connection, when what was written to it is sent."""
        for transport in list(self._clients):
            transport.close()

    def abort_clients(self) -> None:
        """Close every connection at once."""
        for transport in list(self._clients):
            transport.abort()

    def _wake_up_if_done(self) -> None:
        if self._sockets is not None or self._clients:
            return
        waiters, self._waiters = self._waiters or [], None
        for waiter in waiters:
            if not waiter.done():
                waiter.set_result(None)

    async def wait_closed(self) -> None:
        """Wait until it is closed and its last connection has ended."""
        if self._waiters is None:
            return
        waiter = self._loop.create_future()
        self._waiters.append(waiter)
        await waiter

    async def serve_forever(self) -> None:
        """Accept connections until cancelled; then close all of it.

        Raises RuntimeError if it is closed, and if this is running already.
        """
        if self._serving_forever is not None:
            raise RuntimeError(
                f"server {self!r} is already being awaited on serve_forever()"
            )
        await self.start_serving()
        self._serving_forever = self._loop.create_future()
        try:
            await self._serving_forever
        except asyncio.CancelledError:
            self.close()
            self.close_clients()
            await self.wait_closed()
            raise
        finally:
            self._serving_forever = None
