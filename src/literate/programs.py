"""Programs that a page runs: real processes, each on a pseudo-terminal."""

import contextlib
import os
import re
import selectors
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path

from literate import ports, watchdog
from literate.failures import indented, matches

HERE = Path(__file__).parent


class Program:
    """One command, in a session and on a pseudo-terminal of its own.

    `lines` are the lines that it printed and that nothing has claimed yet.
    """

    def __init__(
        self,
        command: str,
        directory: Path,
        environment: dict[str, str],
        mapping: ports.Mapping,
    ) -> None:
        self.command = command
        self.mapping = mapping
        self.lines: list[str] = []
        self.partial = b""
        self.closed = False
        self.keyboard, screen = os.openpty()
        os.set_blocking(self.keyboard, False)
        quieten(screen)
        # A test run in the background ignores SIGINT. Its children shall not.
        handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            self.process = subprocess.Popen(
                arguments(
                    mapping.to_free(command.removesuffix("&")),
                    environment["PATH"],
                ),
                stdin=screen,
                stdout=screen,
                stderr=screen,
                cwd=directory,
                env=environment,
                start_new_session=True,
            )
        finally:
            signal.signal(signal.SIGINT, handler)
            os.close(screen)

    def fileno(self) -> int:
        return self.keyboard

    def read(self) -> None:
        """Take in what it has printed."""
        try:
            printed = os.read(self.keyboard, 65536)
        except BlockingIOError:
            return
        except OSError:  # Linux says so that no process has it open any more
            printed = b""
        *lines, self.partial = (self.partial + printed).split(b"\n")
        self.closed = not printed
        if self.closed and self.partial:
            lines, self.partial = [self.partial], b""
        self.lines += [
            self.mapping.to_page(line.decode(errors="replace"))
            for line in lines
        ]

    def prints(self, line: str) -> bool:
        """Whether *line* is the next that it printed."""
        return bool(self.lines) and matches(line, self.lines[0])

    def type(self, text: str) -> None:
        os.write(self.keyboard, self.mapping.to_free(text).encode())

    def ended(self) -> bool:
        return self.process.poll() is not None

    def waits(self) -> bool:
        """Whether none of its processes works, as far as /proc tells."""
        return not any(
            int(group) == self.process.pid and state in "RD"
            for state, group in states()
        )

    def status(self) -> int:
        """The status with which it ended, as a shell counts it."""
        code = self.process.wait()
        return code if code >= 0 else 128 - code

    def send(self, number: int) -> bool:
        return watchdog.send(self.process.pid, number)


def states() -> Iterator[tuple[str, str]]:
    """The state and the process group of each process. None without /proc."""
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):  # it has ended meanwhile
            state, _, group, *_ = stat.read_text().rpartition(")")[2].split()
            yield state, group


def arguments(command: str, path: str) -> list[str]:
    """What to execute for *command*: the shell only where it takes one.

    A shell may miss a Ctrl-C that comes while it starts a program.
    """
    words = command.split()
    if re.search(r"[^\w\s./:,@%+=-]", command) or not shutil.which(
        words[0], path=path
    ):
        return ["/bin/sh", "-c", command]
    return words


def quieten(screen: int) -> None:
    """Make the terminal *screen* pass lines on as they are, with no echo."""
    import termios  # Windows has none: there a page's snippets still run

    settings = termios.tcgetattr(screen)
    settings[1] &= ~termios.OPOST
    settings[3] &= ~termios.ECHO
    termios.tcsetattr(screen, termios.TCSANOW, settings)


