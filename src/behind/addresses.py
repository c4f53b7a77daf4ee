"""What an address stands for, a host and a port, or the path of a socket."""

import asyncio
import os
import socket
import stat
from collections.abc import Sequence
from contextlib import suppress
from ssl import SSLSocket
from typing import Any

__all__ = ["ensure_resolved", "ipaddr_info"]

Host = str | bytes | None
Address = Any  # (host, port, ...) for IP, a path for AF_UNIX
AddressInfo = tuple[int, int, int, str, Address]  # as of socket.getaddrinfo

PROTOCOLS: dict[int, int] = {
    socket.SOCK_STREAM: socket.IPPROTO_TCP,
    socket.SOCK_DGRAM: socket.IPPROTO_UDP,
}


async def ensure_resolved(
    loop: asyncio.AbstractEventLoop,
    address: Address,
    *,
    family: int,
    type: int,
    proto: int = 0,
    flags: int = 0,
) -> Sequence[AddressInfo]:
    """Each address that the host and the port in *address* stand for.

    The loop looks them up, unless the host is an address already. Raises
    OSError if there is none.

    Rebuilds _ensure_resolved (Lib/asyncio/base_events.py).
    """
    host, port, *_ = address
    infos = ipaddr_info(address, family, type, proto)
    infos = infos or await loop.getaddrinfo(
        host, port, family=family, type=type, proto=proto, flags=flags
    )
    if not infos:
        raise OSError(f"getaddrinfo({host!r}) returned empty list")
    return infos


def ipaddr_info(
    address: Address, family: int, type: int, proto: int
) -> Sequence[AddressInfo]:
    """What getaddrinfo finds for an IP address; nothing for a name.

    Rebuilds _ipaddr_info (Lib/asyncio/base_events.py).
    """
    host, port, *rest = address
    for one, zeros in (socket.AF_INET, ()), (socket.AF_INET6, (0, 0)):
        with suppress(OSError, TypeError, ValueError):
            socket.inet_pton(one, host)
            if family in (one, socket.AF_UNSPEC):
                found = host, int(port), *(rest or zeros)
                proto = proto or PROTOCOLS.get(type, 0)
                return [(one, type, proto, "", found)]
    return []


def check_address(
    host: object, port: object, sock: socket.socket | None
) -> None:
    """Raise ValueError unless there is an address, or else a stream socket."""
    if host is not None or port is not None:
        if sock is not None:
            raise ValueError(
                "host/port and sock can not be specified at the same time"
            )
    elif sock is None:
        raise ValueError("Neither host/port nor sock were specified")
    else:
        check_stream(sock)


def check_stream(sock: socket.socket) -> None:
    """Raise TypeError for a socket with TLS, ValueError for no stream."""
    if isinstance(sock, SSLSocket):
        raise TypeError("Socket cannot be of type SSLSocket")
    if sock.type != socket.SOCK_STREAM:
        raise ValueError(f"A Stream Socket was expected, got {sock!r}")


def bind_to(sock: socket.socket, address: Address) -> None:
    """Bind *sock* to *address*. The OSError that it raises names that."""
    try:
        sock.bind(address)
    except OSError as exc:
        raise OSError(
            exc.errno,
            "error while attempting to bind on address "
            f"{address!r}: {str(exc).lower()}",
        ) from None


def set_reuse_port(sock: socket.socket) -> None:
    """Let others listen at the address of *sock*, too; ValueError if it can't.

    Rebuilds _set_reuseport (Lib/asyncio/base_events.py).
    """
    try:
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEPORT, True)
    except (AttributeError, OSError) as exc:
        raise ValueError("reuse_port not supported by socket module") from exc


def remove_stale_socket(path: str | bytes) -> None:
    """Remove the socket that a program has left at *path*, but no other file.

    An abstract name is no path, and leaves nothing.
    """
    if path[0] not in (0, "\0"):
        with suppress(FileNotFoundError):
            if stat.S_ISSOCK(os.stat(path).st_mode):
                os.remove(path)
