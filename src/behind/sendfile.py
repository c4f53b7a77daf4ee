"""Send a file through a transport, in its protocol's place."""

import asyncio
import socket
from asyncio import SendfileNotAvailableError
from asyncio.constants import _SendfileMode
from contextlib import ExitStack
from typing import IO, Any, Self

from behind.flows import ProtocolCaller
from behind.futures import _set_result_unless_cancelled
from behind.sock_sendfile import FileMethods, _check_file

__all__ = ["SendfileMethods", "StandIn"]


class SendfileMethods(FileMethods):
    """The loop's method that sends a file through a transport."""

    async def sendfile(
        self,
        transport: asyncio.WriteTransport,
        file: IO[bytes],
        offset: int = 0,
        count: int | None = None,
        *,
        fallback: bool = True,
    ) -> int:
        """Send *file* through *transport*, after what was written before.

        What it takes and returns is as with sock_sendfile. Meanwhile the
        transport does not read. While the kernel sends, write refuses.

        Raises ConnectionError if the connection ends before the file does;
        RuntimeError for a transport that cannot send files; and what
        sock_sendfile does.

        Rebuilds loop.sendfile (Lib/asyncio/base_events.py and
        selector_events.py).
        """
        if transport.is_closing():
            raise RuntimeError("Transport is closing")
        _check_file(file, offset, count)
        unsupported = _SendfileMode.UNSUPPORTED
        mode = getattr(transport, "_sendfile_compatible", unsupported)
        if mode is unsupported:
            raise RuntimeError(
                f"sendfile is not supported for transport {transport!r}"
            )
        if mode is _SendfileMode.TRY_NATIVE:
            try:
                return await self._sendfile_native(
                    transport, file, offset, count
                )
            except SendfileNotAvailableError:
                if not fallback:
                    raise
        if not fallback:
            raise RuntimeError(
                "fallback is disabled and native sendfile is not "
                f"supported for transport {transport!r}"
            )
        with StandIn(self, transport) as stand_in:
            return await self._send_blocks(stand_in.write, file, offset, count)

    async def _sendfile_native(
        self, transport: Any, file: IO[bytes], offset: int, count: int | None
    ) -> int:
        sock = transport.get_extra_info("socket")
        with StandIn(self, transport) as stand_in:
            await stand_in.take_socket(sock)
            return await self._send_native(
                sock, file, offset, count, stand_in.room
            )


class StandIn(ProtocolCaller, asyncio.Protocol):
    """Within it, *transport* does not read, and has this for its protocol.

    The protocol is told afterwards if it is to pause or to resume writing. If
    the connection is lost, it has its place back at once, and hears of it.

    Rebuilds _SendfileFallbackProtocol (Lib/asyncio/base_events.py).
    """

    def __init__(
        self, loop: asyncio.AbstractEventLoop, transport: Any
    ) -> None:
        self._loop: Any = loop
        self._transport = transport
        self._protocol = transport.get_protocol()
        self._pauses = 0  # less the calls of resume_writing
        self._waiter = loop.create_future()
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        if type(self._protocol) is StandIn:
            raise RuntimeError("sendfile is in progress")
        if self._transport.is_reading():
            self._transport.pause_reading()
            self._undo.callback(self._transport.resume_reading)
        self._transport.set_protocol(self)
        self._undo.callback(self._give_back)
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._undo.close()

    def _give_back(self) -> None:
        self._transport.set_protocol(self._protocol)
        if self._transport.is_closing():
            return
        if self._pauses > 0:
            self._call_protocol("pause_writing")
        elif self._pauses < 0:
            self._call_protocol("resume_writing")

    def pause_writing(self) -> None:
        self._pauses += 1

    def resume_writing(self) -> None:
        self._pauses -= 1
        self._wake()

    def connection_lost(self, exc: Exception | None) -> None:
        self._undo.close()
        self._wake()
        self._protocol.connection_lost(exc)

    def _wake(self) -> None:
        _set_result_unless_cancelled(self._waiter)

    async def room(self) -> None:
        """Wait until there is room. Raises ConnectionError at the end."""
        self._waiter = self._loop.create_future()
        await self._waiter
        self._check()

    def _check(self) -> None:
        if self._transport.is_closing():
            raise ConnectionError("the connection is closed")

    async def _drain(self, size: int) -> None:
        """Wait until the buffer has no more than *size* bytes."""
        self._check()
        while self._transport.get_write_buffer_size() > size:
            await self.room()

    async def write(self, data: bytes) -> None:
        """Write *data* when the protocol may write."""
        _, high = self._transport.get_write_buffer_limits()
        await self._drain(high)
        self._transport.write(data)

    async def take_socket(self, sock: socket.socket) -> None:
        """Wait until the buffer is empty. From then on *sock* is ours."""
        transport, undo = self._transport, self._undo.callback
        transport._sending = True
        undo(setattr, transport, "_sending", False)
        low, high = transport.get_write_buffer_limits()
        transport.set_write_buffer_limits(0)
        undo(transport.set_write_buffer_limits, high, low)
        await self._drain(0)
        self._loop._add_writer(sock, self._wake)
        undo(self._loop._remove_writer, sock)
