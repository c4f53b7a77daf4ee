"""The machinery under the pages: what it catches, and what it leaves behind.

Each test writes a small project of its own and runs ``pytest --sybil`` on it.
"""

import os
import random
import re
import select
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from literate import ports
from literate.outputs import RELEASE
from literate.private import page_scheduling
from project import ECHO, HEAD, PAGE, SRC, Project


@pytest.mark.parametrize("options", [[], ["--sybil-nc=own"], ["-n", "1"]])
def test_page_passes(project: Project, options: list[str]) -> None:
    assert "8 passed" in project.run(*options)


@pytest.mark.once
@pytest.mark.parametrize("options", [[], ["-n", "1"]])
def test_pages_need_the_option(project: Project, options: list[str]) -> None:
    printed = project.run(*options, sybil=False)
    assert "1 page was left out: pytest --sybil runs pages too\n" in printed
    assert "no tests ran" in printed
    project.page.with_name("more.rst").write_text("More\n")
    printed = project.run(*options, sybil=False)
    assert "2 pages were left out: pytest --sybil runs pages too" in printed


@pytest.mark.once
@pytest.mark.parametrize("options", [[], ["-n", "1"]])
def test_named_page_needs_the_option(
    project: Project, options: list[str]
) -> None:
    (project.folder / "tests").mkdir()
    test = project.folder / "tests" / "test_it.py"
    test.write_text("def test_it():\n    pass\n")
    printed = project.run("docs/echo.rst::a", *options, sybil=False)
    assert printed == (
        "ERROR: docs/echo.rst is a page: "
        "write pytest --sybil docs/echo.rst::a\n\n"
    )
    printed = project.run("tests", "docs", *options, sybil=False)
    assert printed == (
        "ERROR: docs is a folder of pages: write pytest --sybil tests docs\n\n"
    )
    assert "1 passed" in project.run("tests", *options, sybil=False)
    assert "1 page was left out" in project.run(".", *options, sybil=False)


@pytest.mark.once
@pytest.mark.parametrize("sybil", [False, True])
@pytest.mark.parametrize("options", [[], ["-n", "1"]])
def test_page_that_is_not_there(
    project: Project, options: list[str], sybil: bool
) -> None:
    printed = project.run("docs/ecco.rst", *options, sybil=sybil)
    said = "ERROR: docs/ecco.rst: no such page"
    assert printed == f"{said}; is it docs/echo.rst?\n\n"
    printed = project.run("docs/other.rst", *options, sybil=sybil)
    assert printed == "ERROR: docs/other.rst: no such page\n\n"


