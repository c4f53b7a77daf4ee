"""Runs of a page's blocks, in the tree that this process has moved to."""

import re
from collections.abc import Collection, Iterator
from itertools import count
from typing import Any

import pytest

from literate import snippets, terminals
from literate.page import first_line, page_of
from literate.programs import Program
from mutation.pages import spoilt


def limit(seconds: float) -> None:
    """Have no snippet take longer than *seconds*."""
    snippets.TIME_LIMIT = min(seconds, snippets.TIME_LIMIT)


class Blocks:
    """Has pytest run a page's terminals, or its snippets.

    Either have the files that the page shows. `failed` has the lines of
    blocks.
    """

    def __init__(self, terminals: bool) -> None:
        self.terminals = terminals
        self.failed: set[int] = set()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in [*items]:
            block = item.example
            if not self.wants(block):
                page_of(block).ran.add(block.start)
                items.remove(item)
            vars(item)["repr_failure"] = str  # pytest's own takes its time

    def wants(self, block: Any) -> bool:
        if block.region.evaluator is snippets.evaluate_include:
            return True
        return isinstance(block.parsed, terminals.Block) is self.terminals

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = re.search(r"::line:(\d+),", report.nodeid)
        if report.failed and report.when == "call" and found:
            self.failed.add(int(found[1]))


def run_page(page: str, blocks: Blocks, *options: str) -> bool:
    """Whether the chosen *blocks* of *page* are green."""
    options = "--sybil", "-p", "no:cacheprovider", *options, page
    return pytest.main([*options], [blocks]) == 0


def run_snippets(page: str) -> bool:
    return run_page(page, Blocks(terminals=False), "-x")


def run_terminals(page: str) -> bool:
    return run_page(page, Blocks(terminals=True), "-x")


def failing_snippets(page: str) -> set[int]:
    """The lines of the snippets of *page* that fail."""
    blocks = Blocks(terminals=False)
    run_page(page, blocks)
    return blocks.failed


def noticing_lines(page: str, lines: Collection[int]) -> set[int]:
    """Which *lines* of the terminals of *page* would not match if spoilt.

    Each is held against what came, first spoilt, then as it is. So the page
    goes on, and one run tries them all.
    """
    noticing: set[int] = set()
    numbers: Iterator[int]  # of the lines that follow in a block

    class SpoiltTerminal(terminals.Terminal):
        def follow(self, line: str) -> None:
            self.number, self.status = next(numbers), None
            if self.number not in lines:
                super().follow(line)
            elif terminals.is_status(line):
                self.status = int(spoilt(line)[1:-1])
                super().follow(line)
            else:
                self.expect_spoilt(line)

        def expect_spoilt(self, line: str) -> None:
            self.machine.until(lambda: self.prints(line), self.timeout)
            timeout, self.timeout = self.timeout, 0
            try:
                self.expect(spoilt(line))
            except terminals.Mismatch:
                noticing.add(self.number)
                self.expect(line)
            finally:
                self.timeout = timeout

        def prints(self, line: str) -> bool:
            return any(program.prints(line) for program in self.programs())

        def end(self, program: Program, status: int) -> None:
            if self.status is not None:
                try:
                    super().end(program, self.status)
                except terminals.Mismatch:
                    noticing.add(self.number)
            super().end(program, status)

    class Lines(Blocks):
        def pytest_runtest_call(self, item: Any) -> None:
            nonlocal numbers
            if isinstance(item.example.parsed, terminals.Block):
                page = page_of(item.example)
                numbers = count(first_line(page, item.example.region))

    terminals.Terminal = SpoiltTerminal  # type: ignore[misc]
    run_page(page, Lines(terminals=True), "-x")
    return noticing
