"""Connect to a host by name, and put a transport and a protocol to it."""

import asyncio
import socket
from collections.abc import Awaitable, Callable, Sequence
from contextlib import ExitStack
from functools import partial
from ssl import SSLContext
from typing import TypeVar

from behind.addresses import (
    AddressInfo,
    Host,
    check_address,
    check_stream,
    ensure_resolved,
)
from behind.races import connect_first
from behind.tls import PutOnTLS, putting_on_tls, server_tls
from behind.transports import SocketTransport

__all__ = ["connect_accepted_socket", "create_connection"]

P = TypeVar("P", bound=asyncio.BaseProtocol)


async def create_connection(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    host: Host = None,
    port: int | str | None = None,
    *,
    ssl: SSLContext | bool | None = None,
    family: int = 0,
    proto: int = 0,
    flags: int = 0,
    sock: socket.socket | None = None,
    local_addr: tuple[Host, int | str | None] | None = None,
    server_hostname: Host = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
    happy_eyeballs_delay: float | None = None,
    interleave: int | None = None,
    all_errors: bool = False,
) -> tuple[asyncio.Transport, P]:
    """Connect to *host* and *port*; return a transport and a protocol.

    The addresses of *host* are tried in the order that getaddrinfo gives,
    until one is connected: the next when the one before has failed, and
    also after *happy_eyeballs_delay* seconds, if that is given.
    *interleave* has the families take turns, after so many addresses of
    the first; by default it is 1 with a delay, and else off. *local_addr*
    is the host and port to connect from. Or pass *sock*, a connected
    stream socket, which belongs to the transport from then on. With *ssl*,
    a context or True, it has TLS, with a server of that *server_hostname*.

    Raises OSError if no address can be connected, with *all_errors* an
    ExceptionGroup of all that was raised; ValueError for arguments that do
    not go together; and what makes the handshake fail. If it fails or is
    cancelled, no socket is left open.

    Rebuilds loop.create_connection (Lib/asyncio/base_events.py).
    """
    if ssl and server_hostname is None:
        if not host:
            raise ValueError(
                "You must set server_hostname when using ssl without a host"
            )
        server_hostname = host
    put_on_tls = putting_on_tls(
        loop,
        ssl,
        server_hostname=server_hostname,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    check_address(host, port, sock)
    if sock is None:
        resolve = partial(
            ensure_resolved,
            loop,
            family=family,
            type=socket.SOCK_STREAM,
            proto=proto,
            flags=flags,
        )
        infos = await resolve((host, port))
        sources: Sequence[AddressInfo | None] = [None]
        if local_addr is not None:
            sources = await resolve(local_addr)
        sock = await connect_first(
            loop,
            infos,
            sources,
            happy_eyeballs_delay,
            interleave,
            all_errors,
        )
    return await make_connection(loop, sock, protocol_factory, put_on_tls)


async def connect_accepted_socket(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    sock: socket.socket,
    *,
    ssl: SSLContext | bool | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> tuple[asyncio.Transport, P]:
    """Return a transport and a protocol for *sock*, from elsewhere.

    It is a stream socket that something else has accepted, and belongs to
    the transport from then on. With the context *ssl* it has TLS. Raises
    ValueError for any other socket, and for arguments that do not go
    together; and what makes the handshake fail.

    Rebuilds loop.connect_accepted_socket (Lib/asyncio/base_events.py).
    """
    check_stream(sock)
    put_on_tls = server_tls(
        loop,
        ssl,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    return await make_connection(loop, sock, protocol_factory, put_on_tls)


async def make_connection(
    loop: asyncio.AbstractEventLoop,
    sock: socket.socket,
    protocol_factory: Callable[[], P],
    put_on_tls: PutOnTLS | None,
) -> tuple[asyncio.Transport, P]:
    """Put a transport and a new protocol to *sock*, which is connected.

    Waits for the handshake, if there is *put_on_tls*, and raises what makes it
    fail. If this fails or is cancelled, *sock* is closed.
    """
    with ExitStack() as if_this_fails:
        if_this_fails.callback(sock.close)
        sock.setblocking(False)
        protocol = protocol_factory()
        transport: asyncio.Transport
        connected: Awaitable[None]
        if put_on_tls is None:
            transport = SocketTransport(loop, sock, protocol)
            connected = asyncio.sleep(0)  # connection_made comes before
        else:
            connected = loop.create_future()
            transport = tls = put_on_tls(protocol, waiter=connected)
            SocketTransport(loop, sock, tls)
        if_this_fails.pop_all()
        if_this_fails.callback(transport.close)
        try:
            await connected
        finally:
            del connected  # its error's traceback leads here: a cycle
        if_this_fails.pop_all()
    return transport, protocol
