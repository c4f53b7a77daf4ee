"""A process that is measured: `python -m bench.child`.

Its arguments are PEER WHAT [SECONDS].

WHAT is a server, which prints its port, or a step, which prints how often it
was done, the seconds that took, and the CPU seconds.
"""

import os
import socket
import sys
import time
from collections.abc import Awaitable, Callable

from bench import peers, servers, steps


def serve(peer: str, main: peers.Main) -> None:
    listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, True)
    print(listener.getsockname()[1], flush=True)
    peers.run(peer, main, listener)


async def repeat(
    step: Callable[[], Awaitable[int]], seconds: float
) -> tuple[int, float, float]:
    """Do *step* once to warm up, then again until *seconds* have passed."""
    await step()
    times, wall, cpu = 0, time.perf_counter(), time.process_time()
    while not times or time.perf_counter() - wall < seconds:
        times += await step()
    return times, time.perf_counter() - wall, time.process_time() - cpu


def main() -> None:
    os.sched_setaffinity(0, {max(os.sched_getaffinity(0))})
    bytes(16 << 20)  # once freed, malloc keeps blocks up to this size
    peer, what, *seconds = sys.argv[1:]
    name = f"{peer}_{what}" if peer in peers.OWN_WAYS else what
    if seconds:
        step = getattr(steps, name)
        print(*peers.run(peer, repeat, step, float(seconds[0])))
    else:
        serve(peer, getattr(servers, name))


if __name__ == "__main__":
    main()