@pytest.mark.once
def test_installed_it_lets_other_projects_be(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    (project.folder / "conftest.py").unlink()
    told = project.folder / "src" / "literate_pages-0.dist-info"
    told.mkdir()
    (told / "METADATA").write_text("Name: literate-pages\nVersion: 0\n")
    (told / "entry_points.txt").write_text(
        "[pytest11]\nliterate.plugin = literate.plugin\n"
    )
    paths = os.pathsep.join([str(SRC), str(told.parent)])
    monkeypatch.setenv("PYTHONPATH", paths)
    printed = project.run("docs", sybil=False)
    assert "sybil" not in printed
    assert "8 passed" in project.run("docs")


@pytest.mark.once
def test_names_are_seen_from_the_root(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    line = project.spoil("   two\n", "   too\n")
    elsewhere = tmp_path_factory.mktemp("elsewhere")
    root = str(project.folder)
    printed = project.run(
        *("-c", f"{root}/pytest.ini", "--rootdir", root, str(project.page)),
        cwd=elsewhere,
    )
    assert f"\ndocs/echo.rst:{line}: expected 'too'" in printed


@pytest.mark.once
def test_without_sphinx(project: Project) -> None:
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write("import sys\nsys.modules['sphinx'] = None\n")
        conftest.write("sys.modules['docutils'] = None\n")
    part = ".. literalinclude:: ../src/echo.py\n   :pyobject: main\n\n"
    project.page.write_text(HEAD + part + ">>> 1\n1\n")
    printed = project.run()
    message = "a part of a file needs Sphinx: pip install sphinx"
    assert f"\ndocs/echo.rst:7: {message}\n" in printed
    assert "1 failed, 1 passed, 1 skipped" in printed


@pytest.mark.once
def test_one_page_and_one_snippet(project: Project) -> None:
    assert "8 passed" in project.run("docs/echo.rst")
    line = PAGE[: PAGE.index(">>> numbers\n")].count("\n") + 1
    snippet = f"line:{line},column:1"
    assert "1 passed" in project.run(f"docs/echo.rst::{snippet}")
    assert "1 passed, 7 deselected" in project.run("-k", f"line:{line}")


@pytest.mark.once
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
    " Popen(['sleep', '0.2'], start_new_session=True)\"",
    "$ echo $COLUMNS $NO_COLOR\n76 1",
    "$ echo '>>> 1'; echo ' x'\n>>> 1\n x",
]


def test_page_may_end_a_block_itself(project: Project) -> None:
    project.page.write_text('>>> import pytest\n>>> pytest.fail("not here")\n')
    assert "Failed: not here" in project.run()


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


# Blocks that take too long, the line on which they do, and what is said.
TOO_LONG = {
    "plain": ("while True:\n    pass", "[56]", "Overtime: took longer"),
    "swallowed": (
        "import time\n"
        "try:\n    time.sleep(60)\nexcept BaseException:\n    pass",
        "7",
        "Overtime: took longer",
    ),
    "waits-again": (
        "import time\ntry:\n    time.sleep(60)\nfinally:\n    time.sleep(60)",
        "[79]",
        "Overtime: took longer",
    ),
    "never-gives-up": (
        "import time\n"
        "while True:\n"
        "    try:\n        time.sleep(60)\n"
        "    except BaseException:\n        pass",
        "5",
        "not run again: it ended a process",
    ),
    "in-c": (
        "import itertools\nsum(itertools.repeat(0))",
        "5",
        "not run again: it ended a process",
    ),
    "timer-of-its-own": (
        "import signal, time\n"
        "signal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
        "signal.setitimer(signal.ITIMER_REAL, 0)\n"
        "time.sleep(60)",
        "8",
        "Overtime: took longer",
    ),
    "deaf": (
        "import signal, threading\n"
        "every = signal.valid_signals()\n"
        "signal.pthread_sigmask(signal.SIG_BLOCK, every)\n"
        "threading.Event().wait()",
        "5",
        "not run again: it ended a process",
    ),
}

SHORT_LIMITS = """
from literate import limits

limits.TIME_LIMIT, limits.AGAIN, limits.GRACE = 1, 0.5, 4
"""


@pytest.fixture
def hasty(project: Project) -> Project:
    """A project whose blocks have a second, and four more."""
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write(SHORT_LIMITS)
    return project


def test_blocks_that_take_too_long(hasty: Project) -> None:
    for name, (source, _, _) in TOO_LONG.items():
        lines = source.replace("\n", "\n   ")
        hasty.page.with_name(f"{name}.rst").write_text(
            f"{name}\n\n.. code-block:: python\n\n   {lines}\n\n>>> 1\n1\n"
        )
    (hasty.folder / "src" / "slow.py").write_text("while True:\n    pass\n")
    hasty.page.with_name("slow.rst").write_text(
        ".. literalinclude:: ../src/slow.py\n\n>>> 1\n1\n"
    )
    hasty.page.write_text(">>> 1\n1\n")
    printed = hasty.run("-n", "2")
    for name, (_, line, message) in TOO_LONG.items():
        assert re.search(rf"\ndocs/{name}.rst:{line}: {message}", printed)
        said = f"docs/{name}.rst:5: still runs 4 s after its limit of 1 s"
        assert (said in printed) == ("not run again" in message)
    assert "\ndocs/slow.rst:1: Overtime: took longer than 1 s" in printed
    said = "11 failed, 1 passed, 8 skipped"
    assert said in printed, "no block ran after them, but another page"


def test_block_that_ends_the_run(
    hasty: Project, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    source, _, _ = TOO_LONG["in-c"]
    hasty.page.write_text(">>> " + source.replace("\n", "\n>>> ") + "\n")
    with hasty.start() as run:
        assert run.stdout
        printed = run.stdout.read()
    assert run.returncode == -signal.SIGKILL
    assert printed.endswith(
        "\ndocs/echo.rst:2: still runs 4 s after its limit of 1 s, so its "
        "process is ended; `pytest -n 1` would go on with the other blocks\n"
    )


@pytest.mark.parametrize("options", [[], ["-n", "1"]])
def test_ignored_interrupt(project: Project, options: list[str]) -> None:
    project.page.write_text(
        ".. code-block:: python\n\n   import signal\n\n"
        "   try:\n       signal.raise_signal(signal.SIGINT)\n"
        "   except KeyboardInterrupt:\n       pass\n"
        "   else:\n       raise SystemExit('ignored')\n\n"
        ".. terminal:: one\n\n   $ sleep 60\n   ^C\n"
    )
    handler = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        run = project.start(*options)
    finally:
        signal.signal(signal.SIGINT, handler)
    assert "2 passed" in run.communicate(timeout=300)[0]


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


def test_a_page_that_is_done_is_given_to_no_worker() -> None:
    config: Any = SimpleNamespace(getvalue=lambda _: ["popen"])
    scheduling = page_scheduling(config, None)
    done, open_ = {"done.rst::1": True}, {"open.rst::1": False}
    scheduling.workqueue.update({"done.rst": done, "open.rst": open_})
    scheduling._reschedule("a worker that has collected nothing yet")
    assert dict(scheduling.workqueue) == {"open.rst": open_}


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


@pytest.mark.parametrize(
    ("number", "status"),
    [(signal.SIGINT, 2), (signal.SIGTERM, -15), (signal.SIGKILL, -9)],
)
def test_killed_run_leaves_nothing(
    project: Project,
    lifeline: Lifeline,
    number: signal.Signals,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project.page.write_text(STUBBORN_PAGE)
    temporary = project.folder / "tmp"
    temporary.mkdir()
    monkeypatch.setenv("TMPDIR", str(temporary))
    with project.start() as run:
        assert lifeline.read() == b"both run"
        assert any(temporary.iterdir())
        run.send_signal(number)
        assert lifeline.read() == b""
    assert run.returncode == status
    deadline = time.monotonic() + 30
    while any(temporary.iterdir()):
        assert time.monotonic() < deadline, "its folder is left"


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
