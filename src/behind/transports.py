"""Carry bytes between a socket and a protocol."""

import asyncio
import contextvars
import socket
import warnings
from asyncio.constants import _SendfileMode
from asyncio.trsock import TransportSocket
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from behind.flows import FlowControl

__all__ = [
    "FileTransport",
    "ReadingTransport",
    "SocketTransport",
    "WritingTransport",
]

READ_SIZE = 256 * 1024  # bytes that one read takes at most

Data = bytes | bytearray | memoryview
Detach = Callable[[Any], object]


class FileTransport(FlowControl, asyncio.BaseTransport):
    """The life that all transports have: *file*, which must not block, and
    *protocol*, from connection_made to connection_lost.

    *file* is a socket or a pipe; *extra* is what get_extra_info knows. When
    the protocol has been told that the connection has ended, *detach* is
    called with the transport.

    Rebuilds _SelectorTransport (Lib/asyncio/selector_events.py).
    """

    _loop: Any  # has asyncio's private names as well: see behind/__init__
    _closing = False  # no more reading
    _eof_read = False  # eof_received() was called
    _ended = False  # connection_lost() was called

    def __init__(
        self,
        loop: Any,
        file: Any,
        protocol: asyncio.BaseProtocol,
        extra: dict[str, Any],
        detach: Detach | None = None,
    ) -> None:
        super().__init__(extra)
        self._file = file
        self._fd = file.fileno()
        self._loop = loop
        self._protocol = protocol
        self._detach = detach or (lambda transport: None)
        self._context = contextvars.copy_context()
        self._buffer = bytearray()
        loop._transports[self._fd] = self
        self._call_soon(protocol.connection_made, self)

    def __repr__(self) -> str:
        state = "closing" if self._closing else "open"
        if self._ended:
            state = "closed"
        return f"<{type(self).__name__} {state} {self._file!r}>"

    def __del__(self) -> None:
        if not self._ended:
            message = f"unclosed transport {self!r}"
            warnings.warn(message, ResourceWarning, source=self)
            self._file.close()
            self._detach(self)

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol
        self._eof_read = False

    def _call_soon(self, callback: Callable[..., object], *args: Any) -> None:
        self._loop.call_soon(callback, *args, context=self._context)

    def _add_writer(self, callback: Callable[[], object]) -> None:
        self._loop._add_writer(self._fd, self._context.run, callback)

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        self._loop._remove_reader(self._fd)
        if not self._buffer:
            self._lose(None)

    def abort(self) -> None:
        self._force_close(None)

    def _fail(self, message: str, exc: BaseException) -> None:
        self._report(f"Fatal error: {message}", exc)
        self._force_close(exc)

    def _io_failed(self, exc: OSError) -> None:
        """End the connection, unless *exc* only says that it is too early."""
        if not isinstance(exc, BlockingIOError | InterruptedError):
            self._force_close(exc.with_traceback(None))  # it leads to writers

    def _force_close(self, exc: BaseException | None) -> None:
        if self._lost:
            return
        self._closing = True
        self._buffer.clear()
        self._lose(exc)

    def _lose(self, exc: BaseException | None) -> None:
        self._lost = True
        self._loop._remove_reader(self._fd)
        self._loop._remove_writer(self._fd)
        self._call_soon(self._call_connection_lost, exc)

    def _call_connection_lost(self, exc: BaseException | None) -> None:
        try:
            self._protocol.connection_lost(exc)
        finally:
            self._protocol = None  # it has the transport: this ends the cycle
            self._ended = True
            self._file.close()
            self._detach(self)


class ReadingTransport(FileTransport, asyncio.ReadTransport):
    """A transport that reads whenever its file can be read, or pauses."""

    _read: Callable[[], None]
    _paused = False  # pause_reading() was called

    def is_reading(self) -> bool:
        return not (self._paused or self._closing)

    def pause_reading(self) -> None:
        if self.is_reading():
            self._paused = True
            self._loop._remove_reader(self._fd)

    def resume_reading(self) -> None:
        if self._paused:
            self._paused = False
            self._start_reading()

    def _start_reading(self) -> None:
        if self.is_reading() and not self._eof_read:
            self._loop._add_reader(self._fd, self._read_ready)

    def _read_ready(self) -> None:
        self._context.run(self._read)


