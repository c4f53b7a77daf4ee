"""An event loop in twenty lines: a queue of callbacks."""

from collections import deque
from collections.abc import Callable
from typing import Any


class Loop:
    def __init__(self) -> None:
        self._ready: deque[tuple[Callable[..., object], Any]] = deque()

    def call_soon(self, callback: Callable[..., object], *args: Any) -> None:
        self._ready.append((callback, args))

    def run(self) -> None:
        while self._ready:
            callback, args = self._ready.popleft()
            callback(*args)


def count_down(loop: Loop, name: str, n: int) -> None:
    print(name, n)
    if n > 1:
        loop.call_soon(count_down, loop, name, n - 1)


if __name__ == "__main__":
    loop = Loop()
    loop.call_soon(count_down, loop, "A", 2)
    loop.call_soon(count_down, loop, "B", 3)
    loop.run()
