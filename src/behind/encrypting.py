"""Encrypt what goes through a transport, and decrypt what comes."""

import asyncio
import enum
import logging
import ssl
from collections.abc import Callable
from contextlib import suppress
from typing import Any

from behind.flows import ProtocolCaller

__all__ = ["TLSProtocol"]

HANDSHAKE_TIMEOUT = 60.0  # seconds
SHUTDOWN_TIMEOUT = 30.0  # seconds
READ_SIZE = 256 * 1024  # bytes that one read takes at most

logger = logging.getLogger("asyncio")


class State(enum.Enum):
    """The life of a TLS connection: each state leads to the next."""

    HANDSHAKE = "waits until both sides have agreed on keys"
    OPEN = "carries data"
    CLOSING = "waits until the other side says that it closes, too"
    CLOSED = "has ended"


class TLSProtocol(ProtocolCaller, asyncio.Protocol):
    """Decrypts what a transport receives, for *protocol*; and encrypts.

    When the handshake has succeeded, connection_made is called unless
    *call_connection_made* is false, and *waiter*, if any, is done; it gets
    what made the handshake fail. The timeouts are in seconds.

    Rebuilds SSLProtocol (Lib/asyncio/sslproto.py).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        protocol: asyncio.BaseProtocol,
        context: ssl.SSLContext,
        waiter: asyncio.Future[None] | None = None,
        *,
        server_side: bool = False,
        server_hostname: str | None = None,
        call_connection_made: bool = True,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None:
        self._incoming, self._outgoing = ssl.MemoryBIO(), ssl.MemoryBIO()
        self._object = context.wrap_bio(
            self._incoming,
            self._outgoing,
            server_side=server_side,
            server_hostname=server_hostname or None,
        )
        self._extra: dict[str, Any] = {
            "sslcontext": context,
            "ssl_object": self._object,
        }
        self._loop = loop
        self._protocol = protocol
        self._waiter = waiter
        self._connection_made = not call_connection_made
        self._handshake_timeout = _seconds(
            "ssl_handshake_timeout", ssl_handshake_timeout, HANDSHAKE_TIMEOUT
        )
        self._shutdown_timeout = _seconds(
            "ssl_shutdown_timeout", ssl_shutdown_timeout, SHUTDOWN_TIMEOUT
        )
        self._state = State.HANDSHAKE
        self._backlog = bytearray()  # what TLS does not take for now
        self._paused = False  # pause_reading() was called
        self._eof = False  # the socket's transport has nothing to read

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self._limit(
            self._handshake_timeout,
            ConnectionAbortedError(
                "SSL handshake is taking longer than "
                f"{self._handshake_timeout} seconds: aborting the connection"
            ),
        )
        self._advance()

    def data_received(self, data: bytes) -> None:
        self._incoming.write(data)
        self._advance()

    def eof_received(self) -> bool:
        self._eof = True
        self._advance()
        return self._state is State.OPEN  # it does not read for now

    def connection_lost(self, exc: BaseException | None) -> None:
        self._end(exc or ConnectionResetError())
        if self._connection_made:
            self._loop.call_soon(self._protocol.connection_lost, exc)
        self._protocol = None  # it has the transport: this ends the cycle

    def pause_writing(self) -> None:
        self._call_protocol("pause_writing")

    def resume_writing(self) -> None:
        self._call_protocol("resume_writing")

    def _advance(self) -> None:
        """Go as far as the data that have come allow."""
        self._try(self._step)

    def _step(self) -> None:
        if self._state is State.HANDSHAKE:
            self._shake_hands()
        if self._state is State.OPEN:
            self._write()
            self._read()
        if self._state is State.CLOSING:
            self._shut_down()

    def _try(self, step: Callable[[], None]) -> None:
        try:
            step()
        except ssl.SSLWantReadError:
            pass
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fail("Fatal error on SSL protocol", exc)
        self._flush()

    def _flush(self) -> None:
        """Have the socket's transport send what TLS has to say."""
        if self._outgoing.pending:
            self._transport.write(self._outgoing.read())

    def _shake_hands(self) -> None:
        self._object.do_handshake()
        self._timer.cancel()
        self._state = State.OPEN
        self._extra["peercert"] = self._object.getpeercert()
        self._extra["cipher"] = self._object.cipher()
        self._extra["compression"] = self._object.compression()
        if not self._connection_made:
            self._connection_made = True
            self._protocol.connection_made(self)
        self._wake(None)

    def _wake(self, exc: BaseException | None) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if exc is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(exc)

    def _read(self) -> None:
        while self._state is State.OPEN and not self._paused:
            try:
                more = self._read_once()
            except ssl.SSLWantReadError:
                more = not self._eof
                if more:
                    raise
            if not more:
                self._read_eof()

    def _read_once(self) -> bool:
        """Give the protocol some data; False at the end of them."""
        if isinstance(self._protocol, asyncio.BufferedProtocol):
            return self._read_into_buffer()
        data = self._object.read(READ_SIZE)
        if data:
            self._protocol.data_received(data)
        return bool(data)

    def _read_into_buffer(self) -> bool:
        buffer = self._protocol.get_buffer(-1)
        if not len(buffer):
            raise RuntimeError("get_buffer() returned an empty buffer")
        if self._state is not State.OPEN:
            return True  # get_buffer() has closed it
        size = self._object.read(len(buffer), buffer)
        if size:
            self._protocol.buffer_updated(size)
        return bool(size)

    def _read_eof(self) -> None:
        if self._protocol.eof_received():
            logger.warning(
                "returning true from eof_received() has no effect when using "
                "ssl"
            )
        self._start_closing()

    def _write(self) -> None:
        while self._backlog:
            del self._backlog[: self._object.write(self._backlog)]

    def _start_closing(self) -> None:
        if self._state is State.OPEN:
            self._state = State.CLOSING
            self._limit(
                self._shutdown_timeout, TimeoutError("SSL shutdown timed out")
            )

    def _shut_down(self) -> None:
        self._write()
        if not self._eof:
            self._discard()
            self._object.unwrap()
        self._flush()
        self._state = State.CLOSED
        self._transport.close()

    def _discard(self) -> None:
        with suppress(ssl.SSLWantReadError, ssl.SSLZeroReturnError):
            while self._object.read(READ_SIZE):
                pass

    def _end(self, exc: BaseException | None) -> None:
        self._state = State.CLOSED
        self._timer.cancel()
        self._backlog.clear()
        self._wake(exc)

    def _limit(self, seconds: float, error: Exception) -> None:
        self._timer = self._loop.call_later(
            seconds, self._fail, str(error), error
        )

    def _fail(self, message: str, exc: BaseException) -> None:
        if isinstance(exc, OSError):
            exc.__traceback__ = None  # it leads to whoever writes
        else:
            self._report(message, exc)
        self._flush()  # it may tell the other side what is wrong
        self._force_close(exc)

    def _force_close(self, exc: BaseException | None) -> None:
        self._end(exc or ConnectionAbortedError())
        self._transport._force_close(exc)


def _seconds(name: str, given: float | None, default: float) -> float:
    if given is None:
        return default
    if given <= 0:
        raise ValueError(f"{name} should be a positive number, got {given!r}")
    return given
