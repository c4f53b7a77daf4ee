"""A run of pages takes little more than Sybil alone would.

Calls are counted, since a clock would measure what else the machine does.
"""

import pstats
import subprocess
import sys

import pytest

from project import Project

pytestmark = pytest.mark.once

FAILING = ">>> {0}\nwrong\n\n"
PASSING = ">>> {0}\n{0}\n\n.. code-block:: python\n\n   x = {0}\n\nText\n\n"

SYBIL = """
from sybil import Sybil
from sybil.parsers.rest import DocTestParser, PythonCodeBlockParser

pytest_collect_file = Sybil(
    parsers=[DocTestParser(), PythonCodeBlockParser()], pattern="*.rst"
).pytest()
"""


def calls(project: Project, *options: str) -> int:
    """How many calls pytest takes to run the project's page."""
    stats = project.folder / "stats"
    command = [sys.executable, "-m", "cProfile", "-o", str(stats)]
    command += ["-m", "pytest", *options, "-p", "no:anyio"]
    run = subprocess.run(
        command, cwd=project.folder, capture_output=True, text=True
    )
    assert "100 failed, 200 passed" in run.stdout
    return int(vars(pstats.Stats(str(stats)))["total_calls"])


def test_calls_of_a_run(project: Project) -> None:
    project.page.write_text(
        "".join(FAILING.format(number) for number in range(100))
        + "".join(PASSING.format(number) for number in range(100))
    )
    ours = calls(project, "--sybil")
    (project.folder / "conftest.py").write_text(SYBIL)
    theirs = calls(project)
    assert ours < 1.5 * theirs, (ours, theirs)
