"""Terminals on a page, line by line.

A line of a terminal is one of these::

    $ command    is run in front; with a last `&`, as a job
    $ fg         has the last job in front, and names it as a shell does
    < text       is typed to the program in front
    ^C or ^D     is a key
    [1]          the program in front ended with this status, not with 0
    any other    is what a program of this terminal prints next
"""

import contextlib
import re
import signal
from collections.abc import Iterable
from typing import NamedTuple

from sybil import Document, Example, Region
from sybil.parsers.rest.lexers import DirectiveLexer

from literate import ports
from literate.failures import Failure, NotRun
from literate.page import Page, first_line, page_of
from literate.programs import Machine, Program

TIMEOUT = 20.0
"""Seconds that a step may take, unless the block says `:timeout:`."""


class Mismatch(Exception):
    """What happens in a terminal is not what its page says."""


class Terminal:
    """One terminal of a page: a program in front, and jobs behind it."""

    def __init__(self, name: str, machine: Machine) -> None:
        self.name = name
        self.machine = machine
        self.timeout = TIMEOUT
        self.front: Program | None = None
        self.interrupted = False
        self.jobs: list[Program] = []

    def follow(self, line: str) -> None:
        """Do what *line* says. Raises Mismatch if things went otherwise."""
        if line.startswith("$ "):
            self.finish()
            self.start(line[2:])
        elif line == "<" or line.startswith("< "):
            self.type(line[2:] + "\n")
        elif line == "^D":
            self.type("\x04")
        elif line == "^C":
            self.interrupt()
        elif is_status(line):
            self.finish(int(line[1:-1]))
        else:
            self.expect(line)

    def start(self, command: str) -> None:
        if command == "fg":
            self.bring_to_front()
            return
        self.await_server(command)
        program = self.machine.start(command)
        if command.endswith("&"):
            self.jobs.append(program)
        else:
            self.front, self.interrupted = program, False

    def bring_to_front(self) -> None:
        if not self.jobs:
            raise Mismatch(f"terminal {self.name!r} has no job for `fg`")
        job = self.jobs.pop()
        job.lines.append(job.command.removesuffix("&").rstrip())
        self.front, self.interrupted = job, False

    def await_server(self, command: str) -> None:
        """Wait for the page's server before a command that names its port."""
        machine, wanted = self.machine, ports.named_in(command)
        if not machine.alive():
            machine.listening.clear()
        elif not machine.until(
            lambda: wanted <= machine.listening or not machine.alive(),
            self.timeout,
        ):
            port = min(wanted - machine.listening)
            raise Mismatch(
                f"expected a program that listens on port {port}, "
                f"got none for {self.timeout:g} s"
            )

    def type(self, text: str) -> None:
        self.running().type(text)

    def interrupt(self) -> None:
        """Press Ctrl-C as people do: when the program seems to wait."""
        program = self.running()
        self.machine.until(program.waits, self.timeout)
        self.interrupted = not program.ended()
        program.send(signal.SIGINT)

    def programs(self) -> list[Program]:
        return [self.front, *self.jobs] if self.front else self.jobs

    def running(self) -> Program:
        if self.front is None:
            raise self.nothing_runs()
        return self.front

    def nothing_runs(self) -> Mismatch:
        return Mismatch(
            f"nothing runs in terminal {self.name!r}: write a line "
            "`$ COMMAND` first, or the name of the terminal that you mean"
        )

    def expect(self, line: str) -> None:
        """Claim *line* from what the terminal's programs print."""
        programs = self.programs()
        if not programs:
            raise self.nothing_runs()

        def settled() -> bool:
            return any(program.prints(line) for program in programs) or all(
                program.lines or program.closed for program in programs
            )

        self.machine.until(settled, self.timeout)
        for program in programs:
            if program.prints(line):
                program.lines.pop(0)
                return
        raise Mismatch(f"expected {line!r}, got {self.got(programs)}")

    def got(self, programs: list[Program]) -> str:
        for program in programs:
            if program.lines:
                return repr(program.lines[0])
        if all(program.closed for program in programs):
            return f"nothing: `{programs[0].command}` ended"
        return f"nothing for {self.timeout:g} s"

    def finish(self, status: int = 0) -> None:
        """Await the end of the program in front, which said all it should."""
        if (program := self.front) is None:
            return
        if not self.machine.until(program.ended, self.timeout):
            raise Mismatch(
                f"`{program.command}` still runs after {self.timeout:g} s: "
                "end it with a line `^C` or `^D`"
            )
        self.machine.end(program)
        self.front = None
        self.end(program, status)

    def end(self, program: Program, status: int) -> None:
        """Check that *program*, which ended, said all and has *status*."""
        nothing_more(program)
        code = program.status()
        if code != status and not self.interrupted:
            raise Mismatch(
                f"`{program.command}` ended by itself with status {code}: "
                f"if it should, write a line `[{code}]` after its output"
            )

    def finish_jobs(self) -> None:
        self.machine.end(*self.jobs)
        for job in self.jobs:
            nothing_more(job)
        self.jobs.clear()


