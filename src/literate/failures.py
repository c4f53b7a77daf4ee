"""What a page tells its author when a block does not hold."""

import importlib
import re
import traceback
from collections.abc import Sequence
from pathlib import Path
from types import TracebackType

from literate.notation import correction, first_difference, lines_of, visible

OURS = (str(Path(__file__).parent), str(Path(importlib.__file__).parent))


class Failure(Exception):
    """A block of a page does not hold; the text is for the page's author.

    It begins with the place: ``docs/page.rst:18: ``.
    """

    def __init__(self, page: str, line: int, message: str) -> None:
        self.line = line
        self.place = f"{page}:{line}"
        super().__init__(f"{self.place}: {message}")

    @classmethod
    def of(cls, page: str, faults: list[tuple[int, str]]) -> "Failure":
        """The failure for what is wrong on several lines of *page*."""
        (line, message), *others = faults
        more = (f"\n{page}:{line}: {message}" for line, message in others)
        return cls(page, line, message + "".join(more))


class Stops(Failure):
    """A block did not run to its end, and those below it may need it."""


class NotRun(Failure):
    """A block did not run, because the one at *place* failed."""

    def __init__(self, page: str, line: int, place: str) -> None:
        self.reason = f"not run, because {place} failed"
        super().__init__(page, line, self.reason)


def compare(page: str, line: int, expected: str, got: str) -> None:
    """Raise Failure, with the line that differs, if *got* is not *expected*.

    *line* is the line of *page* on which the expected text begins.
    """
    wanted, given = lines_of(expected), lines_of(got)
    place = first_difference(wanted, given)
    if place is None:
        return
    index, other = place
    message = f"expected {quoted(wanted, index)}, got {quoted(given, other)}"
    if other < len(given):
        line_there = wanted[index] if index < len(wanted) else ""
        message += correction(line_there, given[other])
    if len(given) > 1:
        message += "\nThe whole output:\n" + indented(got)
    raise Failure(page, line + index, message)


LONG = 300
"""How many characters of a line are shown at most."""


def quoted(lines: Sequence[str], index: int) -> str:
    """The line at *index*, for a message, or that there is none."""
    if index >= len(lines):
        return "nothing"
    line = lines[index]
    more = len(line) - LONG
    return repr(line[:LONG]) + f" and {more} characters more" * (more > 0)


MANY = 60
"""How many lines of a text are shown at most."""


def indented(text: str) -> str:
    """*text*, for a message: such that each character of it can be seen."""
    lines = text.removesuffix("\n").split("\n")
    if (more := len(lines) - MANY) > 0:
        middle = f"(and {more} lines more)"
        lines = [*lines[: MANY // 2], middle, *lines[-MANY // 2 :]]
    return "\n".join(f"    {visible(line[:LONG])}" for line in lines)


def raised(page: str, line: int, error: BaseException) -> Stops:
    """The failure for an *error* in the block of *page* at *line*.

    Its traceback begins where the page's own code does, and the place is
    the last line of the page in it.
    """
    trace = without_ours(error.__traceback__)
    told = traceback.TracebackException(type(error), error, trace)
    if isinstance(error, SyntaxError) and error.filename == page:
        line = error.lineno or line
    for frame in told.stack:
        if frame.filename == page:
            line = frame.lineno or line
            frame.colno = None  # the page indents its code
    summary = traceback.format_exception_only(error)[-1].strip()
    summary = re.sub(r"^[\w.]+\.(?=\w+(:|$))", "", summary)  # no module
    return Stops(page, line, f"{summary}\n{indented(''.join(told.format()))}")


def without_ours(trace: TracebackType | None) -> TracebackType | None:
    while trace and trace.tb_frame.f_code.co_filename.startswith(
        (*OURS, "<frozen importlib")
    ):
        trace = trace.tb_next
    return trace
