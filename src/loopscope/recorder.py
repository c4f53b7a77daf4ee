"""What loops do, step by step, as plain data."""

import platform
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import islice
from typing import Any, Self
from weakref import WeakKeyDictionary

from loopscope.running import each_loop, replaced
from loopscope.snapshots import (
    Names,
    short_path,
    snapshot,
    stack,
    state,
    task_of,
)
from loopscope.trace import (
    VERSION,
    Begin,
    Call,
    Place,
    Spent,
    Step,
    Trace,
)

__all__ = ["Recorder"]

KEPT = 150
"""How many steps are kept from a program's start, and from its end."""

PRINTED = 1000
"""How many characters are kept of what a step prints: the last ones."""


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


Totals = dict[tuple[str, Place | None], Spent]
"""The time that was spent, by what was done, and by where that waited."""


class Recorder:
    """Within it, all is recorded that loops do, if Python runs their turns.

    *program* is the file whose lines matter.
    """

    def __init__(self, program: str = "") -> None:
        self.program = program
        self.names = Names(program)
        self.count = 0
        self.first: list[Step] = []
        self.last: deque[Step] = deque(maxlen=KEPT)
        self.printed = ""
        self.calls: Totals = {}
        self.waits: Totals = {}
        self._turns: WeakKeyDictionary[Any, Turn] = WeakKeyDictionary()
        self._since: WeakKeyDictionary[Any, float] = WeakKeyDictionary()
        self._handles: set[type] = set()
        self._undo = ExitStack()

    def __enter__(self) -> Self:
        self.time = time.monotonic
        self.start = self.time()
        self._replace(self._undo, sys.stdout, "write", self._write)
        self._undo.enter_context(each_loop(self._while_running))
        return self

    def __exit__(self, *_: object) -> None:
        self._undo.close()

    def _replace(
        self, undo: ExitStack, owner: Any, name: str, new: Callable[..., Any]
    ) -> None:
        """Have *new* called, with the old one before its other arguments."""
        old = getattr(owner, name)
        undo.enter_context(
            replaced(owner, name, lambda *args: new(old, *args))
        )

    @contextmanager
    def _while_running(self, loop: Any) -> Iterator[None]:
        with ExitStack() as undo:
            if hasattr(loop, "_run_once"):
                self._know_handles(loop)
                run_once = partial(self._run_once, loop)
                self._replace(undo, loop, "_run_once", run_once)
            if selector := getattr(loop, "_selector", None):
                select = partial(self._select, loop)
                self._replace(undo, selector, "select", select)
            yield

    def _know_handles(self, loop: Any) -> None:
        """Have what *loop* calls recorded. To see its handles, it makes one."""
        handle = loop.call_soon(int)
        loop._ready.remove(handle)
        for kind in type(handle).__mro__:
            if "_run" in vars(kind) and kind not in self._handles:
                self._handles.add(kind)
                self._replace(self._undo, kind, "_run", self._run)

    def _write(self, write: Callable[[str], int], text: str) -> int:
        self.printed = (self.printed + text)[-PRINTED:]
        return write(text)

    def _run_once(self, loop: Any, run_once: Callable[[], None]) -> None:
        before = self._turns.get(loop) or Turn(len(self._turns) + 1)
        turn = Turn(before.loop, before.run + before.ends, before.number + 1)
        self._turns[loop] = turn
        try:
            run_once()
        finally:
            turn.ends = loop._stopping
            if not turn.collected:
                self._collect(turn, loop)

    def _select(
        self,
        loop: Any,
        select: Callable[..., Any],
        timeout: float | None = None,
    ) -> Any:
        turn = self._turns[loop]
        start = self.time()
        ready = select(timeout)
        turn.timeout = timeout
        turn.slept = self.time() - start
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
        step: Call = {
            "callback": self.names.of_handle(handle),
            "work": work,
        }
        if task:
            step |= self._resume(task)
        start = self.time()
        try:
            run(handle)
        finally:
            step["took"] = self.time() - start
            self._spend(self.calls, work, None, step["took"])
            if task:
                step |= self._suspend(task)
            self._add(turn, handle._loop, step)

    def _resume(self, task: Any) -> Call:
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

    def _waited(self, task: Any, place: Place | None, since: float) -> None:
        work = self.names.of_work(task._coro)
        self._spend(self.waits, work, place, self.time() - since)

    def _spend(
        self, totals: Totals, what: str, place: Place | None, seconds: float
    ) -> None:
        new = Spent(
            what=what, place=place, count=0, seconds=0.0, longest=0.0, step=0
        )
        spent = totals.setdefault((what, place), new)
        spent["count"] += 1
        spent["seconds"] += seconds
        if seconds >= spent["longest"]:
            spent["longest"], spent["step"] = seconds, self.count + 1

    def _suspend(self, task: Any) -> Call:
        """Where *task* stands now, or how it ended."""
        if task.done():
            self.names.tasks.pop(task, None)
            return {"to": None, "ended": state(task)}
        self._since[task] = self.time()
        return {"to": self.names.of_place(stack(task._coro)), "ended": None}

    def _add(
        self, turn: Turn, loop: Any, what: Begin | Call, *running: Any
    ) -> None:
        self.count += 1
        printed, self.printed = self.printed, ""
        step: Step = {
            "number": self.count,
            "loop": turn.loop,
            "run": turn.run,
            "turn": turn.number,
            "time": self.time() - self.start,
            **what,
            "printed": printed,
            **snapshot(loop, self.names, self.start, turn.last, *running),
        }
        if self.count <= KEPT:
            self.first.append(step)
        else:
            self.last.append(step)

    def trace(self) -> Trace:
        """All that was recorded so far."""
        for task in self.names.tasks:
            since = self._since.pop(task, self.time())
            self._waited(task, self.names.of_place(stack(task._coro)), since)
        return {
            "version": VERSION,
            "program": short_path(self.program),
            "python": platform.python_version(),
            "count": self.count,
            "steps": [*self.first, *self.last],
            "printed": self.printed,
            "calls": [spent.copy() for spent in self.calls.values()],
            "waits": [spent.copy() for spent in self.waits.values()],
        }
