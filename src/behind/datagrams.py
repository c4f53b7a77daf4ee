"""Carry datagrams between a socket and a protocol."""

import asyncio
import socket
from collections import deque

from behind.addresses import Address
from behind.transports import READ_SIZE, Data, ReadingTransport, extra_info

__all__ = ["DatagramTransport"]

HEADER_SIZE = 8  # bytes that a datagram counts for, beside its own


class DatagramTransport(
    ReadingTransport, asyncio.DatagramTransport, asyncio.Transport
):
    """The transport between *sock*, which has datagrams, and *protocol*.

    With *address*, all datagrams go there. get_extra_info knows 'socket',
    'sockname' and, if the socket is connected, 'peername'.

    Rebuilds _SelectorDatagramTransport (Lib/asyncio/selector_events.py).
    """

    _lost_message = "socket.send() raised exception."

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        sock: socket.socket,
        protocol: asyncio.BaseProtocol,
        address: Address = None,
    ) -> None:
        super().__init__(loop, sock, protocol, extra_info(sock, None))
        self._sock = sock
        self._address = address
        self._buffer: deque[tuple[bytes, Address]] = deque()
        self._buffer_size = 0
        self._call_soon(self._start_reading)

    def get_write_buffer_size(self) -> int:
        return self._buffer_size

    def _read(self) -> None:
        try:
            data, address = self._sock.recvfrom(READ_SIZE)
        except (BlockingIOError, InterruptedError):
            pass
        except OSError as exc:
            self._call_protocol("error_received", exc)
        else:
            self._protocol.datagram_received(data, address)

    def sendto(self, data: Data, addr: Address = None) -> None:
        if not isinstance(data, Data):
            raise TypeError(
                "data argument must be a bytes-like object, "
                f"not {type(data).__name__!r}"
            )
        if self._address:
            if addr not in (None, self._address):
                raise ValueError(
                    f"Invalid address: must be None or {self._address}"
                )
            addr = self._address
        if self._ended:
            return self._drop()
        if not self._buffer:
            if self._send(data, addr) or self._lost:
                return
            self._add_writer(self._sendto_ready)
        data = bytes(data)  # what the protocol does with its own is no matter
        self._buffer.append((data, addr))
        self._buffer_size += len(data) + HEADER_SIZE
        self._control_flow()

    def _send(self, data: Data, addr: Address) -> bool:
        """Send a datagram; false if it has to wait for room."""
        try:
            if self.get_extra_info("peername") is not None:
                self._sock.send(data)
            else:
                self._sock.sendto(data, addr)
        except (BlockingIOError, InterruptedError):
            return False
        except OSError as exc:
            self._call_protocol("error_received", exc)
        return True

    def _sendto_ready(self) -> None:
        while self._buffer:
            data, addr = self._buffer.popleft()
            self._buffer_size -= len(data) + HEADER_SIZE
            if not self._send(data, addr):
                self._buffer.appendleft((data, addr))
                self._buffer_size += len(data) + HEADER_SIZE
                break
        if not self._lost:
            self._control_flow()
        if self._buffer or self._lost:
            return
        self._loop._remove_writer(self._fd)
        if self._closing:
            self._lose(None)

    def _force_close(self, exc: BaseException | None) -> None:
        self._buffer_size = 0
        super()._force_close(exc)
