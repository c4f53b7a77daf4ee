"""Carry bytes between a socket and a protocol."""

import asyncio
import contextlib
import contextvars
import socket
import warnings
from asyncio.trsock import TransportSocket
from collections.abc import Callable
from typing import Any

__all__ = ["SocketTransport"]

READ_SIZE = 256 * 1024  # bytes that one read takes at most
HIGH_WATER = 64 * 1024  # bytes that the buffer holds before it is too full

Data = bytes | bytearray | memoryview


class SocketTransport(asyncio.Transport):
    """The transport between *sock*, which must not block, and *protocol*.

    *peername* is the address of the other side. When the connection has
    ended, and the protocol has been told, *detach* is called with the
    transport. get_extra_info knows 'socket', 'sockname' and 'peername'.

    Rebuilds _SelectorSocketTransport (Lib/asyncio/selector_events.py).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol: asyncio.BaseProtocol,
        peername: object,
        detach: Callable[["SocketTransport"], object],
    ) -> None:
        self._sock = sock
        self._loop = loop
        self._protocol: Any = protocol
        self._detach = detach
        self._context = contextvars.copy_context()
        self._buffer = bytearray()
        self._paused = False  # pause_reading() was called
        self._protocol_paused = False  # pause_writing() was called
        self._eof = False  # write_eof() was called
        self._closing = False  # no more reading
        self._lost = False  # connection_lost() is about to be called
        super().__init__(
            {
                "socket": TransportSocket(sock),
                "sockname": _sockname(sock),
                "peername": peername,
            }
        )
        self.set_write_buffer_limits()
        if sock.family in (socket.AF_INET, socket.AF_INET6):
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
        self._call_soon(protocol.connection_made, self)
        self._call_soon(self._start_reading)

    def __del__(self) -> None:
        if self._sock.fileno() != -1:
            message = f"unclosed transport {self!r}"
            warnings.warn(message, ResourceWarning, source=self)
            self._sock.close()
            self._detach(self)

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def is_reading(self) -> bool:
        return not (self._paused or self._closing)

    def pause_reading(self) -> None:
        if self.is_reading():
            self._paused = True
            self._loop.remove_reader(self._sock)

    def resume_reading(self) -> None:
        if self._paused:
            self._paused = False
            self._start_reading()

    def _start_reading(self) -> None:
        if self.is_reading():
            self._loop.add_reader(
                self._sock, self._context.run, self._read_ready
            )

    def _read_ready(self) -> None:
        try:
            if isinstance(self._protocol, asyncio.BufferedProtocol):
                self._read_into_buffer()
            else:
                self._read()
        except Exception as exc:
            self._report("Fatal error: a call of the protocol failed.", exc)
            self._force_close(exc)

    def _read(self) -> None:
        data = self._receive(self._sock.recv, READ_SIZE)
        if data:
            self._protocol.data_received(data)
        elif data is not None:
            self._read_eof()

    def _read_into_buffer(self) -> None:
        buffer = self._protocol.get_buffer(-1)
        if not len(buffer):
            raise RuntimeError("get_buffer() returned an empty buffer")
        size = self._receive(self._sock.recv_into, buffer)
        if size:
            self._protocol.buffer_updated(size)
        elif size is not None:
            self._read_eof()

    def _receive(self, receive: Callable[[Any], Any], what: object) -> Any:
        """What *receive* returns; None if there is nothing to receive."""
        try:
            return receive(what)
        except (BlockingIOError, InterruptedError):
            return None
        except OSError as exc:
            self._force_close(exc)
            return None

    def _read_eof(self) -> None:
        if self._protocol.eof_received():
            self._loop.remove_reader(self._sock)
        else:
            self.close()

    def _report(self, message: str, exc: Exception) -> None:
        self._loop.call_exception_handler(
            {
                "message": message,
                "exception": exc,
                "transport": self,
                "protocol": self._protocol,
            }
        )

    def write(self, data: Data) -> None:
        if not isinstance(data, Data):
            raise TypeError(
                "data argument must be a bytes, bytearray, or memoryview "
                f"object, not {type(data).__name__!r}"
            )
        if self._eof:
            raise RuntimeError("Cannot call write() after write_eof()")
        if not data or self._lost:
            return
        data = memoryview(data).cast("B")
        if not self._buffer:
            data = data[self._send(data) :]
            if not data or self._lost:
                return
            self._loop.add_writer(
                self._sock, self._context.run, self._write_ready
            )
        self._buffer += data
        self._control_flow()

    def _send(self, data: memoryview | bytearray) -> int:
        """Send *data*; return how many bytes of it went."""
        try:
            return self._sock.send(data)
        except (BlockingIOError, InterruptedError):
            return 0
        except OSError as exc:
            self._force_close(exc)
            return 0

    def _write_ready(self) -> None:
        del self._buffer[: self._send(self._buffer)]
        if not self._lost:
            self._control_flow()  # the protocol may write more, or abort
        if self._buffer or self._lost:
            return
        self._loop.remove_writer(self._sock)
        if self._closing:
            self._lose(None)
        elif self._eof:
            self._send_eof()

    def get_write_buffer_size(self) -> int:
        return len(self._buffer)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low_water, self._high_water

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(
                f"high ({high!r}) must be >= low ({low!r}) must be >= 0"
            )
        self._high_water, self._low_water = high, low
        self._control_flow()

    def _control_flow(self) -> None:
        """Tell the protocol if the buffer has become too full or low again."""
        size = len(self._buffer)
        if not self._protocol_paused and size > self._high_water:
            name = "pause_writing"
        elif self._protocol_paused and size <= self._low_water:
            name = "resume_writing"
        else:
            return
        self._protocol_paused = not self._protocol_paused
        try:
            getattr(self._protocol, name)()
        except Exception as exc:
            self._report(f"protocol.{name}() failed", exc)

    def can_write_eof(self) -> bool:
        return True

    def write_eof(self) -> None:
        if not (self._eof or self._closing):
            self._eof = True
            if not self._buffer:
                self._send_eof()

    def _send_eof(self) -> None:
        with contextlib.suppress(OSError):  # reading will tell what is wrong
            self._sock.shutdown(socket.SHUT_WR)

    def is_closing(self) -> bool:
        return self._closing

    def close(self) -> None:
        if self._closing:
            return
        self._closing = True
        self._loop.remove_reader(self._sock)
        if not self._buffer:
            self._lose(None)

    def abort(self) -> None:
        self._force_close(None)

    def _force_close(self, exc: Exception | None) -> None:
        if self._lost:
            return
        self._closing = True
        self._buffer.clear()
        self._loop.remove_reader(self._sock)
        self._loop.remove_writer(self._sock)
        self._lose(exc)

    def _lose(self, exc: Exception | None) -> None:
        self._lost = True
        self._call_soon(self._call_connection_lost, exc)

    def _call_connection_lost(self, exc: Exception | None) -> None:
        try:
            self._protocol.connection_lost(exc)
        finally:
            self._protocol = None  # it has the transport: this ends the cycle
            self._sock.close()
            self._detach(self)

    def _call_soon(self, callback: Callable[..., object], *args: Any) -> None:
        self._loop.call_soon(callback, *args, context=self._context)


def _sockname(sock: socket.socket) -> Any:
    try:
        return sock.getsockname()
    except OSError:  # macOS forgets it when the other side is gone
        return None
