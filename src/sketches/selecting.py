"""A kitchen timer that listens: one call waits for you and for the time."""

import heapq
import os
import select
import time
from collections.abc import Callable
from typing import Any


class Loop:
    def __init__(self) -> None:
        self.readers: dict[int, Callable[[], None]] = {}
        self.timers: list[tuple[float, Callable[..., None], Any]] = []

    def add_reader(self, fd: int, callback: Callable[[], None]) -> None:
        self.readers[fd] = callback

    def remove_reader(self, fd: int) -> None:
        del self.readers[fd]

    def call_later(
        self, delay: float, callback: Callable[..., None], *args: Any
    ) -> None:
        when = time.monotonic() + delay
        heapq.heappush(self.timers, (when, callback, args))

    def run(self) -> None:
        while self.readers or self.timers:
            timeout = None
            if self.timers:
                timeout = max(0, self.timers[0][0] - time.monotonic())
            ready, _, _ = select.select(self.readers, [], [], timeout)
            for fd in ready:
                self.readers[fd]()
            while self.timers and self.timers[0][0] <= time.monotonic():
                _, callback, args = heapq.heappop(self.timers)
                callback(*args)


def main() -> None:
    def read() -> None:
        typed = os.read(0, 1024).decode()
        if not typed:  # Ctrl-D
            loop.remove_reader(0)
        for line in typed.splitlines():
            delay, what = line.split()
            loop.call_later(float(delay), print, what)

    loop = Loop()
    loop.add_reader(0, read)  # 0 is the standard input
    loop.run()


if __name__ == "__main__":
    main()
