"""Write to a transport, and wait while its buffer is too full."""

import asyncio
import warnings
from collections import deque
from collections.abc import Iterable
from ssl import SSLContext
from typing import Any

from behind.readers import StreamReader, copied
from behind.waiting import wait

__all__ = ["FlowControlMixin", "StreamWriter"]

Data = bytes | bytearray | memoryview


class FlowControlMixin(asyncio.Protocol):
    """The half of a protocol that a StreamWriter needs.

    Rebuilds asyncio.streams.FlowControlMixin (Lib/asyncio/streams.py).
    """

    def __init__(self, loop: asyncio.AbstractEventLoop | None = None) -> None:
        self._loop = asyncio.get_event_loop() if loop is None else loop
        self._paused = False
        self._connection_lost = False
        self._drain_waiters: deque[asyncio.Future[None]] = deque()

    def pause_writing(self) -> None:
        self._paused = True

    def resume_writing(self) -> None:
        self._paused = False
        for waiter in self._pending():
            waiter.set_result(None)

    def connection_lost(self, exc: Exception | None) -> None:
        self._connection_lost = True
        for waiter in self._pending():
            if exc is None:
                waiter.set_result(None)
            else:
                waiter.set_exception(copied(exc))

    def _pending(self) -> Iterable[asyncio.Future[None]]:
        return [one for one in self._drain_waiters if not one.done()]

    async def _drain_helper(self) -> None:
        """Wait while writing is paused; raise if the connection is lost."""
        if self._connection_lost:
            raise ConnectionResetError("Connection lost")
        if not self._paused:
            return
        waiter = self._loop.create_future()
        self._drain_waiters.append(waiter)
        try:
            await waiter
        finally:
            self._drain_waiters.remove(waiter)
            del waiter  # its error's traceback leads here: a cycle

    def _get_close_waiter(self, stream: "StreamWriter") -> Any:
        raise NotImplementedError


class StreamWriter:
    """A transport, and a coroutine that waits when it has too much to send.

    The *protocol* is the transport's, a FlowControlMixin; the *reader*, if
    there is one, tells drain of errors.

    Rebuilds asyncio.StreamWriter (Lib/asyncio/streams.py).
    """

    def __init__(
        self,
        transport: Any,
        protocol: Any,
        reader: StreamReader | None,
        loop: asyncio.AbstractEventLoop,
    ) -> None:
        self._transport = transport
        self._protocol = protocol
        self._reader = reader
        self._loop = loop

    def __repr__(self) -> str:
        reader = "" if self._reader is None else f" reader={self._reader!r}"
        return f"<{type(self).__name__} transport={self._transport!r}{reader}>"

    @property
    def transport(self) -> Any:
        """The transport that it writes to."""
        return self._transport

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """What the transport knows, such as 'peername'."""
        return self._transport.get_extra_info(name, default)

    def write(self, data: Data) -> None:
        """Send *data* at once, or keep what cannot be sent at once."""
        self._transport.write(data)

    def writelines(self, data: Iterable[Data]) -> None:
        """Write all that is in *data*."""
        self._transport.writelines(data)

    async def drain(self) -> None:
        """Wait while there is too much to send.

        Raises what the reader's exception is, and ConnectionResetError if the
        connection is lost.
        """
        if self._reader is not None:
            exc = self._reader.exception()
            if exc is not None:
                raise copied(exc)
        if self._transport.is_closing():
            await asyncio.sleep(0)  # connection_lost may be about to come
        await self._protocol._drain_helper()

    def can_write_eof(self) -> bool:
        """Whether write_eof is possible: not with TLS."""
        can: bool = self._transport.can_write_eof()
        return can

    def write_eof(self) -> None:
        """Tell the other side that it has all; it may go on sending."""
        self._transport.write_eof()

    def close(self) -> None:
        """Close the connection, when all that was written is sent."""
        self._transport.close()

    def is_closing(self) -> bool:
        """Whether it is closed, or about to be."""
        is_closing: bool = self._transport.is_closing()
        return is_closing

    async def wait_closed(self) -> None:
        """Wait until the connection has ended; raise why, if by an error."""
        closed = self._protocol._get_close_waiter(self)
        await wait([closed])  # cancelling this does not cancel *closed*
        exc = closed.exception()
        if exc is not None:
            raise copied(exc)

    async def start_tls(
        self,
        sslcontext: SSLContext,
        *,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None:
        """Go on encrypted, as a server if a server has accepted it.

        Raises what loop.start_tls does.
        """
        await self.drain()
        self._transport = await self._loop.start_tls(
            self._transport,
            self._protocol,
            sslcontext,
            server_side=self._protocol._client_connected_cb is not None,
            server_hostname=server_hostname,
            ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout,
        )
        self._protocol._replace_transport(self._transport)

    def __del__(self) -> None:
        if self._transport.is_closing():
            return
        if self._loop.is_closed():
            warnings.warn("loop is closed", ResourceWarning, source=self)
        else:
            self.close()
            warnings.warn(f"unclosed {self!r}", ResourceWarning, source=self)
