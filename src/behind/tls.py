"""Put TLS between a transport and a protocol."""

import asyncio
import enum
import logging
import ssl
from asyncio.constants import _SendfileMode
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from behind.transports import Data

__all__ = ["SSLTransport", "TLSMethods"]

HANDSHAKE_TIMEOUT = 60.0  # seconds
SHUTDOWN_TIMEOUT = 30.0  # seconds
READ_SIZE = 256 * 1024  # bytes that one read takes at most

PutOnTLS = Callable[..., "SSLTransport"]

logger = logging.getLogger("asyncio")


class State(enum.Enum):
    """The life of a TLS connection: each state leads to the next."""

    HANDSHAKE = "waits until both sides have agreed on keys"
    OPEN = "carries data"
    CLOSING = "waits until the other side says that it closes, too"
    CLOSED = "has ended"


class SSLTransport(asyncio.Transport, asyncio.Protocol):
    """A transport of plain text to *protocol*; a protocol to the socket's.

    What the protocol writes leaves encrypted, what comes is decrypted for
    it. When the handshake has succeeded, connection_made is called unless
    *call_connection_made* is false, and *waiter*, if any, is done; it gets
    what made the handshake fail. The timeouts are in seconds.

    get_extra_info also knows 'sslcontext', 'ssl_object', 'peercert',
    'cipher' and 'compression'.

    Rebuilds SSLProtocol and _SSLProtocolTransport (Lib/asyncio/sslproto.py).
    """

    _sendfile_compatible = _SendfileMode.FALLBACK
    _start_tls_compatible = True
    _extra: dict[str, Any]

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
        super().__init__({"sslcontext": context, "ssl_object": self._object})
        self._loop = loop
        self._protocol: Any = protocol
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

    # A protocol: what the socket's transport calls

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

    def connection_lost(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionResetError())
        if self._connection_made:
            self._loop.call_soon(self._protocol.connection_lost, exc)
        self._protocol = None  # it has the transport: this ends the cycle

    def pause_writing(self) -> None:
        self._call_protocol("pause_writing")

    def resume_writing(self) -> None:
        self._call_protocol("resume_writing")

    def _call_protocol(self, name: str) -> None:
        try:
            getattr(self._protocol, name)()
        except Exception as exc:
            self._report(f"protocol.{name}() failed", exc)

    # The states

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
        except Exception as exc:
            self._fail("Fatal error on SSL protocol", exc)
        self._flush()

    def _flush(self) -> None:
        """Have the socket's transport send what TLS has to say."""
        if self._outgoing.pending:
            self._transport.write(self._outgoing.read())

    def _shake_hands(self) -> None:
        try:
            self._object.do_handshake()
        except ssl.SSLWantReadError:
            if self._eof:
                raise ConnectionResetError from None
            raise
        self._timer.cancel()
        self._state = State.OPEN
        self._extra["peercert"] = self._object.getpeercert()
        self._extra["cipher"] = self._object.cipher()
        self._extra["compression"] = self._object.compression()
        if not self._connection_made:
            self._connection_made = True
            self._protocol.connection_made(self)
        self._wake(None)

    def _wake(self, exc: Exception | None) -> None:
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
            self._object.unwrap()
        self._flush()
        self._state = State.CLOSED
        self._transport.close()

    def _end(self, exc: Exception | None) -> None:
        self._state = State.CLOSED
        self._timer.cancel()
        self._backlog.clear()
        self._wake(exc)

    def _limit(self, seconds: float, error: Exception) -> None:
        self._timer = self._loop.call_later(
            seconds, self._fail, str(error), error
        )

    def _fail(self, message: str, exc: Exception) -> None:
        if not isinstance(exc, OSError):
            self._report(message, exc)
        self._flush()  # it may tell the other side what is wrong
        self._force_close(exc)

    def _force_close(self, exc: Exception | None) -> None:
        self._end(exc or ConnectionAbortedError())
        self._transport._force_close(exc)

    def _report(self, message: str, exc: Exception) -> None:
        self._loop.call_exception_handler(
            {
                "message": message,
                "exception": exc,
                "transport": self,
                "protocol": self._protocol,
            }
        )

    # A transport: what the protocol calls

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        if name in self._extra:
            return self._extra[name]
        return self._transport.get_extra_info(name, default)

    def get_protocol(self) -> asyncio.BaseProtocol:
        return cast(asyncio.BaseProtocol, self._protocol)

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def is_reading(self) -> bool:
        return not self._paused and not self.is_closing()

    def pause_reading(self) -> None:
        self._paused = True
        self._transport.pause_reading()

    def resume_reading(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()
            self._loop.call_soon(self._advance)

    def write(self, data: Data) -> None:
        if not isinstance(data, Data):
            raise TypeError(
                "data: expecting a bytes-like instance, "
                f"got {type(data).__name__}"
            )
        if self._state is State.OPEN and data:
            self._backlog += data
            self._try(self._write)

    def can_write_eof(self) -> bool:
        return False

    def get_write_buffer_size(self) -> int:
        size: int = self._transport.get_write_buffer_size()
        return size + len(self._backlog)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        limits: tuple[int, int] = self._transport.get_write_buffer_limits()
        return limits

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        self._transport.set_write_buffer_limits(high, low)

    def is_closing(self) -> bool:
        return self._state in (State.CLOSING, State.CLOSED)

    def close(self) -> None:
        if self._state is State.HANDSHAKE:
            self.abort()
        else:
            self._start_closing()
            self._advance()

    def abort(self) -> None:
        self._force_close(None)


def _seconds(name: str, given: float | None, default: float) -> float:
    if given is None:
        return default
    if given <= 0:
        raise ValueError(f"{name} should be a positive number, got {given!r}")
    return given


def putting_on_tls(
    loop: asyncio.AbstractEventLoop, ssl: Any, **options: Any
) -> PutOnTLS | None:
    """What makes an SSLTransport for a protocol; None without *ssl*.

    *ssl* is a context, or True for the default one; *options* are those of
    SSLTransport. Raises ValueError for options without *ssl*.
    """
    if ssl:
        if ssl is True:
            ssl = _default_context(options["server_hostname"])
        return partial(SSLTransport, loop, context=ssl, **options)
    for name, value in options.items():
        if value is not None:
            raise ValueError(f"{name} is only meaningful with ssl")
    return None


def _default_context(server_hostname: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server_hostname:
        context.check_hostname = False
    return context


class TLSMethods(asyncio.AbstractEventLoop):
    """The loop's method that puts TLS on a connection."""

    async def start_tls(
        self,
        transport: asyncio.WriteTransport,
        protocol: asyncio.BaseProtocol,
        sslcontext: ssl.SSLContext,
        *,
        server_side: bool = False,
        server_hostname: str | None = None,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> asyncio.Transport | None:
        """Put TLS on *transport*; return the transport of plain text.

        *protocol* has used *transport* till now, and must use the other one
        from now on. Raises TypeError for a transport that cannot carry TLS,
        and what makes the handshake fail; then *transport* is closed.

        Rebuilds loop.start_tls (Lib/asyncio/base_events.py).
        """
        if not isinstance(sslcontext, ssl.SSLContext):
            raise TypeError(
                "sslcontext is expected to be an instance of ssl.SSLContext, "
                f"got {sslcontext!r}"
            )
        if not getattr(transport, "_start_tls_compatible", False):
            raise TypeError(
                f"transport {transport!r} is not supported by start_tls()"
            )
        below = cast(asyncio.Transport, transport)
        waiter = self.create_future()
        tls = SSLTransport(
            self,
            protocol,
            sslcontext,
            waiter,
            server_side=server_side,
            server_hostname=server_hostname,
            call_connection_made=False,
            ssl_handshake_timeout=ssl_handshake_timeout,
            ssl_shutdown_timeout=ssl_shutdown_timeout,
        )
        below.pause_reading()  # no data_received before connection_made
        below.set_protocol(tls)
        self.call_soon(tls.connection_made, below)
        self.call_soon(below.resume_reading)
        try:
            await waiter
        except BaseException:
            below.close()
            raise
        finally:
            del waiter  # its error's traceback leads here: a cycle
        return tls
