"""A page names one port, a run uses another: both ways, in every process.

Two runs of a page side by side would both want the port that it shows. So
each port of a page stands for a free one: in the commands of its terminals,
in what they print, and in each Python program, whose sockets are told the
page's port and use the free one.
"""

import contextlib
import os
import random
import re
import socket
from collections.abc import Callable, Iterable
from typing import Any

NAMED = re.compile(r"(?:localhost|127\.0\.0\.1|::1\]?)[ :](\d+)")


def named_in(text: str) -> set[int]:
    """The ports that *text* names after the local host."""
    return {int(port) for port in NAMED.findall(text)}


class Mapping:
    """Ports of a page, `page`, and the free ports that they stand for."""

    def __init__(self, pairs: Iterable[tuple[int, int]] = ()) -> None:
        self.free = dict(pairs)
        self.page = {free: port for port, free in self.free.items()}

    def __str__(self) -> str:
        return ",".join(f"{port}:{free}" for port, free in self.free.items())

    @classmethod
    def parse(cls, text: str) -> "Mapping":
        """The mapping of which *text* is the ``str``."""
        pairs = (pair.split(":") for pair in text.split(",") if pair)
        return cls((int(port), int(free)) for port, free in pairs)

    def to_free(self, text: str) -> str:
        return translate(text, self.free)

    def to_page(self, text: str) -> str:
        return translate(text, self.page)


def translate(text: str, table: dict[int, int]) -> str:
    """*text*, where each number in *table* gives way to its partner."""
    if not table:
        return text
    return re.sub(
        r"\b\d+\b",
        lambda found: str(table.get(int(found[0]), found[0])),
        text,
    )


def doubtful(command: str, mapping: Mapping) -> tuple[int, int] | None:
    """A port, and what it stands for, that *command* may mean otherwise.

    It has the same number in a place that is not after the local host.
    """
    numbers = re.findall(r"\b\d+\b", NAMED.sub("", command))
    for number in map(int, numbers):
        if number in mapping.free:
            return number, mapping.free[number]
    return None


def reserve(text: str = "") -> tuple[int, socket.socket]:
    """A free port, and the lock that keeps it ours until it is closed.

    It is no number in *text*, which means that number and no port.
    The lock is a socket bound to the next port, on which nobody listens.
    Both lie below the ports that systems give to outgoing connections.
    """
    while True:
        port = random.randrange(10_000, 32_000, 2)
        if str(port) in text:
            continue
        lock = socket.socket()
        try:
            lock.bind(("127.0.0.1", port + 1))
            for kind in socket.SOCK_STREAM, socket.SOCK_DGRAM:
                with socket.socket(type=kind) as probe:
                    probe.bind(("127.0.0.1", port))
        except OSError:
            lock.close()
        else:
            return port, lock


used = Mapping()
"""The mapping that the sockets of this process follow."""


def follow(mapping: Mapping) -> None:
    """Make the sockets of this process follow *mapping* from now on."""
    global used
    used = mapping


def map_sockets(listening: Callable[[int], None]) -> None:
    """Teach `socket.socket` to follow the mapping in use.

    *listening* is called with the page's port when a socket listens on it,
    or is bound to it and has datagrams.
    """

    def told(method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda sock, address: method(sock, swap(address, used.free))

    def asked(method: Callable[..., Any]) -> Callable[..., Any]:
        return lambda sock: swap(method(sock), used.page)

    def announce(sock: socket.socket) -> None:
        match sock.getsockname():
            case (_, port, *_) if port in used.free:
                listening(port)

    def bind(sock: socket.socket, address: Any) -> None:
        bind_to(sock, address)
        if sock.type == socket.SOCK_DGRAM:
            announce(sock)

    def listen(sock: socket.socket, *backlog: int) -> None:
        start_listening(sock, *backlog)
        announce(sock)

    bind_to = told(socket.socket.bind)
    start_listening = socket.socket.listen
    replacements = {
        "bind": bind,
        "connect": told(socket.socket.connect),
        "connect_ex": told(socket.socket.connect_ex),
        "getsockname": asked(socket.socket.getsockname),
        "getpeername": asked(socket.socket.getpeername),
        "listen": listen,
    }
    for name, replacement in replacements.items():
        setattr(socket.socket, name, replacement)


def swap(address: Any, table: dict[int, int]) -> Any:
    """*address* with the port that *table* has for its own, if it has one."""
    match address:
        case (host, int(port), *rest) if port in table:
            return (host, table[port], *rest)
    return address


def follow_environment() -> None:
    """Map the sockets of this program as the page that started it wants.

    ``LITERATE_PORTS`` holds the mapping; ``LITERATE_LISTENING`` names a pipe,
    which is told each of the page's ports that a socket listens on.
    """

    def tell(port: int) -> None:
        pipe = os.environ["LITERATE_LISTENING"]
        with contextlib.suppress(OSError), open(pipe, "w") as news:
            print(port, file=news)

    if mapping := os.environ.get("LITERATE_PORTS"):
        follow(Mapping.parse(mapping))
        map_sockets(tell)
