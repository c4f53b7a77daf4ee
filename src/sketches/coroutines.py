"""Coroutines by turns, without asyncio: a trampoline."""

from collections import deque
from collections.abc import Coroutine, Generator
from typing import Any


class Pause:
    """Await it to let the others run."""

    def __await__(self) -> Generator[None, None, None]:
        yield


async def count(name: str, n: int) -> int:
    for i in range(1, n + 1):
        print(name, i)
        await Pause()
    print(name, "is done")
    return n


def run(*coroutines: Coroutine[Any, Any, Any]) -> list[Any]:
    """Run each until it pauses, then the next; return what they return."""
    results = {}
    ready = deque(coroutines)
    while ready:
        coroutine = ready.popleft()
        try:
            coroutine.send(None)
        except StopIteration as stop:
            results[coroutine] = stop.value
        else:
            ready.append(coroutine)
    return [results[coroutine] for coroutine in coroutines]


if __name__ == "__main__":
    print(run(count("A", 1), count("B", 3), count("C", 2)))
