"""What stands in a loop at one moment, as plain data."""

import functools
import re
from asyncio import isfuture
from collections import defaultdict
from collections.abc import Iterable, Iterator
from contextvars import Context
from itertools import count, islice
from pathlib import Path
from sysconfig import get_paths
from typing import Any
from weakref import WeakKeyDictionary

from loopscope.trace import Future, Place, Snapshot, Task

__all__ = ["Names", "is_task", "short_path", "snapshot", "stack", "task_of"]

MOST = 20
"""How many of each kind a snapshot tells. It counts the rest."""

LONG = 40  # characters of a name, or of an argument

STEPS = {"", "_step", "__step", "_wakeup", "__wakeup", "task_wakeup"}


def is_future(thing: Any) -> bool:
    """Whether *thing* is a future."""
    return isfuture(thing) and hasattr(thing, "done")


def is_task(thing: Any) -> bool:
    """Whether *thing* is a task: asyncio's, in C or not, or ours."""
    return is_future(thing) and hasattr(thing, "_coro")


def task_of(callback: Any) -> Any:
    """The task whose next step *callback* is, or None."""
    owner = getattr(callback, "__self__", None)
    is_step = getattr(callback, "__name__", "") in STEPS
    return owner if is_step and is_task(owner) else None


def stack(coro: Any) -> list[Place]:
    """Where *coro* stands: file, line and function, the innermost last."""
    places = []
    while frame := getattr(coro, "cr_frame", getattr(coro, "gi_frame", None)):
        code = frame.f_code
        if code.co_name != "__await__":  # of a future written in Python
            name = short_name(code.co_qualname)
            places.append((code.co_filename, frame.f_lineno, name))
        coro = getattr(coro, "cr_await", getattr(coro, "gi_yieldfrom", None))
    return places


LIBRARIES = (str(Path(__file__).parent), *set(get_paths().values()))


@functools.cache
def is_part(file: str, program: str) -> bool:
    """Whether *file* is *program*, or lies below its folder with it."""
    below = Path(program).parent in Path(file).parents
    return file == program or (below and not file.startswith(LIBRARIES))


@functools.cache
def short_path(path: str) -> str:
    """The file and its folder, which tells one __init__.py from another."""
    return "/".join(Path(path).parts[-2:])


@functools.cache
def short_name(qualname: str) -> str:
    """*qualname* without the functions around it, and shortened."""
    return shortened(qualname.rpartition("<locals>.")[2])


def shortened(text: str, room: int = LONG) -> str:
    """*text*, with an ellipsis for what is above *room* characters."""
    return text if len(text) <= room else text[: room - 1] + "…"


class Names:
    """Names for tasks, futures and files, by the order in which they appear.

    So they are the same in each run, which no address is, and no number of a
    file. `tasks` are those that have appeared and are not done. *program* is
    the file whose lines matter.
    """

    def __init__(self, program: str) -> None:
        self.program = program
        self.tasks: WeakKeyDictionary[Any, None] = WeakKeyDictionary()
        self._names: WeakKeyDictionary[Any, str] = WeakKeyDictionary()
        self._files: dict[int, str] = {}
        self._counts = defaultdict[str, Iterator[int]](lambda: count(1))

    def of(self, future: Any) -> str:
        """The name of *future*; a task may have been given one."""
        kind = "Task" if is_task(future) else "Future"
        if future not in self._names:
            self._names[future] = f"{kind}-{next(self._counts[kind])}"
            if kind == "Task":
                self.tasks[future] = None
        given = getattr(future, "get_name", str)()
        default = re.fullmatch(r"(Task-\d+)?", given)
        return self._names[future] if default else shortened(given)

    def of_place(self, places: list[Place]) -> Place | None:
        """The innermost of *places* in the program, or else of all; or None."""
        own = [place for place in places if is_part(place[0], self.program)]
        for file, line, function in (own or places)[-1:]:
            return short_path(file), line, function
        return None

    def of_file(self, fd: int) -> str:
        return self._files.setdefault(fd, f"file {len(self._files) + 1}")

    def of_callback(self, callback: Any, args: tuple[Any, ...] = ()) -> str:
        """A task's name if *callback* is its next step, or else the call."""
        if task := task_of(callback):
            return self.of(task)
        while isinstance(callback, functools.partial):
            args = *callback.args, *args
            callback = callback.func
        owner = getattr(callback, "__self__", None)
        if isinstance(owner, Context) and args:  # context.run(callback, *args)
            return self.of_callback(args[0], args[1:])
        name = getattr(callback, "__qualname__", type(callback).__name__)
        name = short_name(name)
        if is_future(owner):
            name = f"{self.of(owner)}.{callback.__name__}"
        is_private = name.rpartition(".")[2].startswith("_")
        shown = (self.of_argument(arg, is_private) for arg in args)
        return f"{name}({', '.join(shown)})"

    def of_work(self, callback: Any) -> str:
        """The function, whichever its arguments, or the task's coroutine."""
        task = task_of(callback)
        return self.of_callback(getattr(task, "_coro", callback))

    def of_argument(self, arg: Any, is_private: bool) -> str:
        if is_future(arg):
            return self.of(arg)
        if is_private or not isinstance(arg, int | float | str | bytes):
            return "…"
        return shortened(repr(arg))

    def of_handle(self, handle: Any) -> str:
        if handle._cancelled:
            return "cancelled"
        return self.of_callback(handle._callback, handle._args)


