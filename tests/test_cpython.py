"""CPython's own tests of asyncio pass with each of our parts put in."""

import subprocess
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from cpython import NOTE, PARTS, ROOT, no_tests

WEEKLY = ["whole", "with_poll", "with_select"]
SLOW = ["loops", "tls", "runners", "subprocesses", "tasks"]
QUICK = [part for part in PARTS if part not in {*SLOW, *WEEKLY}]

Runs = dict[str, Future[subprocess.CompletedProcess[str]]]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """A run of each part that is tested. They wait a lot, so some at once.

    The slow ones start with the quick ones, whose ends are seen meanwhile.
    """
    parts = [
        str(item.callspec.params["part"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
    ]
    with ThreadPoolExecutor(2) as quick, ThreadPoolExecutor(2) as slow:
        pools = {part: quick if part in QUICK else slow for part in parts}
        yield {part: pools[part].submit(run, part) for part in parts}
        for pool in quick, slow:
            pool.shutdown(wait=False, cancel_futures=True)


def run(part: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: CPython's tests change global state."""
    command = [sys.executable, str(ROOT / "tests" / "cpython.py"), part]
    return subprocess.run(command, capture_output=True, text=True, check=False)


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
