"""CPython's own tests of asyncio pass with each of our parts put in."""

import importlib.util
import subprocess
import sys

import pytest
from cpython import PARTS, ROOT


def has_tests() -> bool:
    try:
        return importlib.util.find_spec("test.test_asyncio") is not None
    except ImportError:
        return False


@pytest.mark.skipif(not has_tests(), reason="needs CPython's own tests")
@pytest.mark.parametrize("part", PARTS)
def test_cpython_tests_pass(part: str) -> None:
    """In a process of its own: CPython's tests change global state."""
    command = [sys.executable, str(ROOT / "tests" / "cpython.py"), part]
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    assert ran.returncode == 0, ran.stdout + ran.stderr
