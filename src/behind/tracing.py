"""What loops do, step by step, as plain data."""

import asyncio
import platform
import sys
import time
from collections import defaultdict, deque
from collections.abc import Callable
from contextlib import ExitStack
from dataclasses import astuple, dataclass, field
from itertools import islice
from typing import Any, Self
from weakref import WeakKeyDictionary

from behind import callbacks, timers
from behind.snapshots import Names, short_path, snapshot, stack, state, task_of

__all__ = ["Recorder"]

VERSION = 1
"""Of the form of traces. A new one tells those who read them that it changed.
"""

KEPT = 150
"""How many steps are kept from a program's start, and from its end."""

PRINTED = 1000
"""How many characters are kept of what a step prints: the last ones."""

PATIENCE = 5.0
"""Seconds that a file may take to be ready, if time is virtual."""


class VirtualClock:
    """A clock that goes on when somebody sleeps, and that takes no time."""

    def __init__(self) -> None:
        self.now = 0.0

    def time(self) -> float:
        return self.now

    def sleep(self, seconds: float) -> None:
        self.now += seconds

    def select(self, select: Callable[..., Any], timeout: float | None) -> Any:
        """Call *select*; sleep for *timeout* if no file is ready now."""
        ready = select(PATIENCE if timeout is None else 0)
        if not ready and timeout is None:
            raise RuntimeError("nothing is left that could wake the loop")
        if not ready:
            self.sleep(timeout or 0)
        return ready


class RealClock:
    """The clock of asyncio's loops."""

    def time(self) -> float:
        return time.monotonic()

    def select(self, select: Callable[..., Any], timeout: float | None) -> Any:
        return select(timeout)


@dataclass
class Turn:
    """A turn of a loop: how it began, and its last handle, if still to run."""

    loop: int
    run: int = 1
    number: int = 0
    timeout: float | None = 0
    slept: float = 0.0
    files: list[str] = field(default_factory=list)
    collected: bool = False
    ends: bool = False
    last: Any = None


@dataclass
class Spent:
    """How often something took its time, how long in all, how long at most.

    *step* is the number of the one that ended the longest.
    """

    count: int = 0
    seconds: float = 0.0
    longest: float = 0.0
    step: int = 0

    def add(self, seconds: float, step: int) -> None:
        self.count += 1
        self.seconds += seconds
        if seconds >= self.longest:
            self.longest, self.step = seconds, step


