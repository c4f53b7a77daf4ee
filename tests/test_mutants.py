"""`tests/mutants.py` finds what a page does not notice."""

import subprocess
import sys
from pathlib import Path

import pytest
from project import Project

MUTANTS = Path(__file__).with_name("mutants.py")

CLIP = """\
def clip(n, most):
    if n > most:
        return most
    return n
"""

PAGE = """\
.. literalinclude:: ../src/clip.py

.. code-block:: python

   print(clip(10, 9))

.. output::

   9

>>> clip(3, 9)
3
>>> clip(None, 9)
Traceback (most recent call last):
  ...
TypeError: ...
"""

SURVIVES = "src/clip.py:2: clip: `if n > most:` -> `if (n >= most):` survives"


@pytest.fixture
def clip(project: Project) -> Project:
    (project.folder / "src" / "echo.py").unlink()
    (project.folder / "src" / "clip.py").write_text(CLIP)
    project.page.write_text(PAGE)
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "-c", "user.name=x", "-c", "user.email=x", "commit", "-qm1")
    return project


def git(project: Project, *command: str) -> None:
    subprocess.run(["git", *command], cwd=project.folder, check=True)


def spoil(project: Project, *options: str) -> tuple[int, list[str]]:
    finished = subprocess.run(
        [sys.executable, MUTANTS, *options, "docs", "src"],
        cwd=project.folder,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return finished.returncode, finished.stdout.splitlines()


def test_survivor_is_reported(clip: Project) -> None:
    status, printed = spoil(clip)
    assert status == 1
    assert ".rst: 4 of 4 noticed" in printed
    assert ".py: 2 of 3 noticed" in printed
    assert printed[-1] == SURVIVES


def test_nothing_has_changed_since(clip: Project) -> None:
    status, printed = spoil(clip, "--since", "HEAD")
    assert status == 0
    assert ".py: 0 of 0 noticed" in printed


def test_only_what_has_changed(clip: Project) -> None:
    source = clip.folder / "src" / "clip.py"
    source.write_text(CLIP.replace("n > most", "most < n"))
    clip.spoil(">>> clip(3, 9)\n3\n", ">>> clip(2, 9)\n2\n")
    status, printed = spoil(clip, "--since", "HEAD")
    assert status == 1
    assert ".rst: 1 of 1 noticed" in printed
    assert ".py: 0 of 1 noticed" in printed
    assert "`if most < n:` -> `if (most <= n):` survives" in printed[-1]


def test_red_page(clip: Project) -> None:
    clip.spoil("   9\n", "   8\n")
    status, printed = spoil(clip)
    assert status == 1
    assert "docs/echo.rst:9: expected '8', got '9'" in printed
    assert printed[-1] == "Red before anything is spoilt."
