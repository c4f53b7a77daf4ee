"""CPython's own tests of asyncio pass with each of our parts put in."""

import importlib.util
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor

import pytest
from cpython import PARTS, ROOT


def has_tests() -> bool:
    try:
        return importlib.util.find_spec("test.test_asyncio") is not None
    except ImportError:
        return False


Runs = dict[str, Future[subprocess.CompletedProcess[str]]]


@pytest.fixture(scope="module")
def runs(request: pytest.FixtureRequest) -> Iterator[Runs]:
    """A run of each part that is tested. They wait a lot, so some at once."""
    parts = [
        str(item.callspec.params["part"])
        for item in request.session.items
        if isinstance(item, pytest.Function) and item.path == request.path
    ]
    with ThreadPoolExecutor(3) as pool:
        yield {part: pool.submit(run, part) for part in parts}
        pool.shutdown(cancel_futures=True)


def run(part: str) -> subprocess.CompletedProcess[str]:
    """In a process of its own: CPython's tests change global state."""
    command = [sys.executable, str(ROOT / "tests" / "cpython.py"), part]
    return subprocess.run(command, capture_output=True, text=True, check=False)


@pytest.mark.skipif(not has_tests(), reason="needs CPython's own tests")
@pytest.mark.parametrize("part", PARTS)
def test_cpython_tests_pass(runs: Runs, part: str) -> None:
    ran = runs[part].result()
    assert ran.returncode == 0, ran.stdout + ran.stderr
