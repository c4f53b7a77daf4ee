"""`tools/mutants.py` finds what a page does not notice."""

import os
import select
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path

import pytest

from cpython import no_tests
from project import Project

pytestmark = pytest.mark.once

MUTANTS = Path(__file__).parents[1] / "tools" / "mutants.py"

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
    write(project, CLIP, PAGE)
    git(project, "init", "-q")
    git(project, "add", ".")
    git(project, "-c", "user.name=x", "-c", "user.email=x", "commit", "-qm1")
    return project


def write(project: Project, source: str, page: str) -> None:
    (project.folder / "src" / "clip.py").write_text(source)
    project.page.write_text(page)


def git(project: Project, *command: str) -> None:
    subprocess.run(["git", *command], cwd=project.folder, check=True)


class Run:
    """A run of mutants.py, with a folder of its own for temporary files.

    All its processes inherit one end of a pipe; `ended` is the other.
    """

    def __init__(self, project: Project, *options: str) -> None:
        self.temporary = tempfile.mkdtemp()
        self.ended, inherited = os.pipe()
        self.process = subprocess.Popen(
            [sys.executable, MUTANTS, *options, "docs", "src"],
            cwd=project.folder,
            env=os.environ | {"TMPDIR": self.temporary},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            pass_fds=[inherited],
            start_new_session=True,
        )
        os.close(inherited)

    def end(self) -> tuple[int, list[str]]:
        """Its status and what it printed; it leaves nothing behind."""
        printed, _ = self.process.communicate()
        ended, _, _ = select.select([self.ended], [], [], 30)
        os.close(self.ended)
        assert ended, "a process is left"
        os.rmdir(self.temporary)  # it is empty
        return self.process.returncode, printed.splitlines()


def spoil(project: Project, *options: str) -> tuple[int, list[str]]:
    return Run(project, *options).end()


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


ONCE = """\
.. literalinclude:: ../src/clip.py

>>> clip(3, 9)
3
>>> __import__("os").mkdir({folder!r})
"""


def test_page_red_by_chance(clip: Project) -> None:
    """Green at first, red ever after: no mistake counts as noticed for it."""
    page = ONCE.format(folder=str(clip.folder / "once"))
    write(clip, CLIP, page)
    status, printed = spoil(clip)
    assert status == 1
    assert ".rst: 0 of 1 noticed" in printed
    assert printed[-1] == (
        "src/clip.py is noticed as it is: what turns red does so by chance"
    )


TERMINAL = """\
.. terminal:: console

   $ printf 'one two\\n1\\n'
   one ...
   1
   $ exit 1
   [1]
   $ sleep 60
   ^C
   [130]
   $ printf 'a\\nb\\nc\\n'
   ...
   b
   c
"""


def test_lines_of_terminals(clip: Project) -> None:
    """All in one run, with the status after Ctrl-C, and lines after dots."""
    write(clip, "", TERMINAL)
    status, printed = spoil(clip)
    assert status == 0
    assert ".rst: 6 of 6 noticed" in printed


ENDLESS = """\
import threading

def count(end):
    n = 0
    while n < end:
        n += 1  # else: for ever, at work
    return n

def ring():
    bell = threading.Event()
    bell.set()  # else: for ever, asleep
    return bell.wait()

if __name__ == "__main__":
    threading.Event().wait()
"""

ENDLESS_PAGE = """\
.. literalinclude:: ../src/clip.py

>>> count(9), count(0), ring()
(9, 0, True)
"""


def test_endless_mutants(clip: Project) -> None:
    """A mistake that takes for ever is noticed; what never runs is not."""
    write(clip, ENDLESS, ENDLESS_PAGE)
    _, printed = spoil(clip)
    assert ".py: 11 of 12 noticed" in printed
    assert "`threading.Event().wait()` -> `pass` survives" in printed[-1]


HANGING = """\
import pathlib
import time

if __name__ == "__main__":
    pathlib.Path({hangs!r}).touch()
    time.sleep(10_000)
"""


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_killed(clip: Project, number: signal.Signals) -> None:
    hangs = clip.folder / "hangs"
    source = HANGING.format(hangs=str(hangs))
    write(clip, source, ".. literalinclude:: ../src/clip.py\n")
    run = Run(clip)
    while not hangs.exists():
        assert run.process.poll() is None
        time.sleep(0.1)
    os.killpg(run.process.pid, number)  # all get it, as from a keyboard
    status, _ = run.end()
    assert status != 0


FUTURES = """\
def isfuture(obj):
    unused = obj
    blocking = hasattr(obj.__class__, "_asyncio_future_blocking")
    return blocking and obj._asyncio_future_blocking is not None

def unreached(n):
    return -n
"""

FUTURES_PAGE = """\
.. literalinclude:: ../src/behind/futures.py

See ``python tools/cpython.py
futures``.

>>> isfuture(1)
False
"""

PART = """\
import asyncio
from types import SimpleNamespace
from unittest import mock

from behind.futures import isfuture

PART = SimpleNamespace(
    modules=["test_futures"],
    select=r"FutureTests.test_(isfuture|constructor)",
    put_in=lambda: mock.patch.object(asyncio, "isfuture", isfuture),
    excepted={},
)
"""


@pytest.mark.skipif(bool(no_tests()), reason=no_tests())
def test_cpython_notices(clip: Project) -> None:
    """The page does not know futures; nobody runs `unreached`.

    What CPython's tests run and do not notice survives, too.
    """
    write(clip, "", FUTURES_PAGE)
    parts = clip.folder / "tools" / "parts"
    parts.mkdir(parents=True)
    (parts / "__init__.py").write_text(
        "Part = None\n\n\ndef came_with(*releases):\n    return True\n"
    )
    (parts / "futures.py").write_text(PART)
    cpython = MUTANTS.with_name("cpython.py").read_text()
    (clip.folder / "tools" / "cpython.py").write_text(cpython)
    behind = clip.folder / "src" / "behind"
    behind.mkdir()
    (behind / "__init__.py").touch()
    (behind / "futures.py").write_text(FUTURES)
    status, printed = spoil(clip)
    assert status == 1
    assert ".py: 4 of 7 noticed" in printed
    survivors = sorted(line.split(": ", 1)[1] for line in printed[-3:])
    assert survivors == [
        "isfuture: `unused = obj` -> `pass` survives",
        "unreached: `return -n` -> `return None` survives",
        "unreached: `return -n` -> `return n` survives",
    ]
