"""Send a file through a socket, if possible without reading it."""

import os
import socket
from asyncio import SendfileNotAvailableError
from collections.abc import Awaitable, Callable
from contextlib import suppress
from functools import partial
from selectors import EVENT_WRITE
from typing import IO, Any

from behind.sock import SocketMethods

__all__ = ["FileMethods"]

BLOCK_SIZE = 64 * 1024  # bytes that are read at a time where Python reads
MOST = 2**30  # bytes that the kernel is asked to send at a time

Send = Callable[[int, int], Awaitable[int]]


class FileMethods(SocketMethods):
    """The loop's method that sends a file through a socket."""

    async def sock_sendfile(
        self,
        sock: socket.socket,
        file: IO[bytes],
        offset: int = 0,
        count: int | None = None,
        *,
        fallback: bool | None = True,
    ) -> int:
        """Send *file* to the stream *sock*; return how many bytes were sent.

        It is sent from *offset* on to its end, or *count* bytes of it. Its
        position is behind the last byte that was sent, even if this raises.
        With *fallback*, Python reads the file if the kernel cannot.

        Raises OSError if sending fails; SendfileNotAvailableError if the
        kernel cannot and *fallback* is false; TypeError or ValueError for
        what is not a stream, a binary file, or a number of bytes.

        Rebuilds loop.sock_sendfile (Lib/asyncio/base_events.py and
        unix_events.py).
        """
        self._check(sock)
        if sock.type != socket.SOCK_STREAM:
            raise ValueError("only SOCK_STREAM type sockets are supported")
        _check_file(file, offset, count)
        try:
            return await self._sock_sendfile_native(sock, file, offset, count)
        except SendfileNotAvailableError:
            if not fallback:
                raise
        write = partial(self.sock_sendall, sock)
        return await self._send_blocks(write, file, offset, count)

    async def _sock_sendfile_native(
        self,
        sock: socket.socket,
        file: IO[bytes],
        offset: int,
        count: int | None,
    ) -> int:
        ready = partial(self._wait_for, sock, EVENT_WRITE)
        return await self._send_native(sock, file, offset, count, ready)

    async def _send_native(
        self,
        sock: socket.socket,
        file: IO[bytes],
        offset: int,
        count: int | None,
        ready: Callable[[], Awaitable[None]],
    ) -> int:
        """Have the kernel send *file*, whenever *sock* is *ready*."""
        fd = _descriptor(file)

        async def send(position: int, size: int) -> int:
            while True:
                await ready()  # others have a turn, however fast the peer is
                with suppress(BlockingIOError):
                    return os.sendfile(sock.fileno(), fd, position, size)

        try:
            return await _send_all(send, file, offset, count)
        except OSError as exc:
            if isinstance(exc, ConnectionError) or file.tell() > offset:
                raise
            message = "os.sendfile call failed"
            raise SendfileNotAvailableError(message) from exc

    async def _send_blocks(
        self,
        write: Callable[[bytes], Awaitable[None]],
        file: IO[bytes],
        offset: int,
        count: int | None,
    ) -> int:
        """Read *file* in a thread, block by block, and *write* it."""

        async def send(position: int, size: int) -> int:
            data = await self.run_in_executor(
                None, file.read, min(size, BLOCK_SIZE)
            )
            if data:
                await write(data)
            return len(data)

        file.seek(offset)
        return await _send_all(send, file, offset, count)


def _check_file(file: object, offset: object, count: object) -> None:
    if "b" not in getattr(file, "mode", "b"):
        raise ValueError("file should be opened in binary mode")
    for name, number, least, kind in (
        ("count", 1 if count is None else count, 1, "positive"),
        ("offset", offset, 0, "non-negative"),
    ):
        message = f"{name} must be a {kind} integer (got {number!r})"
        if not isinstance(number, int):
            raise TypeError(message)
        if number < least:
            raise ValueError(message)


def _descriptor(file: Any) -> int:
    """The number of *file*, which the kernel can read."""
    if not hasattr(os, "sendfile"):
        raise SendfileNotAvailableError("os.sendfile() is not available")
    try:
        fd: int = file.fileno()
        os.fstat(fd)
    except (AttributeError, OSError):
        raise SendfileNotAvailableError("not a regular file") from None
    return fd


async def _send_all(
    send: Send, file: IO[bytes], offset: int, count: int | None
) -> int:
    """Call *send* with a position and a size, until nothing is left."""
    sent = 0
    try:
        while sent != count:
            size = MOST if count is None else min(count - sent, MOST)
            done = await send(offset + sent, size)
            if not done:
                break
            sent += done
    finally:
        file.seek(offset + sent)
    return sent
