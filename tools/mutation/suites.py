"""Runs of CPython's tests, in the tree that this process has moved to."""

import importlib
import time
from typing import Any

from coverage import Coverage

import cpython
from mutation import Outcome, patience


class Result(cpython.Result):
    """Outcomes, up to the first that is not as *expected*, where given."""

    def __init__(self, expected: dict[str, Outcome]) -> None:
        super().__init__()
        self.expected = expected
        self.outcomes: dict[str, Outcome] = {}

    def startTest(self, test: Any) -> None:
        name = cpython.name(test)
        if name in self.expected:
            cpython.DEADLINE = patience(self.expected[name].seconds)
        self.began = time.perf_counter()
        note_test(name)
        super().startTest(test)

    def stopTest(self, test: Any) -> None:
        super().stopTest(test)
        note_test("")
        name = cpython.name(test)
        seconds = time.perf_counter() - self.began
        self.outcomes[name] = Outcome(self.kinds(name), seconds)
        if name in self.expected and not self.is_expected(name):
            self.stop()

    def kinds(self, name: str) -> frozenset[str]:
        skipped = (test for test, _ in self.skipped)
        kinds = {
            "failed": self.failed(),
            "skipped": map(cpython.name, skipped),
            "succeeded": map(cpython.name, self.unexpectedSuccesses),
            "through": self.through,
        }
        return frozenset(kind for kind in kinds if name in kinds[kind])

    def is_expected(self, name: str) -> bool:
        return self.outcomes[name].kinds == self.expected[name].kinds


def note_test(name: str) -> None:
    """Have a recording say that what runs now is the test *name*."""
    if recorder := Coverage.current():
        recorder.switch_context(name)


def run_tests(
    part: str, expected: dict[str, Outcome] | None = None
) -> dict[str, Outcome] | None:
    """The outcomes of CPython's tests of *part*, or None if they are red.

    With *expected* it runs the tests in that; green means as expected.
    """
    tried = importlib.import_module(f"parts.{part}").PART
    result = Result(expected or {})
    cpython.run(tried, result, expected)
    if expected is None:
        tried, _ = cpython.settle(part, tried, result)
        counts = cpython.row(tried, result)
        faults = [
            *cpython.faults(tried, result),
            *cpython.differing(part, counts, result),
        ]
        print(*faults, sep="\n")
        return None if faults else result.outcomes
    others = result.failed().keys() - expected.keys()  # tearDownClass, say
    green = (
        not others
        and result.outcomes.keys() == expected.keys()
        and all(map(result.is_expected, expected))
    )
    return result.outcomes if green else None
