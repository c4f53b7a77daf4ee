"""Accept connections, and make a transport and a protocol for each."""

import asyncio
import contextvars
import errno
import socket
import weakref
from asyncio.trsock import TransportSocket
from collections.abc import Callable

from behind.futures import _set_result_unless_cancelled
from behind.tls import PutOnTLS
from behind.transports import SocketTransport

__all__ = ["Server"]

ACCEPT_RETRY_DELAY = 1  # seconds
OUT_OF_RESOURCES = {errno.EMFILE, errno.ENFILE, errno.ENOBUFS, errno.ENOMEM}


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
        except BaseException as exc:
            conn.close()
            if isinstance(exc, SystemExit | KeyboardInterrupt):
                raise
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
            _set_result_unless_cancelled(waiter)

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