def is_input(line: str) -> bool:
    return line.startswith(("$ ", "< ")) or line in ("<", "^C", "^D")


def is_status(line: str) -> bool:
    return re.fullmatch(r"\[\d+\]", line) is not None


def nothing_more(program: Program) -> None:
    if program.lines:
        raise Mismatch(
            f"expected nothing more of `{program.command}`, "
            f"got {program.lines[0]!r}"
        )


QUIET = 1.0
"""Seconds without a word after which a recording takes a program as done."""


class RecordingTerminal(Terminal):
    """A terminal that notes in `recorded` what its lines should have been."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name, machine)
        self.recorded: list[str] = []

    def follow(self, line: str) -> None:
        if is_input(line):
            self.take_rest()
            super().follow(line)
            self.recorded.append(line)
            return
        with contextlib.suppress(Mismatch):
            super().follow(line)
            if not is_status(line):
                self.recorded.append(line)

    def take_recorded(self) -> list[str]:
        """What the block's lines should be. The next block begins anew."""
        if self.front and self.recorded[-1:] == ["$ " + self.front.command]:
            self.await_word(self.front)
        self.take_rest()
        if self.front and self.front.ended():
            self.finish()
        recorded, self.recorded = self.recorded, []
        return recorded

    def await_word(self, program: Program) -> None:
        """Give a command that ends a block the time that it may take."""
        self.machine.until(
            lambda: program.lines != [] or program.ended(), self.timeout
        )

    def take_rest(self) -> None:
        """Record what has come and no line has claimed."""
        programs = self.programs()
        while programs and self.machine.until(
            lambda: any(program.lines for program in programs), QUIET
        ):
            for program in programs:
                self.recorded += program.lines
                program.lines.clear()

    def end(self, program: Program, status: int) -> None:
        """Record the status of *program*, if that is not 0."""
        self.recorded += program.lines
        program.lines.clear()
        if program.status() and not self.interrupted:
            self.recorded.append(f"[{program.status()}]")


class Block(NamedTuple):
    """One ``terminal`` block: is it the last of its terminal, of its page?"""

    name: str
    last_of_terminal: bool
    last_of_page: bool


def parse_terminals(page: Document) -> Iterable[Region]:
    """Find each ``terminal``."""
    regions = list(DirectiveLexer("terminal")(page))
    names = [(one.lexemes["arguments"] or "").strip() for one in regions]
    for index, (name, region) in enumerate(zip(names, regions, strict=True)):
        later = names[index + 1 :]
        region.parsed = Block(name, name not in later, not later)
        region.evaluator = evaluate_terminal
        yield region


def evaluate_terminal(example: Example) -> None:
    """Follow a terminal's lines; end what its last block has left running."""
    page, block = page_of(example), example.parsed
    if page.broken:
        raise NotRun(page.name, example.line, page.broken)
    line = example.line
    try:
        terminal = open_terminal(page, example)
        source = example.region.lexemes["source"].rstrip().splitlines()
        start = first_line(page, example.region)
        for number, text in enumerate(source, start):
            line = number
            terminal.follow(text)
        if block.last_of_terminal:
            terminal.finish()
        if page.recording and isinstance(terminal, RecordingTerminal):
            page.recording.note(start, source, terminal.take_recorded())
        if block.last_of_page:
            for terminal in page.terminals.values():
                terminal.finish_jobs()
    except Mismatch as mismatch:
        page.broken = f"{page.name}:{line}"
        machine = page.workplace.machine
        said = machine.report() + page.workplace.misplaced()
        machine.end(*machine.programs)
        raise Failure(page.name, line, f"{mismatch}{said}") from None


def open_terminal(page: Page, example: Example) -> Terminal:
    """The terminal that *example* names, with the time limit it asks for."""
    name, options = example.parsed.name, example.region.lexemes["options"]
    if not name:
        raise Mismatch("a terminal has a name: write `.. terminal:: NAME`")
    for option in options.keys() - {"timeout"}:
        raise Mismatch(f"unknown option :{option}:; known is :timeout:")
    timeout = options.get("timeout", str(TIMEOUT))
    if not re.fullmatch(r"\d+(\.\d+)?", timeout):
        raise Mismatch(f":timeout: takes seconds, not {timeout!r}")
    kind = RecordingTerminal if page.recording else Terminal
    terminal = page.terminals.setdefault(
        name, kind(name, page.workplace.machine)
    )
    terminal.timeout = float(timeout)
    return terminal
