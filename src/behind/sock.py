"""The loop's `sock_*` methods: a socket's calls, with waiting put in."""

import asyncio
import errno
import socket
import ssl
from collections.abc import Callable, Coroutine
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any, TypeVar

from behind.addresses import Address, ensure_resolved
from behind.futures import _set_result_unless_cancelled

__all__ = ["SocketMethods"]

R = TypeVar("R")


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
        self._waiters: dict[tuple[int, int], asyncio.Future[None]] = {}

    async def _wait_for(self, sock: socket.socket, event: int) -> None:
        """Wait until *sock* is ready for *event*: EVENT_READ or EVENT_WRITE."""
        if event == EVENT_READ:
            add, remove = self.add_reader, self.remove_reader
        else:
            add, remove = self.add_writer, self.remove_writer
        key = fd, _ = sock.fileno(), event
        waiter = self.create_future()
        add(fd, _set_result_unless_cancelled, waiter)
        self._waiters[key] = waiter
        try:
            await waiter
        finally:
            # A newer call may wait for the file by now: its handler stays.
            if self._waiters.get(key) is waiter:
                del self._waiters[key]
                with suppress(RuntimeError):  # a transport has it by now
                    remove(fd)

    async def _sock_call(
        self,
        event: int,
        sock: socket.socket,
        call: Callable[..., R],
        *args: Any,
    ) -> R:
        """Call. If that would block, wait for *event*, and call again."""
        self._check(sock)
        wait = self._waits_first(sock, event)
        while True:
            if wait:
                await self._wait_for(sock, event)
            try:
                return call(*args)
            except BlockingIOError:
                wait = True

    def _waits_first(self, sock: socket.socket, event: int) -> bool:
        """Whether *sock* is not worth a try before *event* comes."""
        return False

    def _check(self, sock: socket.socket) -> None:
        if isinstance(sock, ssl.SSLSocket):
            raise TypeError("Socket cannot be of type SSLSocket")
        if self.get_debug() and sock.gettimeout() != 0:
            raise ValueError("the socket must be non-blocking")

    def sock_recv(
        self, sock: socket.socket, nbytes: int
    ) -> Coroutine[Any, Any, bytes]:
        """Receive up to *nbytes* bytes; none of them at the stream's end."""
        return self._sock_call(EVENT_READ, sock, self._recv, sock, nbytes)

    def _recv(self, sock: socket.socket, nbytes: int) -> bytes:
        return sock.recv(nbytes)

    def sock_recv_into(
        self, sock: socket.socket, buf: Any
    ) -> Coroutine[Any, Any, int]:
        """Receive bytes into the buffer *buf*; return how many."""
        return self._sock_call(EVENT_READ, sock, sock.recv_into, buf)

    def sock_recvfrom(
        self, sock: socket.socket, bufsize: int
    ) -> Coroutine[Any, Any, tuple[bytes, Address]]:
        """Receive a datagram, cut to *bufsize* bytes, and its sender."""
        return self._sock_call(EVENT_READ, sock, sock.recvfrom, bufsize)

    def sock_recvfrom_into(
        self, sock: socket.socket, buf: Any, nbytes: int = 0
    ) -> Coroutine[Any, Any, tuple[int, Address]]:
        """Receive a datagram into *buf*; return its length and its sender.

        It is cut to *nbytes* bytes, or to the size of *buf* if that is 0.
        """
        return self._sock_call(
            EVENT_READ, sock, sock.recvfrom_into, buf, nbytes
        )

    async def sock_accept(
        self, sock: socket.socket
    ) -> tuple[socket.socket, Address]:
        """Accept a connection; return a non-blocking socket and the peer."""
        conn, address = await self._sock_call(EVENT_READ, sock, sock.accept)
        conn.setblocking(False)
        return conn, address

    def sock_sendto(
        self, sock: socket.socket, data: Any, address: Address
    ) -> Coroutine[Any, Any, int]:
        """Send *data* to *address* as one datagram; return its length."""
        # A test of CPython's puts another sendto there after the first try.
        return self._sock_call(
            EVENT_WRITE, sock, lambda: sock.sendto(data, address)
        )

    async def sock_sendall(self, sock: socket.socket, data: Any) -> None:
        """Send all of *data*, in as many parts as the socket takes."""
        rest = memoryview(data).cast("B")
        while True:
            sent = await self._sock_call(EVENT_WRITE, sock, sock.send, rest)
            if sent == len(rest):
                return
            rest = rest[sent:]

    async def sock_connect(
        self, sock: socket.socket, address: Address
    ) -> None:
        """Connect to *address*, whose host may be a name.

        Cancelling leaves the socket open, and the attempt to the kernel.
        """
        self._check(sock)
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            infos = await ensure_resolved(
                self,
                address,
                family=sock.family,
                type=sock.type,
                proto=sock.proto,
            )
            *_, address = infos[0]
        error = sock.connect_ex(address)
        if error in (errno.EINPROGRESS, errno.EALREADY, errno.EINTR):
            await self._wait_for(sock, EVENT_WRITE)
            error = sock.getsockopt(socket.SOL_SOCKET, socket.SO_ERROR)
        if error:
            raise OSError(error, f"Connect call failed {address}")
