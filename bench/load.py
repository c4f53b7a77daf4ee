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
    data, buffer = bytes(size), bytearray(size)
    with connected(peer, server, number) as (pid, socks, _):
        for sock in socks:
            echo(sock, size)
        times, wall, cpu, own = 0, *clocks(pid)
        while not times or time.perf_counter() - wall < seconds:
            for sock in socks:
                sock.sendall(data)
            for sock in socks:
                sock.recv_into(buffer, size, socket.MSG_WAITALL)
            times += number
        wall, cpu, own = (
            now - before
            for now, before in zip(clocks(pid), (wall, cpu, own), strict=True)
        )
    return {"cpu": cpu / times, "wall": wall / times, "idle": 1 - own / wall}


def clocks(pid: int) -> tuple[float, float, float]:
    """The time, the CPU seconds of the process *pid*, and our own."""
    cpu = time.clock_gettime(~pid << 3 | 2)  # Linux: clock_getcpuclockid()
    return time.perf_counter(), cpu, time.process_time()


def step(what: str, seconds: float, peer: str) -> dict[str, float]:
    """Seconds for each time that the step *what* is done."""
    with child(peer, what, str(seconds)) as process:
        times, wall, cpu = map(float, process.stdout.read().split())
    return {"cpu": cpu / times, "wall": wall / times}


def held(server: str, number: int, peer: str) -> dict[str, float]:
    """Bytes of memory for each of *number* connections that are idle."""
    with connected(peer, server, number) as (pid, _, before):
        return {"bytes": (resident(pid) - before) / number}


def resident(pid: int) -> int:
    """Bytes of memory that the process *pid* holds now (Linux)."""
    pages = Path(f"/proc/{pid}/statm").read_text("ascii").split()[1]
    return int(pages) * os.sysconf("SC_PAGE_SIZE")
