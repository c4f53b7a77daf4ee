"""A clock on which sleeping takes no time."""

import asyncio
import threading
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any, Self, TypeVar

from loopscope.running import each_loop, replaced
from loopscope.snapshots import LIBRARIES, short_path, stack

__all__ = ["VirtualClock", "run", "say"]

T = TypeVar("T")

GRACE = 0.1
"""Real seconds that files get before the clock leaps to the next timer."""

PATIENCE = 5.0
"""Real seconds that files get where there is no timer to leap to."""


class VirtualClock:
    """Within it, nobody sleeps in real time: the clock advances instead.

    It is the clock of loops, of ``time.monotonic`` and of ``time.sleep``, and
    begins at 0.0. A file that is ready comes first: as long as other threads
    or files might wake the loop, they get GRACE real seconds before the clock
    leaps to the next timer.

    Where the loop would sleep for ever, RuntimeError is raised in its place,
    with the tasks that wait.
    """

    def __init__(self) -> None:
        self.now = 0.0
        self._threads = threading.active_count()
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        for name, new in ("monotonic", self.time), ("sleep", self.sleep):
            self._undo.enter_context(replaced(time, name, new))
        self._undo.enter_context(each_loop(self._while_running))
        return self

    def __exit__(self, *exc_info: object) -> None:
        self._undo.close()

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    @contextmanager
    def _while_running(self, loop: Any) -> Iterator[None]:
        with ExitStack() as undo:
            if selector := getattr(loop, "_selector", None):
                wait = selector.select

                def select(timeout: float | None = None) -> Any:
                    return self._select(loop, wait, timeout)

                undo.enter_context(replaced(selector, "select", select))
            yield

    def _select(
        self, loop: Any, wait: Callable[..., Any], timeout: float | None
    ) -> Any:
        """What *wait* finds ready. If that is nothing, *timeout* is over."""
        ready = wait(0)
        if ready or timeout == 0:
            return ready
        may_come = self._may_be_woken(loop)
        if may_come:
            ready = wait(PATIENCE if timeout is None else GRACE)
        if not ready and timeout is None:
            raise RuntimeError(stuck(loop, PATIENCE if may_come else 0))
        if not ready:
            self.sleep(timeout or 0)
        return ready

    def _may_be_woken(self, loop: Any) -> bool:
        """Whether a thread, a signal or a file may wake *loop*."""
        return (
            threading.active_count() > self._threads
            or getattr(loop, "_signal_handlers", None)
            or len(loop._selector.get_map()) > 1  # one is its self-pipe
        )


def stuck(loop: asyncio.AbstractEventLoop, seconds: float) -> str:
    """What to say where nobody will wake *loop*, after so many *seconds*."""
    waiting = sorted(map(told, asyncio.all_tasks(loop)))
    said = "nothing is left that could happen"
    if seconds:
        said = f"nothing has happened for {seconds:g} real seconds"
    return "\n  ".join([f"{said}; these tasks wait:", *waiting])


def told(task: Any) -> str:
    """The name of *task*, and where it stands."""
    places = stack(task.get_coro())
    own = [one for one in places if not one[0].startswith(LIBRARIES)]
    innermost = (own or places)[-1:]  # none, if it is written in C
    where = [f"{short_path(path)}:{line}" for path, line, _ in innermost]
    return " in ".join([task.get_name(), *where])


def run(
    main: Coroutine[Any, Any, T],
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Like asyncio.run, on a virtual clock."""
    with VirtualClock(), asyncio.Runner(loop_factory=loop_factory) as runner:
        return runner.run(main)


def say(*what: object) -> None:
    """Print *what* with the time, by the clock of the loop that runs."""
    print(f"{asyncio.get_running_loop().time():g} s:", *what)
