"""CPython's own tests of asyncio pass with each of our parts put in."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from unittest import mock

import pytest

import cpython
from cpython import NOTE, PARTS, ROOT, no_tests
from parts import Part

WEEKLY = ["whole", "with_poll", "with_select"]
SLOW = ["loops", "tls", "runners", "subprocesses", "tasks"]
QUICK = [part for part in PARTS if part not in {*SLOW, *WEEKLY}]

Runs = dict[str, Future[subprocess.CompletedProcess[str]]]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """A run of each part that is tested. They wait a lot, so some at once.

    The slow ones start with the quick ones, whose ends are seen meanwhile.
    All have the environment of now: pytest changes it from test to test, and C
    may not read it in that moment.
    """
    environment = os.environ.copy()
    parts = [
        str(item.callspec.params["part"])
        for item in request.session.items
        if isinstance(item, pytest.Function)
        and item.path == request.path
        and "runs" in item.fixturenames
    ]
    with ThreadPoolExecutor(2) as quick, ThreadPoolExecutor(2) as slow:
        pools = {part: quick if part in QUICK else slow for part in parts}
        yield {
            part: pools[part].submit(run, part, environment) for part in parts
        }
        for pool in quick, slow:
            pool.shutdown(wait=False, cancel_futures=True)


def run(
    part: str, environment: dict[str, str]
) -> subprocess.CompletedProcess[str]:
    """In a process of its own: CPython's tests change global state."""
    command = [sys.executable, str(ROOT / "tools" / "cpython.py"), part]
    return subprocess.run(
        command, capture_output=True, text=True, env=environment
    )


@pytest.mark.skipif(bool(no_tests()), reason=no_tests())
@pytest.mark.parametrize(
    "part",
    [
        *QUICK,
        *SLOW,
        *(pytest.param(part, marks=pytest.mark.weekly) for part in WEEKLY),
    ],
)
def test_cpython_tests_pass(
    runs: Runs, part: str, record_property: Callable[[str, object], None]
) -> None:
    ran = runs[part].result()
    for line in ran.stdout.splitlines():
        if line.startswith(NOTE):
            record_property("note", line)
    assert ran.returncode == 0, ran.stdout + ran.stderr


CASES = """\
import unittest

OURS = False
TIMES = []

class Tests(unittest.TestCase):
    def test_broken_anyway(self):
        self.fail()

    def test_broken_by_us(self):
        self.assertFalse(OURS)

    def test_fails_once(self):
        TIMES.append(1)
        self.assertGreater(len(TIMES), 1)

    def test_passes(self):
        pass

    def test_skipped(self):
        self.skipTest("here")
"""


@pytest.mark.parametrize("recorded", [True, False])
def test_a_release_without_a_record_is_compared_by_its_failures(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, recorded: bool
) -> None:
    folder = tmp_path / f"suite_{recorded}"
    folder.mkdir()
    (folder / "__init__.py").touch()
    (folder / "cases.py").write_text(CASES)
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(cpython, "is_recorded", lambda part: recorded)
    module = f"{folder.name}.cases"
    tests = f"{module}.Tests.test"
    part = Part(
        modules=[module],
        select="",
        put_in=lambda: mock.patch(f"{module}.OURS", new=True),
        excepted={f"{tests}_passes": "", f"{tests}_skipped": ""},
    )
    result = cpython.Result()
    cpython.run(part, result)
    settled, notes = cpython.settle("any", part, result)
    found = [fault.split()[0] for fault in cpython.faults(settled, result)]
    once = f"{tests}_fails_once failed, and passed when it was run again"
    anyway = f"{tests}_broken_anyway fails with asyncio's own part, too"
    idle = f"{tests}_passes passed, though it is excepted here"
    if recorded:
        assert notes == [once]
        expected = ["broken_anyway", "broken_by_us", "passes"]
    else:
        assert notes == [once, anyway, idle]
        expected = ["broken_by_us"]
    assert found == [*(f"{tests}_{name}" for name in expected), "no"]
