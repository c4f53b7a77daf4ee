"""Runs of a page's blocks, in the tree that this process has moved to."""

import re
from typing import Any

import pytest

from literate import snippets, terminals
from literate.page import page_of


def limit(seconds: float) -> None:
    """Have no snippet take longer than *seconds*."""
    snippets.TIME_LIMIT = min(seconds, snippets.TIME_LIMIT)


class Blocks:
    """Has pytest run a page's terminals, or its snippets; both with its files.

    `failed` has the line of each that fails.
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
    """Whether those *blocks* of *page* are green."""
    options = "--sybil", "-p", "no:cacheprovider", *options, page
    green = pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED
    return pytest.main([*options], [blocks]) in green


def run_snippets(page: str) -> bool:
    return run_page(page, Blocks(terminals=False), "-x")


def run_terminals(page: str) -> bool:
    return run_page(page, Blocks(terminals=True), "-x")


def failing_snippets(page: str) -> set[int]:
    """The lines of the snippets of *page* that fail."""
    blocks = Blocks(terminals=False)
    run_page(page, blocks)
    return blocks.failed
