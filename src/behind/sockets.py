"""The loop's `sock_*` methods: a socket's calls, with waiting put in."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["SocketMethods"]

R = TypeVar("R")
Address = Any  # (host, port, ...) for IP, a path for AF_UNIX


class SocketMethods(asyncio.AbstractEventLoop):
    """The `sock_*` methods, for any loop that has `add_reader`.

    Put it before the loop's class: `class Loop(SocketMethods,
    asyncio.SelectorEventLoop): pass`. Each method takes a non-blocking
    socket first, and raises what the socket raises; TypeError for an
    `ssl.SSLSocket`; in debug mode ValueError for a blocking socket.
    Cancelling a method leaves no handler, and receives nothing.

    Rebuilds the `sock_*` methods of BaseSelectorEventLoop
    (Lib/asyncio/selector_events.py).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._readers: dict[int, asyncio.Future[None]] = {}
        self._writers: dict[int, asyncio.Future[None]] = {}

    async def _wait(
        self,
        fd: int,
        waiters: dict[int, asyncio.Future[None]],
        add: Callable[..., Any],
        remove: Callable[[int], bool],
    ) -> None:
        """Wait until the file *fd* is ready, as *add* understands it."""
        waiter = self.create_future()
        add(fd, _wake, waiter)
        waiters[fd] = waiter
        try:
            await waiter
        finally:
            # A newer call may wait for the file by now: its handler stays.
            if waiters.get(fd) is waiter:
                del waiters[fd]
                remove(fd)

    def _readable(self, sock: socket.socket) -> Awaitable[None]:
        return self._wait(
            sock.fileno(), self._readers, self.add_reader, self.remove_reader
        )

    def _writable(self, sock: socket.socket) -> Awaitable[None]:
        return self._wait(
            sock.fileno(), self._writers, self.add_writer, self.remove_writer
        )

    async def _try(
        self,
        ready: Callable[[socket.socket], Awaitable[None]],
        sock: socket.socket,
        call: Callable[[], R],
    ) -> R:
        """Call. If that would block, wait until *sock* is *ready*; again."""
        self._check(sock)
        while True:
            try:
                return call()
            except BlockingIOError:
                pass
            await ready(sock)

    def _check(self, sock: socket.socket) -> None:
        if isinstance(sock, ssl.SSLSocket):
            raise TypeError("Socket cannot be of type SSLSocket")
        if self.get_debug() and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")

    async def sock_recv(self, sock: socket.socket, nbytes: int) -> bytes:
        """Receive up to *nbytes* bytes; none of them at the stream's end."""
        return await self._try(self._readable, sock, lambda: sock.recv(nbytes))

    async def sock_recv_into(self, sock: socket.socket, buf: Any) -> int:
        """Receive bytes into the buffer *buf*; return how many."""
        return await self._try(
            self._readable, sock, lambda: sock.recv_into(buf)
        )

    async def sock_recvfrom(
        self, sock: socket.socket, bufsize: int
    ) -> tuple[bytes, Address]:
        """Receive a datagram, cut to *bufsize* bytes, and its sender."""
        return await self._try(
            self._readable, sock, lambda: sock.recvfrom(bufsize)
        )

    async def sock_recvfrom_into(
        self, sock: socket.socket, buf: Any, nbytes: int = 0
    ) -> tuple[int, Address]:
        """Receive a datagram into *buf*; return its length and its sender.

        It is cut to *nbytes* bytes, or to the size of *buf* if that is 0.
        """
        return await self._try(
            self._readable, sock, lambda: sock.recvfrom_into(buf, nbytes)
        )

    async def sock_accept(
        self, sock: socket.socket
    ) -> tuple[socket.socket, Address]:
        """Accept a connection; return a non-blocking socket and the peer."""
        conn, address = await self._try(self._readable, sock, sock.accept)
        conn.setblocking(False)
        return conn, address

    async def sock_sendto(
        self, sock: socket.socket, data: Any, address: Address
    ) -> int:
        """Send *data* to *address* as one datagram; return its length."""
        return await self._try(
            self._writable, sock, lambda: sock.sendto(data, address)
        )

    async def sock_sendall(self, sock: socket.socket, data: Any) -> None:
        """Send all of *data*, in as many parts as the socket takes."""
        view, sent = memoryview(data).cast("B"), 0

        def send() -> int:
            return sock.send(view[sent:])

        sent = await self._try(self._writable, sock, send)
        while sent < len(view):
            sent += await self._try(self._writable, sock, send)

    async def sock_connect(
        self, sock: socket.socket, address: Address
    ) -> None:
        """Connect to *address*, whose host may be a name.

        Cancelling leaves the socket open, and the attempt to the kernel.
        """
        self._check(sock)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            address = await self._resolve(sock, address)
        error = sock.connect_ex(address)
        if error in (errno.EINPROGRESS, errno.EALREADY, errno.EINTR):
            await self._writable(sock)
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, f"Connect call failed {address}")

    async def _resolve(self, sock: socket.socket, address: Address) -> Address:
        host, port, *rest = address
        with suppress(OSError, TypeError, ValueError):
            socket.inet_pton(sock.family, host)
            return host, int(port), *rest
        found = await self.getaddrinfo(
            host, port, family=sock.family, type=sock.type, proto=sock.proto
        )
        return found[0][4]


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
