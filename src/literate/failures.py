"""What a page tells its author when a block does not hold."""

import importlib
import re
import traceback
from doctest import ELLIPSIS
from pathlib import Path
from types import TracebackType

from sybil.evaluators.doctest import OutputChecker

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


def matches(expected: str, got: str) -> bool:
    """Whether *got* is *expected*, in which ``...`` stands for any text."""
    return OutputChecker().check_output(expected, got, ELLIPSIS)


def compare(page: str, line: int, expected: str, got: str) -> None:
    """Raise Failure, with the line that differs, if *got* is not *expected*.

    *line* is the line of *page* on which the expected text begins.
    """
    if matches(expected, got):
        return
    wanted, given = expected.splitlines(), got.splitlines()
    index = first_difference(wanted, given)
    message = f"expected {quoted(wanted, index)}, got {quoted(given, index)}"
    if len(given) > 1:
        message += "\nThe whole output:\n" + indented(got)
    raise Failure(page, line + index, message)


def first_difference(wanted: list[str], given: list[str]) -> int:
    for index, (one, other) in enumerate(zip(wanted, given, strict=False)):
        if one.strip() == "..." or not matches(one, other):
            return index
    return min(len(wanted), len(given))


def quoted(lines: list[str], index: int) -> str:
    return repr(lines[index]) if index < len(lines) else "nothing"


def indented(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.splitlines())


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
