"""The machinery under the pages: what it catches, and what it leaves behind.

Each test writes a small project of its own and runs ``pytest --sybil`` on it.
"""

import os
import random
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from project import ECHO, PAGE, SRC, Project

from literate import ports, snippets
from literate.failures import Failure
from literate.outputs import RELEASE
from literate.page import Page


@pytest.mark.parametrize("options", [[], ["--sybil-nc=own"], ["-n", "2"]])
def test_page_passes(project: Project, options: list[str]) -> None:
    assert "8 passed" in project.run(*options)


def test_pages_need_the_option(project: Project) -> None:
    finished = subprocess.run(
        [sys.executable, "-m", "pytest"],
        cwd=project.folder,
        capture_output=True,
        text=True,
    )
    assert "no tests ran" in finished.stdout


def test_one_page_and_one_snippet(project: Project) -> None:
    assert "8 passed" in project.run("docs/echo.rst")
    line = PAGE[: PAGE.index(">>> numbers\n")].count("\n") + 1
    snippet = f"line:{line},column:1"
    assert "1 passed" in project.run(f"docs/echo.rst::{snippet}")
    assert "1 passed, 7 deselected" in project.run("-k", f"line:{line}")


def test_property_of_another_test_is_let_be(project: Project) -> None:
    project.page.write_text(">>> 1\n1\n")
    (project.folder / "docs" / "test_it.py").write_text(
        "def test_it(record_property):\n    record_property('a', 1)\n"
    )
    assert "2 passed" in project.run()


def test_two_runs_at_once(project: Project) -> None:
    runs = [project.start() for _ in range(2)]
    for run in runs:
        assert "8 passed" in run.communicate(timeout=300)[0]


# Lines of a terminal in which all is as it should be.
GOOD_LINES = [
    "$ exit 3\n[3]",
    "$ cat\n< to localhost 9527\nto localhost 9527\n^D\n"
    "$ test localhost:9527 = localhost:$((9500 + 27)) || echo mapped\n"
    "mapped",
    "$ sleep 60\n^C",
    "$ echo 1 2 3; echo\n1 ... 3\n\n$ tty | cut -c 1-5\n/dev/",
    "$ (echo late; cat) &\nlate",
    # A program may leave another behind that keeps the terminal open.
    '$ python3 -c "from subprocess import Popen;'
    " Popen(['sleep', '1'], start_new_session=True)\"",
    "$ echo $COLUMNS $NO_COLOR\n76 1",
    "$ echo '>>> 1'; echo ' x'\n>>> 1\n x",
]


def test_terminals_pass(project: Project) -> None:
    project.page.unlink()
    for number, lines in enumerate(GOOD_LINES):
        lines = lines.replace("\n", "\n   ")
        page = project.page.with_name(f"{number}.rst")
        page.write_text(f".. terminal:: one\n\n   {lines}\n")
    assert f"{len(GOOD_LINES)} passed" in project.run()


def test_other_files_are_shown(project: Project) -> None:
    project.page.write_text(
        ".. literalinclude:: ../pytest.ini\n\n"
        ".. terminal:: one\n\n   $ grep -c testpaths pytest.ini\n   1\n"
    )
    assert "2 passed" in project.run()


