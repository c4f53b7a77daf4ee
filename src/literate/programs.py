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
from literate.failures import indented, quoted
from literate.notation import after, covers, ends, is_dots
from literate.shell import Session

HERE = Path(__file__).parent


class Program:
    """One *command* of a *session*, on a pseudo-terminal of its own.

    `printed` are the lines that it printed since somebody last typed, and
    `expected` those of the page that have claimed the first of them.
    """

    line = 0
    """Where on its page it was started."""

    def __init__(
        self, command: str, session: Session, mapping: ports.Mapping
    ) -> None:
        self.command = command
        first, *more = command.split("\n")
        self.name = f"{first} ..." if more else first
        self.mapping = mapping
        self.printed: list[str] = []
        self.expected: list[str] = []
        self.sought: str | None = None
        self.searched = 0
        self.partial = bytearray()
        self.closed = False
        arguments = session.arguments(mapping.to_free(command))
        self.keyboard, screen = os.openpty()
        os.set_blocking(self.keyboard, False)
        quieten(screen)
        # A test run in the background ignores SIGINT. Its children shall not.
        handler = signal.signal(signal.SIGINT, signal.SIG_DFL)
        try:
            self.process = subprocess.Popen(
                arguments,
                stdin=screen,
                stdout=screen,
                stderr=screen,
                cwd=session.directory,
                env=session.environment,
                start_new_session=True,
            )
        except OSError:
            os.close(self.keyboard)
            raise
        finally:
            signal.signal(signal.SIGINT, handler)
            os.close(screen)

    def fileno(self) -> int:
        return self.keyboard

    def read(self) -> bool:
        """Take in what it has printed. Return whether there was anything."""
        try:
            printed = os.read(self.keyboard, 65536)
        except BlockingIOError:
            return False
        except OSError:  # Linux says so that no process has it open any more
            printed = b""
        *lines, rest = printed.split(b"\n")
        for line in lines:
            self.take((self.partial + line).removesuffix(b"\r"))
            self.partial = bytearray()
        self.partial += rest
        self.closed = not printed
        if self.closed and self.partial:
            self.take(self.partial)
            self.partial = bytearray()
        return True

    def read_all(self) -> None:
        """Take in what there is, which may be more than one reading has."""
        list(iter(lambda: self.closed or not self.read(), True))

    def take(self, line: bytearray) -> None:
        text = line.decode(errors="replace")
        self.printed.append(self.mapping.to_page(text))

    def prints(self, line: str) -> bool:
        """Whether *line* is what it printed next, after what is claimed."""
        if not any(map(is_dots, self.expected)):
            count = len(self.expected)
            return len(after(line, [count], self.printed)) > 0
        if line != self.sought:
            self.sought, self.searched = line, 0
        if not any(covers(line, one) for one in self.printed[self.searched :]):
            self.searched = len(self.printed)
            return False  # what has come since changes nothing
        return len(ends([*self.expected, line], self.printed)) > 0

    def claim(self, line: str) -> None:
        self.expected.append(line)
        self.sought = None

    def rest(self) -> list[str]:
        """The lines that it printed and that no line of the page has claimed."""
        if self.expects_any():
            return []
        return self.printed[ends(self.expected, self.printed)[-1] :]

    def differs(self) -> bool:
        """Whether it has printed what none of the page's next lines can claim.

        Where a line of the page is `...`, the lines after it may be claimed
        from what is still to come.
        """
        return not any(map(is_dots, self.expected)) and self.rest() != []

    def expects_any(self) -> bool:
        """Whether `...` claims all that it prints, until it does not."""
        return is_dots("".join(self.expected[-1:]))

    def forget(self) -> None:
        """What is claimed so far, dots included, claims no later lines."""
        self.printed = self.rest()
        self.expected.clear()

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

    def unended(self) -> str:
        """What it has printed of a line that has no end yet, for a message."""
        if not self.partial:
            return ""
        said = f", but {quoted([self.partial.decode(errors='replace')], 0)}"
        if re.search(rb"(?i)pass(word|phrase)", self.partial):
            said += ": a terminal does not type passwords yet"
        return said

    def about_ports(self) -> str:
        """What its command calls a port, and may mean otherwise."""
        if found := ports.doubtful(self.command, self.mapping):
            port, free = found
            return f" ({port} is a port of this page: {free} in this run)"
        return ""

    def reads(self) -> bool:
        """Whether its first process does not work, as far as /proc tells."""
        return state_of(Path(f"/proc/{self.process.pid}/stat"))[0] not in "RD"

    def status(self) -> int:
        """The status with which it ended, as a shell counts it."""
        code = self.process.wait()
        return code if code >= 0 else 128 - code

    def send(self, number: int) -> bool:
        return watchdog.send(self.process.pid, number)


def states() -> Iterator[tuple[str, str]]:
    """The state and the process group of each process. None without /proc."""
    return map(state_of, Path("/proc").glob("[0-9]*/stat"))


def state_of(stat: Path) -> tuple[str, str]:
    """The state and the group in the file *stat*: Z and 0 if it is gone."""
    state, group = "Z", "0"
    with contextlib.suppress(OSError):
        state, _, group, *_ = stat.read_text().rpartition(")")[2].split()
    return state, group


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

    def start(self, command: str, session: Session) -> Program:
        program = Program(command, session, self.mapping)
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
            self.read(min(left, 0.02))  # a program may end without a word
        return True

    def read(self, seconds: float) -> bool:
        """Wait for something to read, *seconds* at most, and read it.

        Returns whether there was anything.
        """
        ready = self.selector.select(seconds)
        for key, _ in ready:
            program = key.fileobj
            if not isinstance(program, Program):
                news = os.read(self.news, 4096).split()
                self.listening.update(map(int, news))
                continue
            program.read()
            if program.closed:
                self.selector.unregister(program)
        return bool(ready)

    def alive(self) -> bool:
        return not all(program.ended() for program in self.programs)

    def report(self) -> str:
        """What programs printed and nothing claimed, for a failure's text."""
        return "".join(
            f"\n`{program.name}` said:\n" + indented("\n".join(program.rest()))
            for program in self.programs
            if program.rest()
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
                program.read_all()
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
