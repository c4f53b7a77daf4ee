"""Open a socket for datagrams, and make its transport and its protocol."""

import asyncio
import socket
from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from behind.addresses import (
    Address,
    ensure_resolved,
    remove_stale_socket,
    set_reuse_port,
)
from behind.datagrams import DatagramTransport

__all__ = ["create_datagram_endpoint"]

P = TypeVar("P", bound=asyncio.BaseProtocol)
Key = tuple[int, int]  # family and protocol
Candidate = tuple[int, int, Address, Address]  # and local and remote address


async def create_datagram_endpoint(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    local_addr: Address = None,
    remote_addr: Address = None,
    *,
    family: int = 0,
    proto: int = 0,
    flags: int = 0,
    reuse_port: bool | None = None,
    allow_broadcast: bool | None = None,
    sock: socket.socket | None = None,
) -> tuple[DatagramTransport, P]:
    """Bind a socket to *local_addr*, connect it to *remote_addr*.

    Return its transport, and the protocol that *protocol_factory* makes,
    once connection_made was called. An address is a host and a port; in
    the family AF_UNIX it is a path. With *allow_broadcast* the socket is
    not connected, but all its datagrams go to *remote_addr*. Or pass
    *sock*, a datagram socket, and nothing else.

    Raises OSError if there is no such socket, and then leaves none open;
    TypeError for no address; and ValueError for arguments that do not go
    together.

    Rebuilds loop.create_datagram_endpoint (Lib/asyncio/base_events.py).
    """
    options = {
        "local_addr": local_addr,
        "remote_addr": remote_addr,
        "family": family,
        "proto": proto,
        "flags": flags,
        "reuse_port": reuse_port,
        "allow_broadcast": allow_broadcast,
    }
    address = None
    with ExitStack() as if_this_fails:
        if sock is None:
            sock, address = await _open(loop, **options)
            if_this_fails.callback(sock.close)
        else:
            _check_sock(sock, options)
            sock.setblocking(False)  # it is from elsewhere
        protocol = protocol_factory()
        transport = DatagramTransport(loop, sock, protocol, address)
        if_this_fails.callback(transport.close)
        await asyncio.sleep(0)  # connection_made is called meanwhile
        if_this_fails.pop_all()
    return transport, protocol


def _check_sock(sock: socket.socket, options: dict[str, Any]) -> None:
    if sock.type == socket.SOCK_STREAM:
        raise ValueError(f"A datagram socket was expected, got {sock!r}")
    given = [f"{name}={value}" for name, value in options.items() if value]
    if given:
        raise ValueError(
            "socket modifier keyword arguments can not be used "
            f"when sock is specified. ({', '.join(given)})"
        )


async def _open(
    loop: asyncio.AbstractEventLoop,
    *,
    reuse_port: bool | None,
    allow_broadcast: bool | None,
    **wanted: Any,
) -> tuple[socket.socket, Address]:
    """The first socket that can be had, and the address that it sends to."""
    errors = []
    for candidate in await _candidates(loop, **wanted):
        try:
            return await _open_one(
                loop, candidate, reuse_port, allow_broadcast
            )
        except OSError as exc:
            errors.append(exc)
    raise errors[0]


async def _open_one(
    loop: asyncio.AbstractEventLoop,
    candidate: Candidate,
    reuse_port: bool | None,
    allow_broadcast: bool | None,
) -> tuple[socket.socket, Address]:
    family, proto, local, remote = candidate
    with ExitStack() as if_this_fails:
        sock = socket.socket(
            family=family, type=socket.SOCK_DGRAM, proto=proto
        )
        if_this_fails.callback(sock.close)
        sock.setblocking(False)
        if reuse_port:
            set_reuse_port(sock)
        if allow_broadcast:
            sock.setsockopt(socket.SOL_SOCKET, socket.SO_BROADCAST, True)
        if local and family == socket.AF_UNIX:
            remove_stale_socket(local)
        if local:
            sock.bind(local)
        if remote and not allow_broadcast:
            await loop.sock_connect(sock, remote)
        if_this_fails.pop_all()
    return sock, remote


async def _candidates(
    loop: asyncio.AbstractEventLoop,
    local_addr: Address,
    remote_addr: Address,
    **hints: int,
) -> list[Candidate]:
    """The family, the protocol and both addresses of each socket to try."""
    family, proto = hints["family"], hints["proto"]
    if not (local_addr or remote_addr):
        if not family:
            raise ValueError("unexpected address family")
        return [(family, proto, None, None)]
    if family == socket.AF_UNIX:
        _check_paths(local_addr, remote_addr)
        return [(family, proto, local_addr, remote_addr)]
    here = await _by_key(loop, local_addr, **hints)
    there = await _by_key(loop, remote_addr, **hints)
    found = [
        (*key, here.get(key), there.get(key))
        for key in here | there
        if (key in here or not local_addr)
        and (key in there or not remote_addr)
    ]
    if not found:
        raise ValueError("can not get address information")
    return found


def _check_paths(*paths: Address) -> None:
    for path in paths:
        if path is not None and not isinstance(path, str):
            raise TypeError("string is expected")


async def _by_key(
    loop: asyncio.AbstractEventLoop, addr: Address, **hints: int
) -> dict[Key, Address]:
    """The first address of each family and protocol that *addr* has."""
    if addr is None:
        return {}
    if not (isinstance(addr, tuple) and len(addr) == 2):
        raise TypeError("2-tuple is expected")
    infos = await ensure_resolved(loop, addr, type=socket.SOCK_DGRAM, **hints)
    found: dict[Key, Address] = {}
    for family, _, proto, _, address in infos:
        found.setdefault((family, proto), address)
    return found