def test_snippet_that_never_ends(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(snippets, "TIME_LIMIT", 0.1)
    with pytest.raises(
        Failure, match="^a.rst:[78]: Overtime: still runs after 0.1 s"
    ):
        snippets.execute(Page("", "a.rst"), "while True:\n    1", 7, "exec")


LEAVES_SOCKET = """\
>>> import gc, socket
>>> def leave():
...     itself = [socket.socket()]
...     itself.append(itself)
...     gc.collect()  # it is old now, and is left for the next of these
>>> leave()
>>> 1
2
"""
COLLECTS = """\
>>> import gc, warnings
>>> with warnings.catch_warnings(record=True) as caught:
...     warnings.simplefilter("always")
...     _ = gc.collect()
>>> caught
[]
"""


def test_failed_page_leaves_nothing_to_the_next(project: Project) -> None:
    project.page.with_name("a.rst").write_text(LEAVES_SOCKET)
    project.page.with_name("b.rst").write_text(COLLECTS)
    project.page.unlink()
    printed = project.run()
    assert "docs/a.rst:8: expected '2', got '1'" in printed
    assert "1 failed, 6 passed" in printed


def test_unknown_release_is_reported_by_workers(project: Project) -> None:
    project.page.write_text(
        ".. code-block:: python\n\n   print(1)\n\n"
        ".. output::\n   :python: 3.4.0\n\n   2\n"
    )
    printed = project.run("-n", "2")
    assert f"= no output for Python {RELEASE} =" in printed
    assert "docs/echo.rst:8: expected '2', got '1'" in printed
    assert "1 passed" in printed


def test_taken_port_is_passed_over(monkeypatch: pytest.MonkeyPatch) -> None:
    taken, lock = ports.reserve()
    found = random.randrange
    first = [taken]
    monkeypatch.setattr(
        random, "randrange", lambda *args: (first or [found(*args)]).pop()
    )
    port, other = ports.reserve()
    with lock, other:
        assert port != taken
        assert not first


def test_netcat() -> None:
    def start(*arguments: str) -> subprocess.Popen[bytes]:
        return subprocess.Popen(
            [sys.executable, "-m", "literate.netcat", *arguments],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            env=os.environ | {"PYTHONPATH": str(SRC)},
        )

    with socket.create_server(("127.0.0.1", 0)) as server:
        address = "127.0.0.1", str(server.getsockname()[1])
        with start(*address) as netcat:
            assert netcat.stdin
            assert netcat.stdout
            netcat.stdin.write(b"Hello")
            netcat.stdin.close()
            with server.accept()[0] as client:
                assert client.recv(100) == b"Hello"
                client.sendall(b"Goodbye")
            assert netcat.stdout.read() == b"Goodbye"
        assert netcat.returncode == 0
    with start(*address) as refused:
        assert refused.communicate()[0].startswith(b"nc: ")
    assert refused.returncode == 1
    with start() as unasked:
        assert unasked.communicate()[0] == b"usage: nc [-u] HOST PORT\n"


def test_failure_shows_what_the_server_said(project: Project) -> None:
    source = project.folder / "src" / "echo.py"
    source.write_text(ECHO.replace("conn.sendall(data)", "conn.sendal(data)"))
    project.spoil("console 1\n", "console 1\n   :timeout: 0.5\n")
    line = project.spoil("   Hello\n", "   Hello\n")
    printed = project.run()
    assert f"docs/echo.rst:{line}: expected 'Hello', got nothing" in printed
    assert "`python3 echo.py` said:\n    Traceback" in printed
    assert "AttributeError" in printed


def test_error_in_a_shown_module(project: Project) -> None:
    source = project.folder / "src" / "echo.py"
    source.write_text(ECHO.replace("import socket", "import sockets"))
    printed = project.run()
    assert "docs/echo.rst:4: ModuleNotFoundError" in printed
    assert "src/echo.py" in printed
    assert "importlib" not in printed


STUBBORN = """
import os, signal, subprocess, sys

if __name__ == "__main__":
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    alive = os.open(os.environ["ALIVE"], os.O_WRONLY)
    child = subprocess.Popen(
        [sys.executable, "-c", "input()"], pass_fds=[alive]
    )
    os.write(alive, b"both run")
    print("both run")
    child.wait()
"""

STUBBORN_PAGE = """\
.. literalinclude:: ../src/echo.py

.. terminal:: server
   :timeout: 30

   $ python3 echo.py
   never
"""


class Lifeline:
    """A pipe that programs hold open: it ends when the last of them does."""

    def __init__(self, path: Path) -> None:
        os.mkfifo(path)
        self.end = os.open(path, os.O_RDONLY | os.O_NONBLOCK)

    def read(self) -> bytes:
        """What they wrote, or nothing at their end; 30 seconds at most."""
        assert select.select([self.end], [], [], 30)[0], "nothing happened"
        return os.read(self.end, 100)


@pytest.fixture
def lifeline(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> Iterator[Lifeline]:
    (project.folder / "src" / "echo.py").write_text(STUBBORN)
    pipe = project.folder / "alive"
    monkeypatch.setenv("ALIVE", str(pipe))
    lifeline = Lifeline(pipe)
    yield lifeline
    os.close(lifeline.end)


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_killed_run_leaves_no_process(
    project: Project,
    lifeline: Lifeline,
    number: signal.Signals,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.page.write_text(STUBBORN_PAGE)
    monkeypatch.setenv("TMPDIR", str(project.folder))
    with project.start() as run:
        assert lifeline.read() == b"both run"
        [directory] = project.folder.glob("page-*")
        run.send_signal(number)
        assert lifeline.read() == b""
    assert run.returncode == -number
    deadline = time.monotonic() + 30
    while directory.exists():
        assert time.monotonic() < deadline, "its directory is left"


def test_page_end_leaves_no_process(
    project: Project, lifeline: Lifeline
) -> None:
    project.page.write_text(
        STUBBORN_PAGE.replace("never", "both run")
        + "\n.. terminal:: server\n   :timeout: 0.1\n\n   $ true\n"
    )
    assert "still runs after" in project.run()
    assert lifeline.read() == b"both run"
    assert lifeline.read() == b""
