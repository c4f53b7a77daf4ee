"""Pages that share a process do not reach each other, nor end it.

docs/apart.rst shows most of it. Here is what needs a run of its own.
"""

import os
import signal
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from unittest import mock

import pytest

from literate import exits, guard, limits, private
from project import Project

STATE = """
import asyncio, builtins, contextvars, decimal, gc, locale, logging, os
import resource, signal, socket, sys, tempfile, threading, time, tracemalloc
import warnings

logging.getLogger("state.child")  # without one that is called "state"
variable = contextvars.ContextVar("variable", default=0)


def state():
    policy = asyncio.events._event_loop_policy
    return {
        "folder": os.getcwd(),
        "environment": os.environ | {"PYTEST_CURRENT_TEST": "", "TMPDIR": ""},
        "zone": time.tzname,
        "sys": (sys.path[:], sys.argv[:], sys.getrecursionlimit()),
        "hooks": (sys.excepthook, sys.stderr, sys.gettrace()),
        "modules": (sys.modules["json"], sys.modules.get("by_hand")),
        "functions": (print, asyncio.sleep, socket.socket.connect),
        "signals": [signal.getsignal(n) for n in signal.valid_signals()],
        "wakeup": signal.set_wakeup_fd(-1),
        "mask": signal.pthread_sigmask(signal.SIG_BLOCK, ()),
        "timers": [signal.getitimer(n) for n in range(3)],
        "umask": (os.umask(0o22), os.umask(0o22)),
        "locale": locale.setlocale(locale.LC_ALL),
        "logging": (logging.root.level, logging.root.manager.disable),
        "logger": logging.getLogger("state.new").level,
        "loop": (policy, vars(getattr(policy, "_local", warnings)).get("_loop")),
        "limits": resource.getrlimit(resource.RLIMIT_NOFILE),
        "filters": warnings.filters[:],
        "gc": (gc.isenabled(), gc.get_threshold()),
        "temporary": tempfile.gettempdir() == os.environ["TMPDIR"],
        "tracing": tracemalloc.is_tracing(),
        "context": (variable.get(), decimal.getcontext().prec),
        "sockets": socket.getdefaulttimeout(),
    }
"""

CHANGES = """
import asyncio, builtins, decimal, gc, json, locale, logging, os, resource
import signal, socket, sys, tempfile, time, tracemalloc, types, warnings
import state

os.chdir(tempfile.mkdtemp())
os.rmdir(os.getcwd())
os.environ["TZ"] = "Asia/Tokyo"
time.tzset()
sys.path = ["/nowhere"]
sys.argv.append("more")
sys.setrecursionlimit(5000)
sys.excepthook = sys.stderr = sys.stdin = None
sys.settrace(lambda *_: None)
sys.modules["json"] = None
sys.modules["by_hand"] = types.ModuleType("by_hand")
builtins.print = len
asyncio.sleep = None
del socket.socket.connect
signal.signal(signal.SIGTERM, signal.SIG_IGN)
signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGUSR1])
signal.setitimer(signal.ITIMER_REAL, 1000)
ours, theirs = socket.socketpair()
ours.setblocking(False)
signal.set_wakeup_fd(ours.fileno())
os.umask(0o77)
locale.setlocale(locale.LC_ALL, "C")
logging.basicConfig(level=1)
logging.disable(50)
logging.getLogger("state.new").setLevel(1)
asyncio.set_event_loop(asyncio.new_event_loop())
soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
resource.setrlimit(resource.RLIMIT_NOFILE, (soft - 1, hard))
warnings.simplefilter("ignore")
gc.disable()
gc.set_threshold(1)
tracemalloc.start()
state.variable.set(1)
decimal.getcontext().prec = 3
socket.setdefaulttimeout(1)
tempfile.tempdir = "/nowhere"
"""

