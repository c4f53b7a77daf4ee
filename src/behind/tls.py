"""Put TLS between a transport and a protocol."""

import asyncio
import ssl
from asyncio.constants import _SendfileMode
from collections.abc import Callable
from functools import partial
from typing import Any, cast

from behind.encrypting import State, TLSProtocol
from behind.transports import Data

__all__ = ["SSLTransport", "start_tls"]

PutOnTLS = Callable[..., "SSLTransport"]


class SSLTransport(TLSProtocol, asyncio.Transport):
    """A transport of plain text to its protocol, on a transport of TLS.

    get_extra_info knows 'sslcontext', 'ssl_object', 'peercert', 'cipher',
    'compression', and what the transport below knows.

    Rebuilds _SSLProtocolTransport (Lib/asyncio/sslproto.py).
    """

    _sendfile_compatible = _SendfileMode.FALLBACK
    _start_tls_compatible = True
    _lost_message = "SSL connection is closed"

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
        if self._state is State.OPEN:
            self._backlog += data
            self._try(self._write)
        else:
            self._drop()

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


def server_tls(
    loop: asyncio.AbstractEventLoop, ssl: object, **options: Any
) -> PutOnTLS | None:
    """Like putting_on_tls, for a server, which needs a context of its own."""
    if isinstance(ssl, bool):
        raise TypeError("ssl argument must be an SSLContext or None")
    put_on_tls = putting_on_tls(loop, ssl, **options)
    return put_on_tls and partial(put_on_tls, server_side=True)


def _default_context(server_hostname: str | None) -> ssl.SSLContext:
    context = ssl.create_default_context()
    if not server_hostname:
        context.check_hostname = False
    return context


async def start_tls(
    loop: asyncio.AbstractEventLoop,
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
    ConnectionError for one that is closing or lost, and what makes the
    handshake fail; then *transport* is closed.

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
    if below.is_closing():
        raise ConnectionError("the connection is closed")
    waiter = loop.create_future()
    tls = SSLTransport(
        loop,
        protocol,
        sslcontext,
        waiter,
        server_side=server_side,
        server_hostname=server_hostname,
        call_connection_made=False,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    if server_side:
        _take_early_data(protocol, tls)
    below.pause_reading()  # no data_received before connection_made
    below.set_protocol(tls)
    loop.call_soon(tls.connection_made, below)
    loop.call_soon(below.resume_reading)
    try:
        await waiter
    except BaseException:
        below.close()
        raise
    finally:
        del waiter  # its error's traceback leads here: a cycle
    return tls


def _take_early_data(protocol: Any, tls: TLSProtocol) -> None:
    """Of a stream: what a client has sent that did not wait for its turn."""
    reader = getattr(protocol, "_stream_reader", None)
    if reader is not None:
        tls._incoming.write(reader._buffer)
        reader._buffer.clear()
