"""What measures speed still runs. What it finds is for a page to show."""

import os
import subprocess
import sys
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parents[1]
CASES = ["sock-1-64", "protocol-1-64", "streams-1-64", "gather", "held-sock"]
OPTIONS = "--rounds 1 --seconds 0 --peers asyncio behind own-task"


@pytest.mark.skipif(sys.platform != "linux", reason="asks Linux for the time")
def test_bench_measures() -> None:
    command = [sys.executable, "-m", "bench", *CASES, *OPTIONS.split()]
    finished = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": "src"},
        capture_output=True,
        text=True,
    )
    assert finished.returncode == 0, finished.stderr
    for case in CASES:
        assert f"\n{case}, " in finished.stdout


def test_pages_are_built_and_run() -> None:
    command = [sys.executable, "-m", "bench.pages", "1"]
    finished = subprocess.run(
        command, cwd=ROOT, capture_output=True, text=True
    )
    assert finished.returncode == 0, finished.stderr
    assert finished.stdout.count(" s each\n") == 3