LOOK = """
import sys, state

now = state.state()
before = vars(sys).setdefault("state_before", now)
for name in now:
    if now[name] != before[name]:
        print(name, now[name], before[name])
"""

# A page each: what a block does, the line, and what is said.
FAULTS = {
    "thread-wants-to-end-it": (
        "import os, threading\n"
        "thread = threading.Thread(target=os._exit, args=(0,))\n"
        "thread.start()\nthread.join()",
        "1: EndsRun: os._exit would end the whole run",
    ),
    "thread-wants-to-at-the-end": (
        "import os, sys, threading, time\n"
        "def work(page=sys.modules['__main__']):\n"
        "    while sys.modules['__main__'] is page:\n"
        "        time.sleep(0.01)\n"
        "    os._exit(0)\n"
        "threading.Thread(target=work).start()",
        "10: os._exit would end the whole run",
    ),
    "late-copy": (
        "import os, sys, threading, time\n"
        "there, here = os.pipe()\n"
        "if os.fork() == 0:\n"
        "    os.close(here)\n"
        "    os.read(there, 1)\n"
        "else:\n"
        "    def work(page=sys.modules['__main__']):\n"
        "        while sys.modules['__main__'] is page:\n"
        "            time.sleep(0.01)\n"
        "        os.close(here)\n"
        "    threading.Thread(target=work).start()",
        "1: a copy of the process that `os.fork` made",
    ),
}

POOLS = """
import multiprocessing, os

os.environ["LEAK"] = "1"

def double(n):
    return n + n

if __name__ == "__main__":
    for kind in "fork", "forkserver", "spawn":
        pool = multiprocessing.get_context(kind).Pool(1)
        assert pool.map(double, [1, 2]) == [2, 4]
"""

AFTER_POOLS = """
import multiprocessing, os

if __name__ == "__main__":
    with multiprocessing.get_context("forkserver").Pool(1) as pool:
        assert pool.apply(os.getenv, ["LEAK"]) is None
"""

OWN = """
import sys
sys.path.insert(0, "{}")
import helper
assert helper.NUMBER == {}
"""


def block(source: str) -> str:
    lines = source.strip().replace("\n", "\n   ")
    return f".. code-block:: python\n\n   {lines}\n\n"


def write(project: Project, name: str, text: str) -> None:
    project.page.with_name(f"{name}.rst").write_text(text)


@pytest.fixture(scope="module")
def project(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("apart"))
    project.page.unlink()
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write("from literate import leftovers\n")
        conftest.write("leftovers.PATIENCE = 30\n")
    (project.folder / "src" / "state.py").write_text(STATE)
    for number in range(2):
        folder = project.folder / f"own-{number}"
        folder.mkdir()
        (folder / "helper.py").write_text(f"NUMBER = {number}\n")
        write(project, f"own-{number}", block(OWN.format(folder, number)))
    write(project, "a", block(LOOK))
    write(project, "b", block(CHANGES))
    write(project, "c", block(LOOK))
    write(project, "pools", block(POOLS))
    write(project, "pools-after", block(AFTER_POOLS))
    for name, (source, _) in FAULTS.items():
        write(project, name, block(source) + ">>> 1\n1\n")
    return project


@pytest.fixture(scope="module")
def temporary() -> Iterator[Path]:
    """A folder with a short name: multiprocessing has a socket below it."""
    with tempfile.TemporaryDirectory() as folder:
        yield Path(folder)


@pytest.fixture(scope="module")
def printed(project: Project, temporary: Path) -> str:
    with mock.patch.dict(os.environ, TMPDIR=str(temporary)):
        return project.run()


@pytest.mark.parametrize("name", FAULTS)
def test_fault_is_named(printed: str, name: str) -> None:
    _, said = FAULTS[name]
    assert f"\ndocs/{name}.rst:{said}" in printed


def test_everything_is_put_back(printed: str) -> None:
    assert "1 failed, 11 passed, 1 skipped, 2 warnings, 2 errors" in printed


