"""Hold idle connections on asyncio's loop and on ours: bytes for each.

Run by hand: `python bench/connections.py 10000`. The clients are a process
of their own, so the server needs one descriptor for each connection.
"""

import asyncio
import os
import platform
import resource
import socket
import sys
import time
from collections.abc import Callable
from multiprocessing import get_context
from multiprocessing.connection import Connection

import behind


class Idle(asyncio.Protocol):
    came = 0

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        Idle.came += 1


def be_clients(
    address: tuple[str, int], number: int, pipe: Connection
) -> None:
    """Connect *number* times, and hold all until told to end."""
    held = [socket.create_connection(address) for _ in range(number)]
    pipe.send(len(held))
    pipe.recv()


def resident() -> int:
    """Bytes of memory that this process holds now (Linux)."""
    with open("/proc/self/statm") as file:
        return int(file.read().split()[1]) * resource.getpagesize()


async def hold(number: int) -> tuple[float, float]:
    """Serve *number* idle clients: bytes for each, and seconds until all."""
    loop = asyncio.get_running_loop()
    server = await loop.create_server(Idle, "127.0.0.1", 0, backlog=1024)
    here, there = get_context("spawn").Pipe()
    process = get_context("spawn").Process(
        target=be_clients,
        args=(server.sockets[0].getsockname(), number, there),
    )
    process.start()
    before, start = resident(), time.perf_counter()
    held = await loop.run_in_executor(None, here.recv)
    while Idle.came < held:
        await asyncio.sleep(0)
    assert Idle.came == number
    result = (resident() - before) / number, time.perf_counter() - start
    here.send(None)
    await loop.run_in_executor(None, process.join)
    server.close()
    return result


def measure(
    loop_factory: Callable[[], asyncio.AbstractEventLoop],
    number: int,
    pipe: Connection,
) -> None:
    """In a process of its own, so that no loop has another's memory."""
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        pipe.send(runner.run(hold(number)))


def main() -> None:
    number = int(sys.argv[1])
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    print(platform.python_version(), platform.platform(), os.cpu_count())
    for _ in range(3):
        for factory in asyncio.SelectorEventLoop, behind.EventLoop:
            here, there = get_context("spawn").Pipe()
            process = get_context("spawn").Process(
                target=measure, args=(factory, number, there)
            )
            process.start()
            size, seconds = here.recv()
            process.join()
            name = factory.__module__
            print(f"{name:20} {size:6.0f} bytes each, {seconds:.2f} s")


if __name__ == "__main__":
    main()
