"""A block ends in time, or its run ends: whatever the block does."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import TracebackType
from typing import ClassVar

from literate import guard
from literate.failures import Failure

TIME_LIMIT = 30.0
"""Seconds that a block of Python may take."""

AGAIN = 1.0
"""Seconds after which a block that goes on is told once more."""

GRACE = 5.0
"""Seconds that a block is told so. Then its process is ended."""


class Overtime(KeyboardInterrupt):
    """A block takes too long. Event loops let no other error through."""


class TimeLimit:
    """Raises Overtime in a block of *page* that takes too long.

    It does so wherever the code then is, and again until the block gives up.
    A block that goes on as if nothing was has Overtime raised at its end.
    `guard` watches this process; it has to be there before the first block.
    """

    guard: ClassVar["Guard"]

    def __init__(self, page: str, line: int) -> None:
        self.page = page
        self.line = line

    def __enter__(self) -> None:
        self.outer = self.guard.watch(self.page, self.line)
        self.late: Overtime | None = None
        self.handler = signal.signal(signal.SIGALRM, self.stop)
        self.timer = signal.setitimer(signal.ITIMER_REAL, TIME_LIMIT, AGAIN)

    def stop(self, *_: object) -> None:
        error = Overtime(f"took longer than {TIME_LIMIT:g} s")
        self.late = self.late or error
        raise error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        signal.setitimer(signal.ITIMER_REAL, *self.timer)
        signal.signal(signal.SIGALRM, self.handler)
        self.guard.tell(self.outer)
        if self.late:
            raise self.late from None


class Guard:
    """The process that ends this one when a block does not end.

    The places of such blocks are in the file *ended*, which all processes of
    a run share, so that no other begins with them again.
    """

    def __init__(self, ended: Path) -> None:
        self.ended = ended
        self.told = ""
        self.process = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, str(os.getpid()), ended],
            stdin=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        self.process.wait()  # for the first of its two: the other stays

    def watch(self, page: str, line: int) -> str:
        """Watch the block of *page* at *line*; return what was told before.

        Raises Failure if that block has ended a process already.
        """
        place, before = f"{page}:{line}", self.told
        if place in self.ended.read_text("utf-8").splitlines():
            raise Failure(page, line, "not run again: it ended a process")
        self.tell(
            f"{TIME_LIMIT + GRACE} {place}: still runs {GRACE:g} s after its "
            f"limit of {TIME_LIMIT:g} s, so its process is ended; "
            "`pytest -n 1` would go on with the other blocks"
        )
        return before

    def tell(self, line: str) -> None:
        assert self.process.stdin
        self.process.stdin.write(f"{line}\n".encode())
        self.told = line

    def close(self) -> None:
        assert self.process.stdin
        self.process.stdin.close()