def test_nothing_is_left(printed: str, temporary: Path) -> None:
    assert [*temporary.iterdir()] == []


def test_left_thread_does_not_keep_the_run(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.page.write_text(
        ">>> import threading\n"
        ">>> threading.Thread(target=threading.Event().wait).start()\n"
    )
    printed = project.run()
    assert "docs/echo.rst:2: leaves the thread 'Thread-1 (wait)'" in printed
    assert "2 passed, 1 error" in printed


def test_end_without_threads(monkeypatch: pytest.MonkeyPatch) -> None:
    called: list[int] = []
    monkeypatch.setattr(threading, "_register_atexit", lambda end: end())
    monkeypatch.setattr(os, "_exit", called.append)
    private.end_without_threads()
    assert called == [1]


def test_block_that_kills_its_process(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.page.write_text(
        ">>> import os, signal\n>>> os.kill(os.getpid(), signal.SIGKILL)\n"
    )
    project.page.with_name("other.rst").write_text(">>> 1\n1\n")
    printed = project.run("-n", "1")
    said = "the run's process ended in this block"
    assert f"docs/echo.rst:2: {said}" in printed
    assert "docs/echo.rst:2: not run again: it ended a process" in printed
    assert "2 failed, 2 passed" in printed


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (None, 0),
        (ValueError(), 1),
        (SystemExit(), 0),
        (SystemExit(4), 4),
        (SystemExit("no"), 1),
    ],
)
def test_copy_ends_as_a_program_would(
    error: BaseException | None,
    status: int,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    kept = exits.Exits()
    monkeypatch.setattr(os, "getpid", lambda: 0)
    ended: list[int] = []
    monkeypatch.setitem(kept.ends, "_exit", ended.append)
    try:
        if error:
            raise error
        kept.leave_copy(12)
    except BaseException:
        kept.leave_copy(12)
    finally:
        monkeypatch.undo()
        kept.close()
    assert ended == [status]


def test_copy_may_end(monkeypatch: pytest.MonkeyPatch) -> None:
    kept = exits.Exits()
    ended: list[int] = []

    def end(status: int) -> None:
        ended.append(status)
        raise ProcessLookupError

    try:
        monkeypatch.setattr(os, "getpid", lambda: 0)
        monkeypatch.setitem(kept.ends, "_exit", end)
        with pytest.raises(ProcessLookupError):
            os._exit(3)
    finally:
        monkeypatch.undo()
        kept.close()
    assert ended == [3]


def test_guard_that_has_no_folder(capfd: pytest.CaptureFixture[str]) -> None:
    with (
        mock.patch.object(tempfile, "gettempdir", lambda: "/nowhere"),
        pytest.raises(OSError, match="cannot make /nowhere/pages-"),
    ):
        limits.Guard()
    assert "FileNotFoundError" in capfd.readouterr().err


def test_copy_tells_the_guard_nothing() -> None:
    before = signal.getsignal(guard.TELL)
    ours = limits.Guard()
    signal.signal(guard.TELL, before)
    assert ours.folder.is_dir()
    ours.close()
    ours.tell("\t\t")
    assert not ours.folder.exists()


FILES = """\
>>> import os
>>> path = os.path.join(os.environ["TMPDIR"], "note.txt")
>>> with open(path, "w") as file:
...     _ = file.write("hi\\n")

.. terminal:: one

   $ cat $TMPDIR/note.txt
   hi
   $ cat pytest.ini
   hi
"""


def test_file_of_a_snippet_in_a_terminal(tmp_path: Path) -> None:
    project = Project(tmp_path)
    project.page.write_text(FILES)
    printed = project.run()
    assert "docs/echo.rst:11: expected 'hi', got 'cat: pytest.ini" in printed
    said = (
        f"\npytest.ini is in {project.folder}, where snippets run; what they"
    )
    assert said in printed
