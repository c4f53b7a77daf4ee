"""A block ends in time, or its run ends: whatever the block does."""

import os
import secrets
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from time import monotonic  # a page may have another in its place
from types import TracebackType
from typing import ClassVar

from literate import guard
from literate.failures import Stops

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
    `guard`, which has the clock, has to be there before the first block.
    """

    guard: ClassVar["Guard"]
    current: ClassVar["TimeLimit | None"] = None

    def __init__(self, page: str, line: int) -> None:
        self.page = page
        self.line = line
        self.end = monotonic() + TIME_LIMIT
        self.late: Overtime | None = None

    def __enter__(self) -> None:
        self.told = self.guard.watch(self.page, self.line, self.end)
        self.outer, TimeLimit.current = TimeLimit.current, self

    @classmethod
    def stop(cls, *_: object) -> None:
        """Raise Overtime, if that is meant for the block that now runs."""
        if (limit := cls.current) and limit.end <= monotonic():
            error = Overtime(f"took longer than {TIME_LIMIT:g} s")
            limit.late = limit.late or error
            raise error

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        TimeLimit.current = self.outer
        self.guard.tell(self.told)
        if self.late:
            raise self.late from None


class Guard:
    """The process with the clock, which outlives this one if need be.

    It ends this one when a block does not end. The places of such blocks are
    in the file *ended*, which all processes of a run share, so that no other
    begins with them again. What a run puts into `folder` goes with it.
    """

    def __init__(self, ended: Path = Path(os.devnull)) -> None:
        name = f"pages-{secrets.token_hex(4)}"
        self.folder = Path(tempfile.gettempdir(), name)
        self.ended = ended
        self.told = "\t\t"
        arguments = str(os.getpid()), self.folder, ended
        self.process = subprocess.Popen(
            [sys.executable, "-I", guard.__file__, *arguments],
            stdin=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )
        assert self.process.stdin
        self.pipe = self.process.stdin
        if self.process.wait():  # the first of its two: the other stays
            self.pipe.close()
            raise OSError(f"the guard of this run cannot make {self.folder}")
        signal.signal(guard.TELL, TimeLimit.stop)
        os.register_at_fork(after_in_child=self.pipe.close)

    def watch(self, page: str, line: int, end: float) -> str:
        """Watch the block of *page* at *line*; return what was told before.

        Raises Failure if that block has ended a process already.
        """
        place, before = f"{page}:{line}", self.told
        if place in self.ended.read_text("utf-8").splitlines():
            raise Stops(page, line, "not run again: it ended a process")
        late = (
            f"still runs {GRACE:g} s after its limit of {TIME_LIMIT:g} s, so "
            "its process is ended; `pytest -n 1` would go on with the other "
            "blocks"
        )
        times = range(max(1, int(GRACE / AGAIN)))
        moments = *(end + AGAIN * one for one in times), end + GRACE
        told = " ".join(map(str, moments))
        self.tell(f"{place}\t{late}\t{told}")
        return before

    def tell(self, line: str) -> None:
        if not self.pipe.closed:  # as it is in a copy that a block has forked
            self.pipe.write(f"{line}\n".encode())
            self.told = line

    def close(self) -> None:
        shutil.rmtree(self.folder, ignore_errors=True)
        self.pipe.close()