def snapshot(
    loop: Any, names: Names, start: float, last: Any, *running: Any
) -> Snapshot:
    """What stands in *loop* now. Its times are seconds since *start*.

    *last* is the last handle that runs in this turn, or None if it has run.
    The one *running* is about to, and not in the loop's queue any more.
    """
    heap = getattr(loop, "_scheduled", [])
    ready = [*running, *islice(loop._ready, MOST)]
    end = index_after(last, ready)
    timers = sorted(heap[:MOST])
    files = list(islice(handlers(loop), MOST))
    queue = [names.of_handle(handle) for handle in ready]
    tasks = [t for t in islice(names.tasks, MOST) if t.get_loop() is loop]
    lengths = {
        "ready": len(loop._ready),
        "timers": len(heap),
        "tasks": len(names.tasks),
    }
    return {
        "now": queue[:end],
        "next": queue[end:],
        "timers": [(t._when - start, names.of_handle(t)) for t in timers],
        "files": [
            (names.of_file(fd), event, names.of_handle(handle))
            for fd, event, handle in files
        ],
        "tasks": [of_task(task, names) for task in tasks],
        "futures": [
            of_future(future, names)
            for future in mentioned(tasks, [*ready, *timers])
        ],
        "more": {
            kind: length - MOST
            for kind, length in lengths.items()
            if length > MOST
        },
    }


def index_after(last: Any, ready: list[Any]) -> int:
    """How many of *ready* run up to *last*: none if None, all if missing."""
    if last is None:
        return 0
    found = (i for i, handle in enumerate(ready, 1) if handle is last)
    return next(found, len(ready))


def handlers(loop: Any) -> Iterator[tuple[int, str, Any]]:
    """File, event and handle of each reader and writer, but the loop's own."""
    selector = getattr(loop, "_selector", None)
    for key in (selector.get_map() or {}).values() if selector else ():
        for event, handle in zip(("read", "write"), key.data, strict=True):
            if handle is not None and key.fd != loop._ssock.fileno():
                yield key.fd, event, handle


def mentioned(tasks: Iterable[Any], handles: Iterable[Any]) -> Iterable[Any]:
    """The futures that *tasks* wait for, or *handles* have as arguments."""
    found = [getattr(task, "_fut_waiter", None) for task in tasks]
    for handle in handles:
        found += handle._args or ()
    futures = dict.fromkeys(filter(is_future, found))
    return [future for future in futures if not is_task(future)]


def of_task(task: Any, names: Names) -> Task:
    """The task's name, its stack, what it waits for, and its callbacks."""
    waiter = getattr(task, "_fut_waiter", None)
    places = stack(task._coro)
    return {
        "name": names.of(task),
        "place": names.of_place(places),
        "stack": [function for _, _, function in places],
        "waits": names.of(waiter) if state(waiter) == "pending" else None,
        "callbacks": callbacks(task, names),
    }


def of_future(future: Any, names: Names) -> Future:
    """The future's name, its state, and its callbacks."""
    return {
        "name": names.of(future),
        "state": state(future),
        "callbacks": callbacks(future, names),
    }


def state(future: Any) -> str | None:
    """How far *future* is, or None for what is no future."""
    if not is_future(future):
        return None
    if not future.done():
        return "pending"
    if future.cancelled():
        return "cancelled"
    return "failed" if future._exception else "done"


def callbacks(future: Any, names: Names) -> list[str]:
    """Whom *future* will tell when it is done."""
    entries = islice(future._callbacks or (), MOST)
    return [names.of_callback(callback) for callback, _ in entries]
