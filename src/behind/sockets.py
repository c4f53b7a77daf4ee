"""The loop's `sock_*` methods: a socket's calls, with waiting put in."""

import asyncio
import socket
import ssl
from collections.abc import Awaitable, Callable
from contextlib import suppress
from typing import Any, TypeVar

__all__ = ["SocketMethods"]

R = TypeVar("R")

Address = Any  # (host, port) and more for IP, a path for AF_UNIX


class SocketMethods(asyncio.AbstractEventLoop):
    """The `sock_*` methods, for any loop that has `add_reader`.

    Put it before a loop's class: `class Loop(SocketMethods,
    asyncio.SelectorEventLoop)`. Each method takes a non-blocking socket
    first. In debug mode it raises ValueError for a blocking one, and always
    TypeError for an `ssl.SSLSocket`; otherwise what the socket raises.
    Cancelling one takes no data and leaves no handler.

    Rebuilds the `sock_*` methods of BaseSelectorEventLoop
    (Lib/asyncio/selector_events.py).
    """

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._readers: dict[int, asyncio.Future[None]] = {}
        self._writers: dict[int, asyncio.Future[None]] = {}

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

        It is cut to *nbytes* bytes, or to the length of *buf* if that is 0.
        """
        return await self._try(
            self._readable,
            sock,
            lambda: sock.recvfrom_into(buf, nbytes or len(buf)),
        )

    async def sock_accept(
        self, sock: socket.socket
    ) -> tuple[socket.socket, Address]:
        """Accept a connection: a non-blocking socket, and the peer."""
        conn, address = await self._try(self._readable, sock, sock.accept)
        conn.setblocking(False)
        return conn, address

    async def sock_sendto(
        self, sock: socket.socket, data: Any, address: Address
    ) -> int:
        """Send the datagram *data* to *address*; return its length."""
        return await self._try(
            self._writable, sock, lambda: sock.sendto(data, address)
        )

    async def sock_sendall(self, sock: socket.socket, data: Any) -> None:
        """Send all bytes of *data*, part by part, without copying them."""
        rest = memoryview(data).cast("B")

        def send_part() -> int:
            return sock.send(rest)

        while True:
            rest = rest[await self._try(self._writable, sock, send_part) :]
            if not rest:
                return

    async def sock_connect(
        self, sock: socket.socket, address: Address
    ) -> None:
        """Connect to *address*, whose host may be a name."""
        self._check(sock)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            address = await self._resolve(sock, address)
        with suppress(BlockingIOError, InterruptedError):
            sock.connect(address)
            return
        await self._writable(sock)
        if error := sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR):
            raise OSError(error, f"Connect call failed {address}")

    async def _resolve(self, sock: socket.socket, address: Address) -> Address:
        host, port, *_ = address
        try:
            socket.inet_pton(sock.family, host)
        except (OSError, TypeError):
            found = await self.getaddrinfo(
                host,
                port,
                family=sock.family,
                type=sock.type,
                proto=sock.proto,
            )
            return found[0][4]
        return address

    async def _try(
        self,
        ready: Callable[[socket.socket], Awaitable[None]],
        sock: socket.socket,
        call: Callable[[], R],
    ) -> R:
        """Do *call*. If that would block, wait until *ready*, and again."""
        self._check(sock)
        while True:
            try:
                return call()
            except (BlockingIOError, InterruptedError):
                await ready(sock)

    def _check(self, sock: socket.socket) -> None:
        if isinstance(sock, ssl.SSLSocket):
            raise TypeError("Socket cannot be of type SSLSocket")
        if self.get_debug() and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")

    def _readable(self, sock: socket.socket) -> Awaitable[None]:
        return self._wait(
            sock.fileno(), self._readers, self.add_reader, self.remove_reader
        )

    def _writable(self, sock: socket.socket) -> Awaitable[None]:
        return self._wait(
            sock.fileno(), self._writers, self.add_writer, self.remove_writer
        )

    async def _wait(
        self,
        fd: int,
        waiters: dict[int, asyncio.Future[None]],
        add: Callable[..., Any],
        remove: Callable[[int], bool],
    ) -> None:
        """Wait until the loop calls back for the file *fd*."""
        waiter = waiters[fd] = self.create_future()
        add(fd, _wake, waiter)
        try:
            await waiter
        finally:
            # By now a newer call may wait for the file. Its handler stays.
            if waiters.get(fd) is waiter:
                del waiters[fd]
                remove(fd)


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
