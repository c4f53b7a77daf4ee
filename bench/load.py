"""The load: a client that does as little as it can, and looks at the server.

It sends on all connections, then receives on all. So every connection has a
message at the server at once, and no time goes into asking which has.
"""

import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple


def child(*args: str) -> subprocess.Popen[str]:
    """Start a process to measure."""
    command = [sys.executable, "-m", "bench.child", *args]
    return subprocess.Popen(command, stdout=subprocess.PIPE, text=True)


@contextlib.contextmanager
def connected(
    peer: str, server: str, number: int
) -> Iterator[tuple[int, list[socket.socket], int]]:
    """Its process id, *number* connections, and its memory before them."""
    with child(peer, server) as process, contextlib.ExitStack() as stack:
        stack.callback(process.kill)
        assert process.stdout
        address = "127.0.0.1", int(process.stdout.readline())
        echo(stack.enter_context(socket.create_connection(address)), 1)
        before = resident(process.pid)
        socks = [
            stack.enter_context(socket.create_connection(address))
            for _ in range(number)
        ]
        for sock in socks:
            sock.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
            echo(sock, 1)
        yield process.pid, socks, before


def echo(sock: socket.socket, size: int) -> None:
    """Send *size* bytes, and raise ValueError if others come back."""
    data = os.urandom(size)
    sock.sendall(data)
    if sock.recv(size, socket.MSG_WAITALL) != data:
        raise ValueError("that is no echo")


def requests(
    server: str, number: int, size: int, seconds: float, peer: str
) -> dict[str, float]:
    """Seconds for each request; the part of the time the client idles."""
    with connected(peer, server, number) as (pid, socks, _):
        for sock in socks:
            echo(sock, size)
        times, before = 0, clocks(pid)
        after = before
        while after.server == before.server:  # for a moment it may stand still
            times += number * rounds(socks, size, seconds)
            after = clocks(pid)
    wall, cpu, own = (b - a for a, b in zip(before, after, strict=True))
    return {"cpu": cpu / times, "wall": wall / times, "idle": 1 - own / wall}


def rounds(socks: list[socket.socket], size: int, seconds: float) -> int:
    """Have *size* bytes echoed on all until *seconds* have passed."""
    data, buffer = bytes(size), bytearray(size)
    times, start = 0, time.perf_counter()
    while not times or time.perf_counter() - start < seconds:
        for sock in socks:
            sock.sendall(data)
        for sock in socks:
            sock.recv_into(buffer, size, socket.MSG_WAITALL)
        times += 1
    return times


class Clocks(NamedTuple):
    """Seconds: the time, and the CPU time of the server and of ourselves."""

    wall: float
    server: float
    own: float


def clocks(pid: int) -> Clocks:
    """What the clocks say, *pid* being the server's process."""
    server = time.clock_gettime(~pid << 3 | 2)  # Linux: clock_getcpuclockid()
    return Clocks(time.perf_counter(), server, time.process_time())


def step(what: str, seconds: float, peer: str) -> dict[str, float]:
    """Seconds for each time that the step *what* is done."""
    with child(peer, what, str(seconds)) as process:
        printed, _ = process.communicate()
    times, wall, cpu = map(float, printed.split())
    return {"cpu": cpu / times, "wall": wall / times}


def held(server: str, number: int, peer: str) -> dict[str, float]:
    """Bytes of memory for each of *number* connections that are idle."""
    with connected(peer, server, number) as (pid, _, before):
        return {"bytes": (resident(pid) - before) / number}


def resident(pid: int) -> int:
    """Bytes of memory that the process *pid* holds now (Linux)."""
    pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
