"""Carry bytes between a pipe and a protocol."""

import asyncio
import os
import stat
from collections.abc import Callable
from typing import Any, TypeVar

from behind.transports import (
    READ_SIZE,
    Data,
    ReadingTransport,
    WritingTransport,
)

__all__ = [
    "ReadPipeTransport",
    "WritePipeTransport",
    "connect_read_pipe",
    "connect_write_pipe",
]

P = TypeVar("P", bound=asyncio.BaseProtocol)
T = TypeVar("T", "ReadPipeTransport", "WritePipeTransport")
Pipe = Any  # an open file with fileno() and close()


async def connect_read_pipe(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    pipe: Pipe,
) -> tuple["ReadPipeTransport", P]:
    """Read from *pipe*; return the transport and the new protocol.

    *pipe* is a file of Python's: a pipe, a socket or a terminal. It becomes
    non-blocking, and the transport closes it at its end. Raises ValueError
    for any other file.

    Rebuilds loop.connect_read_pipe (Lib/asyncio/base_events.py).
    """
    return await _connect(ReadPipeTransport, loop, protocol_factory, pipe)


async def connect_write_pipe(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    pipe: Pipe,
) -> tuple["WritePipeTransport", P]:
    """Write to *pipe*; return the transport and the new protocol.

    *pipe* is as with connect_read_pipe.

    Rebuilds loop.connect_write_pipe (Lib/asyncio/base_events.py).
    """
    return await _connect(WritePipeTransport, loop, protocol_factory, pipe)


async def _connect(
    kind: Callable[..., T],
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    pipe: Pipe,
) -> tuple[T, P]:
    protocol = protocol_factory()
    mode = os.fstat(pipe.fileno()).st_mode
    if not (stat.S_ISFIFO(mode) or stat.S_ISSOCK(mode) or stat.S_ISCHR(mode)):
        raise ValueError(
            "Pipe transport is only for pipes, sockets and character devices"
        )
    os.set_blocking(pipe.fileno(), False)
    transport = kind(loop, pipe, protocol, {"pipe": pipe})
    try:
        await asyncio.sleep(0)  # connection_made() is called meanwhile
    except BaseException:
        transport.close()
        raise
    return transport, protocol


class ReadPipeTransport(ReadingTransport):
    """The transport from a pipe's end for reading to a protocol.

    get_extra_info knows 'pipe'.

    Rebuilds _UnixReadPipeTransport (Lib/asyncio/unix_events.py).
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._call_soon(self._start_reading)

    def _read(self) -> None:
        try:
            data = os.read(self._file.fileno(), READ_SIZE)
        except OSError as exc:
            return self._io_failed(exc)
        if data:
            self._protocol.data_received(data)
        else:
            self._call_soon(self._protocol.eof_received)
            self.close()


class WritePipeTransport(WritingTransport):
    """The transport from a protocol to a pipe's end for writing.

    get_extra_info knows 'pipe'.

    Rebuilds _UnixWritePipeTransport (Lib/asyncio/unix_events.py).
    """

    _lost_message = (
        "pipe closed by peer or os.write(pipe, data) raised exception."
    )

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        if not stat.S_ISCHR(os.fstat(self._file.fileno()).st_mode):
            self._call_soon(self._watch_reader)

    def _watch_reader(self) -> None:
        """Notice when nobody has the other end any more."""
        if not self._closing:
            self._loop._add_reader(self._fd, self._reader_gone)

    def _reader_gone(self) -> None:
        self._force_close(BrokenPipeError() if self._buffer else None)

    def _send(self, data: Data) -> int:
        try:
            return os.write(self._file.fileno(), data)
        except OSError as exc:
            self._io_failed(exc)
            return 0

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        self.close()  # the reader sees the end when no writer is left
