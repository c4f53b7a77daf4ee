"""A block does not end the process that runs the pages, nor goes on in two."""

import mmap
import os
import sys
from collections.abc import Callable
from typing import Any

ENDS = ("_exit", "abort", "execv", "execve")
"""What ends a process without a word, or puts another program in its place."""

COPIED = (
    "a copy of the process that `os.fork` made came to the end of its block: "
    "end it with `os._exit(0)`"
)


class EndsRun(SystemExit):
    """A block was about to end the run. Event loops let this error through."""


class Exits:
    """The ways out of this process, and the copies of it, while a page runs.

    To call one of ENDS raises EndsRun. A copy that ``os.fork`` makes may call
    them. If it comes to the end of its block instead, it ends there.
    """

    def __init__(self) -> None:
        self.process = os.getpid()
        self.error: EndsRun | None = None
        self.shared = mmap.mmap(-1, mmap.PAGESIZE)  # with its copies
        self.ends = {name: getattr(os, name) for name in ENDS}
        for name in ENDS:
            replace(name, self.refuse(name))

    def refuse(self, name: str) -> Callable[..., None]:
        def end(*arguments: Any) -> None:
            if os.getpid() != self.process:
                self.ends[name](*arguments)
            self.error = EndsRun(
                f"os.{name} would end the whole run: call it in a process "
                "that the block starts"
            )
            raise self.error

        return end

    def leave_copy(self, line: int) -> None:
        """End this process if it is a copy: the blocks below run once.

        *line* is the one of its block.
        """
        if os.getpid() != self.process:
            error = sys.exception()
            if not isinstance(error, SystemExit):
                self.shared[:4] = line.to_bytes(4)
            self.ends["_exit"](status(error))

    def fault(self) -> tuple[int, str] | None:
        """The line of a block of which a copy came to the end, and what to do.

        Raises EndsRun if a block, or a thread of it, has swallowed that.
        """
        error, self.error = self.error, None
        if error:
            raise error
        line, self.shared[:4] = int.from_bytes(self.shared[:4]), bytes(4)
        return (line, COPIED) if line else None

    def close(self) -> None:
        for name, end in self.ends.items():
            replace(name, end)
        self.shared.close()


def replace(name: str, function: Callable[..., Any]) -> None:
    """Put *function* where modules look for ``os.NAME``."""
    for module in ("os", os.name):
        setattr(sys.modules[module], name, function)


def status(error: BaseException | None) -> int:
    """The status of a program that ends with *error*."""
    if isinstance(error, SystemExit) and not isinstance(error.code, str):
        return error.code or 0
    return int(error is not None)