class Machine:
    """What the programs of a page share, and the one way in which all end.

    *own_netcat* puts our `nc` before the machine's, and *pythonpath* is where
    Python finds the project's modules. `listening` holds the ports of the page
    on which a program has begun to listen.
    """

    def __init__(
        self,
        directory: Path,
        mapping: ports.Mapping,
        own_netcat: bool,
        pythonpath: Iterable[Path] = (),
    ) -> None:
        self.directory = directory
        self.mapping = mapping
        self.programs: list[Program] = []
        self.listening: set[int] = set()
        pipe = directory / ".listening"
        os.mkfifo(pipe)
        self.news = os.open(pipe, os.O_RDWR | os.O_NONBLOCK)
        self.selector = selectors.SelectSelector()
        self.selector.register(self.news, selectors.EVENT_READ)
        self.environment = os.environ | {
            "PATH": search_path(directory, own_netcat),
            "PYTHONPATH": module_path(pythonpath),
            "COLUMNS": "76",
            "NO_COLOR": "1",
            "PYTHON_COLORS": "0",
            "TERM": "dumb",
            "LITERATE_PORTS": str(mapping),
            "LITERATE_LISTENING": str(pipe),
        }
        self.watchdog = subprocess.Popen(
            [sys.executable, "-I", watchdog.__file__, directory],
            stdin=subprocess.PIPE,
            start_new_session=True,
            bufsize=0,
        )

    def start(self, command: str) -> Program:
        program = Program(
            command, self.directory, self.environment, self.mapping
        )
        self.watch("+", program)
        self.programs.append(program)
        self.selector.register(program, selectors.EVENT_READ)
        return program

    def watch(self, change: str, program: Program) -> None:
        assert self.watchdog.stdin
        self.watchdog.stdin.write(f"{change}{program.process.pid}\n".encode())

    def until(self, true: Callable[[], bool], seconds: float) -> bool:
        """Read what programs print until *true*, for *seconds* at most."""
        deadline = time.monotonic() + seconds
        while not true():
            left = deadline - time.monotonic()
            if left <= 0:
                return False
            self.read(min(left, 0.05))  # a program may end without a word
        return True

    def read(self, seconds: float) -> None:
        """Wait for something to read, *seconds* at most, and read it."""
        for key, _ in self.selector.select(seconds):
            program = key.fileobj
            if not isinstance(program, Program):
                news = os.read(self.news, 4096).split()
                self.listening.update(map(int, news))
                continue
            program.read()
            if program.closed:
                self.selector.unregister(program)

    def alive(self) -> bool:
        return not all(program.ended() for program in self.programs)

    def report(self) -> str:
        """What programs printed and nothing claimed, for a failure's text."""
        return "".join(
            f"\n`{program.command}` said:\n"
            + indented("\n".join(program.lines))
            for program in self.programs
            if program.lines
        )

    def end(self, *programs: Program) -> None:
        """End *programs*: SIGTERM, then SIGKILL; keep what they printed."""
        for program in programs:
            program.send(signal.SIGTERM)
        self.until(
            lambda: all(program.ended() for program in programs),
            watchdog.PATIENCE,
        )
        for program in programs:
            program.send(signal.SIGKILL)
            program.process.wait()
            self.watch("-", program)
            if not program.closed:
                program.read()
                self.selector.unregister(program)
            os.close(program.keyboard)
            self.programs.remove(program)

    def close(self) -> None:
        self.end(*self.programs)
        assert self.watchdog.stdin
        self.watchdog.stdin.close()
        self.watchdog.wait()
        self.selector.close()
        os.close(self.news)


def search_path(directory: Path, own_netcat: bool) -> str:
    """The PATH: the `python3` of this run, and an `nc` in any case."""
    folders = [str(Path(sys.executable).parent), os.environ["PATH"]]
    if own_netcat or not shutil.which("nc"):
        script = directory / ".bin" / "nc"
        script.parent.mkdir()
        script.write_text(
            f"#!/bin/sh\nexec '{sys.executable}' -m literate.netcat \"$@\"\n"
        )
        script.chmod(0o755)
        folders.insert(0, str(script.parent))
    return os.pathsep.join(folders)


def module_path(pythonpath: Iterable[Path]) -> str:
    """The PYTHONPATH: our start-up hook, our own folder, and the project's."""
    folders = map(str, (HERE / "startup", HERE.parent, *pythonpath))
    return os.pathsep.join([*folders, os.environ.get("PYTHONPATH", "")])