class Recorder:
    """Within it, all that asyncio's loops and ours do is recorded.

    *program* is the file whose lines matter. If *virtual*, the loops and
    ``time.sleep`` have a clock on which sleeping takes no time.
    """

    def __init__(self, program: str = "", *, virtual: bool = False) -> None:
        self.program = program
        self.names = Names(program)
        self.clock = VirtualClock() if virtual else RealClock()
        self.count = 0
        self.first: list[dict[str, Any]] = []
        self.last: deque[dict[str, Any]] = deque(maxlen=KEPT)
        self.printed = ""
        self.calls: dict[str, Spent] = defaultdict(Spent)
        self.waits: dict[tuple[Any, ...], Spent] = defaultdict(Spent)
        self._turns: WeakKeyDictionary[Any, Turn] = WeakKeyDictionary()
        self._since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.start = self.clock.time()
        for loop in asyncio.BaseEventLoop, callbacks.CallbackLoop:
            self._replace(loop, "_run_once", self._run_once)
        for handle in asyncio.Handle, callbacks.Handle:
            self._replace(handle, "_run", self._run)
        self._replace(sys.stdout, "write", self._write)
        if isinstance(self.clock, VirtualClock):
            sleep = self.clock.sleep
            for loop in asyncio.BaseEventLoop, timers.TimerLoop:
                self._replace(loop, "time", lambda *_: self.clock.time())
            self._replace(time, "sleep", lambda _, seconds: sleep(seconds))
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _replace(self, owner: Any, name: str, new: Callable[..., Any]) -> None:
        """Have *new* called, with the old one before its other arguments."""
        old = getattr(owner, name)
        setattr(owner, name, lambda *args: new(old, *args))
        self._undo.callback(setattr, owner, name, old)

    def _write(self, write: Callable[[str], int], text: str) -> int:
        self.printed = (self.printed + text)[-PRINTED:]
        return write(text)

    def _run_once(self, run_once: Callable[[Any], None], loop: Any) -> None:
        if loop not in self._turns:
            self._turns[loop] = Turn(len(self._turns) + 1)
            if hasattr(loop, "_selector"):
                self._replace(loop._selector, "select", self._select)
        before = self._turns[loop]
        turn = Turn(before.loop, before.run + before.ends, before.number + 1)
        self._turns[loop] = turn
        try:
            run_once(loop)
        finally:
            turn.ends = loop._stopping
            if not turn.collected:
                self._collect(turn, loop)

    def _select(
        self, select: Callable[..., Any], timeout: float | None = None
    ) -> Any:
        loop: Any = asyncio.get_running_loop()
        turn = self._turns[loop]
        start = self.clock.time()
        ready = self.clock.select(select, timeout)
        turn.timeout = timeout
        turn.slept = self.clock.time() - start
        turn.files = [
            "self-pipe"
            if key.fd == loop._ssock.fileno()
            else self.names.of_file(key.fd)
            for key, _ in ready
        ]
        return ready

    def _collect(self, turn: Turn, loop: Any, *running: Any) -> None:
        """Record what is ready as a turn begins; *running* is the first."""
        turn.collected = True
        for turn.last in (*running, *islice(reversed(loop._ready), 1)):
            pass
        self._add(
            turn,
            loop,
            {
                "timeout": turn.timeout,
                "slept": turn.slept,
                "woken": turn.files,
            },
            *running,
        )

    def _run(self, run: Callable[[Any], None], handle: Any) -> None:
        turn = self._turns.get(handle._loop)
        if turn is None:  # the recorder began within a turn
            return run(handle)
        if not turn.collected:
            self._collect(turn, handle._loop, handle)
        if handle is turn.last:
            turn.last = None
        task = task_of(handle._callback)
        work = self.names.of_work(handle._callback)
        step: dict[str, Any] = {
            "callback": self.names.of_handle(handle),
            "work": work,
        }
        if task:
            step |= self._resume(task)
        start = self.clock.time()
        try:
            run(handle)
        finally:
            step["took"] = self.clock.time() - start
            self.calls[work].add(step["took"], self.count + 1)
            if task:
                step |= self._suspend(task)
            self._add(turn, handle._loop, step)

    def _resume(self, task: Any) -> dict[str, Any]:
        """Where *task* stood; adds up how long it did."""
        place = self.names.of_place(stack(task._coro))
        since = self._since.pop(task, None)
        if since is not None:
            self._waited(task, place, since)
        return {
            "task": self.names.of(task),
            "starts": since is None,
            "from": place,
        }

    def _waited(self, task: Any, place: Any, since: float) -> None:
        where = (self.names.of_work(task._coro), *(place or ()))
        waited = self.clock.time() - since
        self.waits[where].add(waited, self.count + 1)

    def _suspend(self, task: Any) -> dict[str, Any]:
        """Where *task* stands now, or how it ended."""
        if task.done():
            self.names.tasks.pop(task, None)
            return {"to": None, "ended": state(task)}
        self._since[task] = self.clock.time()
        return {"to": self.names.of_place(stack(task._coro)), "ended": None}

    def _add(
        self, turn: Turn, loop: Any, what: dict[str, Any], *running: Any
    ) -> None:
        self.count += 1
        printed, self.printed = self.printed, ""
        step = {
            "number": self.count,
            "loop": turn.loop,
            "run": turn.run,
            "turn": turn.number,
            "time": self.clock.time() - self.start,
            **what,
            "printed": printed,
            **snapshot(loop, self.names, self.start, turn.last, *running),
        }
        if self.count <= KEPT:
            self.first.append(step)
        else:
            self.last.append(step)

    def trace(self) -> dict[str, Any]:
        """All that was recorded, as plain data, which JSON can hold.

        - version, program, python: VERSION, the program's name, Python's;
        - steps: dictionaries, `count` of them, or the first and the last;
        - printed: what was printed after the last step;
        - calls: what ran, how often, for how many seconds in all and at
          most, and the step in which it ran longest;
        - waits: the same for each place where tasks waited.
        """
        for task in self.names.tasks:
            since = self._since.pop(task, self.clock.time())
            self._waited(task, self.names.of_place(stack(task._coro)), since)
        return {
            "version": VERSION,
            "program": short_path(self.program),
            "python": platform.python_version(),
            "count": self.count,
            "steps": [*self.first, *self.last],
            "printed": self.printed,
            "calls": [[what, *astuple(t)] for what, t in self.calls.items()],
            "waits": [[list(w), *astuple(t)] for w, t in self.waits.items()],
        }
