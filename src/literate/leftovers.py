"""What blocks begin: a page's end ends it, and names what should have ended.

A block may start a thread or a process, and a later one end it. What the last
block leaves is a fault of the page, at the block that began it.
"""

import contextlib
import os
import shlex
import signal
import sys
import threading
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

from literate.private import end_without_threads, multiprocessing_helpers

PATIENCE = 1.0
"""Seconds in which what ends by itself has to do so."""

Fault = tuple[int, str]
"""A line of a page, and what is wrong there."""


def adopt_orphans() -> None:
    """Become the parent of processes whose own parent ends.

    So a page's end finds what has left its session, or was forked twice.
    """
    if sys.platform == "linux":  # pragma: no branch
        import ctypes

        ctypes.CDLL(None).prctl(36, 1, 0, 0, 0)  # PR_SET_CHILD_SUBREAPER


def children() -> set[int]:
    """The processes whose parent is this one. None without /proc."""
    found: set[int] = set()
    for task in Path("/proc/self/task").glob("*/children"):
        with contextlib.suppress(OSError):  # the thread has ended meanwhile
            found.update(map(int, task.read_text().split()))
    return found


def begun() -> set[threading.Thread | int]:
    """The threads, and the processes below this one, that there are now."""
    return {*threading.enumerate(), *children()}


class Leftovers:
    """The threads and processes that a page has begun, from now on."""

    def __init__(self) -> None:
        self.before = begun()
        self.lines: dict[threading.Thread | int, int] = {}

    def note(self, line: int) -> None:
        """Note that the block at *line* began what there is now, and is new."""
        for one in begun() - self.before:
            self.lines.setdefault(one, line)

    def end(self) -> list[Fault]:
        """End what is left; return what is wrong with it."""
        deadline = monotonic() + PATIENCE
        return [*self.threads(deadline), *self.processes(deadline)]

    def threads(self, deadline: float) -> Iterator[Fault]:
        for thread, line in self.lines.items():
            if isinstance(thread, threading.Thread):
                thread.join(max(0, deadline - monotonic()))
                if thread.is_alive():
                    end_without_threads()
                    yield line, f"leaves the thread {thread.name!r} running"

    def processes(self, deadline: float) -> Iterator[Fault]:
        server, _ = multiprocessing_helpers()
        if server in children() - self.before:
            os.kill(server, signal.SIGKILL)
        while self.running() and monotonic() < deadline:
            sleep(0.01)
        last = max(self.lines.values(), default=1)
        for pid in self.running():
            line = self.lines.get(pid, last)
            yield line, f"leaves a process running: {described(pid)}"
        self.end_processes()

    def new(self) -> set[int]:
        """The page's processes, but for those that a module keeps for all."""
        return children() - self.before - {*multiprocessing_helpers()}

    def running(self) -> list[int]:
        return [pid for pid in sorted(self.new()) if state(pid) != "Z"]

    def end_processes(self) -> None:
        """End those that there are, and those that these leave.

        A pool whose threads are left begins others for ever.
        """
        deadline = monotonic() + PATIENCE
        while (left := self.new()) and monotonic() < deadline:
            for pid in left:
                with contextlib.suppress(PermissionError, ChildProcessError):
                    os.kill(pid, signal.SIGKILL)
                    os.waitpid(pid, 0)


def state(pid: int) -> str:
    """How the process *pid* is, in a letter: a Z has only its end to tell."""
    stat = Path(f"/proc/{pid}/stat").read_text("utf-8", "replace")
    return stat.rpartition(")")[2].split()[0]


def described(pid: int) -> str:
    """The command of process *pid*; of a copy of this one, that it is that."""
    command, own = (
        Path(f"/proc/{one}/cmdline").read_bytes() for one in (pid, "self")
    )
    if command == own:
        return "a copy of the one that runs the pages, made by `os.fork`"
    words = command.decode(errors="replace").split("\0")[:-1]
    return f"`{shlex.join(words)}`"
