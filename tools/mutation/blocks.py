"""Runs of a page's blocks, in the tree that this process has moved to."""

import re
from typing import Any

import pytest

from literate import limits, snippets, terminals
from literate.page import page_of
from mutation import DEADLINE, patience

Seconds = dict[int, float]
"""How long each block of a page takes, by the line where it begins."""


class Blocks:
    """Has pytest run a page's terminals, or its snippets; both with its files.

    A snippet hangs if it takes much longer than *expected*. `failed` has the
    line of each block that fails.
    """

    def __init__(self, terminals: bool, expected: Seconds | None) -> None:
        self.terminals = terminals
        self.expected = expected
        self.seconds: Seconds = {}
        self.failed: set[int] = set()

    def pytest_collection_modifyitems(self, items: list[Any]) -> None:
        for item in [*items]:
            block = item.example
            if not self.wants(block):
                page_of(block).ran.add(block.start)
                items.remove(item)

    def wants(self, block: Any) -> bool:
        if block.region.evaluator is snippets.evaluate_include:
            return True
        return isinstance(block.parsed, terminals.Block) is self.terminals

    def pytest_runtest_call(self, item: Any) -> None:
        limits.TIME_LIMIT = DEADLINE
        if self.expected:
            seconds = self.expected[item.example.line]
            limits.TIME_LIMIT = patience(seconds)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        found = re.search(r"::line:(\d+),", report.nodeid)
        if found and report.when == "call":
            self.seconds[int(found[1])] = report.duration
            if report.failed:
                self.failed.add(int(found[1]))


def run_page(page: str, blocks: Blocks, *options: str) -> Seconds | None:
    """Run those *blocks* of *page*; None unless they are green."""
    options = "--sybil", "-p", "no:cacheprovider", *options, page
    status = pytest.main([*options], [blocks])
    green = pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED
    return blocks.seconds if status in green else None


def run_snippets(page: str, expected: Seconds | None = None) -> Seconds | None:
    return run_page(page, Blocks(terminals=False, expected=expected), "-x")


def run_terminals(
    page: str, expected: Seconds | None = None
) -> Seconds | None:
    return run_page(page, Blocks(terminals=True, expected=expected), "-x")


def failing_snippets(page: str) -> set[int]:
    """The lines of the snippets of *page* that fail."""
    blocks = Blocks(terminals=False, expected=None)
    run_page(page, blocks)
    return blocks.failed
