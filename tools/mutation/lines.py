"""Spoils the lines of a page's terminals, all in one run."""

from collections.abc import Collection, Iterator
from itertools import count
from typing import Any, ClassVar

from literate import terminals
from literate.page import first_line, page_of
from literate.programs import Program
from mutation.blocks import Blocks, run_page
from mutation.pages import spoilt


class SpoiltTerminal(terminals.Terminal):
    """Holds each line against what came: spoilt first, then as it is.

    So a line that should not match does not end the page. `numbers` are those
    of a block's lines on the page; `noticed` are those of *tried* that match
    as they are, and do not match when spoilt.
    """

    tried: ClassVar[Collection[int]] = ()
    noticed: ClassVar[set[int]] = set()
    numbers: ClassVar[Iterator[int]]

    def follow(self, line: str) -> None:
        self.number, self.wrong_status = next(self.numbers), None
        if self.number not in self.tried:
            super().follow(line)
        elif terminals.is_status(line):
            self.wrong_status = int(spoilt(line.rstrip())[1:-1])
            super().follow(line)
        else:
            self.expect_spoilt(line)

    def expect_spoilt(self, line: str) -> None:
        self.machine.until(lambda: self.prints(line), self.timeout)
        timeout, self.timeout = self.timeout, 0
        try:
            self.expect(spoilt(line))
        except terminals.Mismatch:
            self.expect(line)
            self.noticed.add(self.number)
        finally:
            self.timeout = timeout

    def end(self, program: Program, status: int | None) -> None:
        super().end(program, status)
        if self.wrong_status is not None:
            try:
                super().end(program, self.wrong_status)
            except terminals.Mismatch:
                self.noticed.add(self.number)


class Numbering(Blocks):
    """Tells the terminals where on the page their next lines are."""

    def pytest_runtest_call(self, item: Any) -> None:
        super().pytest_runtest_call(item)
        block = item.example
        if isinstance(block.parsed, terminals.Block):
            first = first_line(page_of(block), block.region)
            SpoiltTerminal.numbers = count(first)


def noticed_lines(page: str, tried: Collection[int]) -> set[int]:
    """The lines of those *tried* in which the page notices a mistake."""
    terminals.Terminal = SpoiltTerminal  # type: ignore[misc]
    SpoiltTerminal.tried = tried
    run_page(page, Numbering(terminals=True, expected=None), "-x")
    return SpoiltTerminal.noticed
