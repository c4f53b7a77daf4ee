"""Two loops whose clock leaps to the next timer, so that nobody waits."""

import asyncio
import selectors
from collections.abc import Callable, Coroutine
from typing import Any

import behind


class VirtualLoop(behind.EventLoop):
    """A loop whose clock goes on only while it sleeps."""

    now: float = 0

    def time(self) -> float:
        return self.now

    def _sleep(self, timeout: float | None) -> None:
        self.now += timeout or 0
        super()._sleep(0)


def run(
    main: Coroutine[Any, Any, Any],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] = VirtualLoop,
) -> None:
    with asyncio.Runner(loop_factory=loop_factory) as runner:
        runner.run(main)


def say(*what: object) -> None:
    """Print *what* with the time, by the clock of the loop that runs."""
    print(f"{asyncio.get_running_loop().time():g} s:", *what)


class VirtualAsyncioLoop(asyncio.SelectorEventLoop):
    """asyncio's loop with such a clock: its selector does not sleep."""

    now: float = 0
    time = VirtualLoop.time

    def __init__(self) -> None:
        super().__init__(Leaping(self))


class Leaping(selectors.SelectSelector):
    """Puts the clock of *loop* forward, where others sleep."""

    def __init__(self, loop: VirtualAsyncioLoop) -> None:
        super().__init__()
        self.loop = loop

    def select(self, timeout: float | None = None) -> Any:
        self.loop.now += timeout or 0
        return super().select(0)