class WritingTransport(FileTransport, asyncio.WriteTransport):
    """A transport that keeps in its buffer what its file does not take."""

    _send: Callable[[Data], int]  # how many bytes went
    _send_eof: Callable[[], None]
    _eof = False  # write_eof() was called
    _sending = False  # loop.sendfile has the socket
    _lost_message = "socket.send() raised exception."

    def write(self, data: Data) -> None:
        if not isinstance(data, Data):
            raise TypeError(
                "data argument must be a bytes, bytearray, or memoryview "
                f"object, not {type(data).__name__!r}"
            )
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if self._sending:
            raise RuntimeError("unable to write; sendfile is in progress")
        if not data:
            return
        if self._lost:
            return self._drop()
        if isinstance(data, memoryview):
            data = data.cast("B")  # so that its length is in bytes
        if not self._buffer:
            sent = self._send(data)
            if sent == len(data) or self._lost:
                return
            data = memoryview(data)[sent:]
            self._add_writer(self._write_ready)
        self._buffer += data
        self._control_flow()

    def _write_ready(self) -> None:
        del self._buffer[: self._send(self._buffer)]
        if not self._lost:
            self._control_flow()  # the protocol may write more, or abort
        if self._buffer or self._lost:
            return
        if self._closing:
            return self._lose(None)
        self._loop._remove_writer(self._fd)
        if self._eof:
            self._send_eof()


class SocketTransport(ReadingTransport, WritingTransport, asyncio.Transport):
    """The transport between *sock*, a stream, and *protocol*.

    *peername* is the address of the other side, by default as the socket
    knows it. get_extra_info knows 'socket', 'sockname' and 'peername'.

    Rebuilds _SelectorSocketTransport (Lib/asyncio/selector_events.py).
    """

    _sendfile_compatible = _SendfileMode.TRY_NATIVE  # for loop.sendfile
    _start_tls_compatible = True  # what loop.start_tls asks for

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol: asyncio.BaseProtocol,
        peername: object = None,
        detach: Detach | None = None,
    ) -> None:
        super().__init__(
            loop, sock, protocol, extra_info(sock, peername), detach
        )
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._call_soon(self._start_reading)

    def _read_ready(self) -> None:
        is_buffered = isinstance(self._protocol, asyncio.BufferedProtocol)
        read = self._read_into_buffer if is_buffered else self._read
        try:
            self._context.run(read)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fail("a call of the protocol failed.", exc)

    def _read(self) -> None:
        try:
            data = self._file.recv(READ_SIZE)
        except OSError as exc:
            return self._io_failed(exc)
        if data:
            self._protocol.data_received(data)
        else:
            self._read_eof()

    def _read_into_buffer(self) -> None:
        buffer = self._protocol.get_buffer(-1)
        if not len(buffer):
            raise RuntimeError("get_buffer() returned an empty buffer")
        if self._closing:
            return
        try:
            size = self._file.recv_into(buffer)
        except OSError as exc:
            return self._io_failed(exc)
        if size:
            self._protocol.buffer_updated(size)
        else:
            self._read_eof()

    def _read_eof(self) -> None:
        self._eof_read = True
        if self._protocol.eof_received():
            self._loop._remove_reader(self._fd)
        else:
            self.close()

    def _send(self, data: Data) -> int:
        try:
            sent: int = self._file.send(data)
        except OSError as exc:
            self._io_failed(exc)
            return 0
        return sent

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not (self._eof or self._closing):
            self._eof = True
            if not self._buffer:
                self._send_eof()

    def _send_eof(self) -> None:
        with suppress(OSError):  # reading will tell what is wrong
            self._file.shutdown(socket.SHUT_WR)


def extra_info(sock: socket.socket, peername: object) -> dict[str, Any]:
    """What get_extra_info knows of *sock*."""
    return {
        "socket": TransportSocket(sock),
        "sockname": _address(sock.getsockname),
        "peername": peername or _address(sock.getpeername),
    }


def _address(get: Callable[[], Any]) -> Any:
    try:
        return get()
    except OSError:  # not connected; macOS forgets it with the other side
        return None
