"""Listen on every address of a host, and start a server there."""

import asyncio
import errno
import os
import socket
import sys
from collections.abc import Callable, Iterable
from contextlib import ExitStack
from itertools import chain
from ssl import SSLContext

from behind.addresses import (
    AddressInfo,
    Host,
    bind_to,
    check_address,
    ensure_resolved,
    set_reuse_port,
)
from behind.servers import Server
from behind.tls import server_tls

__all__ = ["create_server"]


async def create_server(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], asyncio.BaseProtocol],
    host: Host | Iterable[Host] = None,
    port: int | str | None = None,
    *,
    family: int = socket.AF_UNSPEC,
    flags: int = socket.AI_PASSIVE,
    sock: socket.socket | None = None,
    backlog: int = 100,
    ssl: SSLContext | bool | None = None,
    reuse_address: bool | None = None,
    reuse_port: bool | None = None,
    keep_alive: bool | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
    start_serving: bool = True,
) -> Server:
    """Listen on *host* and *port*, and return the Server.

    Each connection gets a protocol of its own from *protocol_factory*,
    and a transport. *host* may be several; None and '' are all of the
    machine's addresses. Port 0 is a free port, another for each socket.
    Or pass *sock*, a bound stream socket. At most *backlog* connections
    wait to be accepted. With *start_serving* false they are refused until
    Server.start_serving or Server.serve_forever. With the context *ssl*
    each connection has TLS.

    Raises OSError if it cannot listen, and then leaves no socket of its
    own open; ValueError for arguments that do not go together; TypeError
    for an *ssl* that is no context.

    Rebuilds loop.create_server (Lib/asyncio/base_events.py).
    """
    put_on_tls = server_tls(
        loop,
        ssl,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    check_address(host, port, sock)
    with ExitStack() as if_this_fails:
        if sock is not None:
            sockets = [sock]
        else:
            infos = await _resolve_all(
                loop, host, port, family=family, flags=flags
            )
            sockets = _bind(
                infos,
                if_this_fails,
                reuse_address=reuse_address,
                reuse_port=reuse_port,
                keep_alive=keep_alive,
            )
        server = Server(loop, sockets, protocol_factory, backlog, put_on_tls)
        if start_serving:
            await server.start_serving()
        if_this_fails.pop_all()
    return server


async def _resolve_all(
    loop: asyncio.AbstractEventLoop,
    host: Host | Iterable[Host],
    port: int | str | None,
    **options: int,
) -> list[AddressInfo]:
    """The addresses of each host, none of them twice."""
    hosts = [host] if host is None or isinstance(host, str | bytes) else host
    found = await asyncio.gather(
        *(
            ensure_resolved(
                loop, (one or None, port), type=socket.SOCK_STREAM, **options
            )
            for one in hosts
        )
    )
    return list(dict.fromkeys(chain.from_iterable(found)))


def _bind(
    infos: list[AddressInfo], if_this_fails: ExitStack, **options: bool | None
) -> list[socket.socket]:
    """A bound socket for each address that this machine has."""
    sockets = []
    for family, kind, proto, _, address in infos:
        try:
            sock = socket.socket(family, kind, proto)
        except OSError:  # the machine does not know the family
            continue
        if_this_fails.callback(sock.close)
        _set_options(sock, **options)
        try:
            bind_to(sock, address)
        except OSError as exc:
            if exc.errno != errno.EADDRNOTAVAIL:
                raise
            sock.close()
        else:
            sockets.append(sock)
    if not sockets:
        addresses = [info[4] for info in infos]
        raise OSError(f"could not bind on any address out of {addresses!r}")
    return sockets


def _set_options(
    sock: socket.socket,
    reuse_address: bool | None,
    reuse_port: bool | None,
    keep_alive: bool | None,
) -> None:
    if reuse_address is None:
        reuse_address = os.name == "posix" and sys.platform != "cygwin"
    if reuse_address:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, True)
    if reuse_port:
        set_reuse_port(sock)
    if keep_alive:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_KEEPALIVE, True)
    if sock.family == socket.AF_INET6:
        sock.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, True)
