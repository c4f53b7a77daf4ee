"""Terminals on a page, line by line.

A line of a terminal is one of these::

    $ command    is run in front; with a last `&`, as a job
    > command    goes on with a command that has not come to its end
    $ fg         has the last job in front, and names it as a shell does
    < text       is typed to the program in front
    ^C or ^D     is a key
    [1]          the program in front ended with this status, not with 0
    any other    is what a program of this terminal prints next
"""

import re
import signal
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sybil import Document, Example, Region

from literate import ports, shell
from literate.failures import Failure, NotRun, quoted
from literate.notation import correction, line_for, lines_of
from literate.page import Page, first_line, page_of
from literate.programs import Machine, Program
from literate.reading import regions
from literate.recording import keep_right

TIMEOUT = 20.0
"""Seconds that a step may take, unless the block says `:timeout:`."""

BY_INTERRUPT = 128 + signal.SIGINT
"""The status of a program that Ctrl-C has ended, as a shell counts it."""


class Mismatch(Exception):
    """What happens in a terminal is not what its page says, on *line*.

    Without a line it is the one that the terminal follows.
    """

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class Terminal:
    """One terminal of a page: a program in front, and jobs behind it."""

    def __init__(self, name: str, machine: Machine) -> None:
        self.name = name
        self.machine = machine
        self.timeout = TIMEOUT
        self.line = 0
        self.begun: str | None = None
        self.front: Program | None = None
        self.interrupted = False
        self.jobs: list[Program] = []
        self.session = shell.Session(
            machine.directory,
            machine.environment,
            machine.directory / f".state-{id(self)}",
        )

    def follow(self, line: str) -> None:
        """Do what *line* says. Raises Mismatch if things went otherwise."""
        if self.begun is not None:
            self.go_on(line)
        elif line == "$" or line.startswith("$ "):
            self.finish()
            self.begin(line[2:])
        elif line == "<" or line.startswith("< "):
            self.type(line[2:] + "\n")
        elif line.rstrip() == "^D":
            self.type("\x04")
        elif line.rstrip() == "^C":
            self.interrupt()
        elif is_status(line):
            self.running()
            self.finish(int(line.strip("[] ")))
        else:
            self.expect(line)

    def begin(self, command: str) -> None:
        """Run *command*, once it is whole."""
        self.begun = command if shell.goes_on(command) else None
        if self.begun is None:
            self.start(command)

    def go_on(self, line: str) -> None:
        if line != ">" and not line.startswith("> "):
            raise Mismatch(
                f"a shell asks for more after `{self.begun}`: write the rest "
                "as a line `> REST` below it"
            )
        self.begin(f"{self.begun}\n{line[2:]}")

    def start(self, command: str) -> None:
        if command.strip() == "fg":
            self.bring_to_front()
            return
        if fault := shell.fault(command):
            raise Mismatch(fault)
        self.await_server(command)
        try:
            program = self.machine.start(command, self.session)
        except OSError as error:
            raise Mismatch(f"`{command}` cannot start: {error}") from None
        program.line = self.line
        self.session.status = 0
        if shell.job_of(command) is None:
            self.front, self.interrupted = program, False
        else:
            self.jobs.append(program)

    def bring_to_front(self) -> None:
        if not self.jobs:
            raise Mismatch(f"terminal {self.name!r} has no job for `fg`")
        job = self.jobs.pop()
        self.machine.until(job.waits, self.timeout)
        if job.ended():
            raise Mismatch(
                f"`{job.name}` has ended before `fg`, with status "
                f"{job.status()}: run it without `&`"
            )
        self.settle()
        job.printed.append((shell.job_of(job.command) or "").strip())
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
                f"expected a program that listens on port {port}, got none "
                f"for {self.timeout:g} s (programs in Python tell that they "
                "listen, and no others): if none should, run this command "
                "before the others"
            )

    def type(self, text: str) -> None:
        """Type *text* to the program in front, when that seems to read."""
        program = self.running()
        self.machine.until(program.reads, self.timeout)
        if program.ended():
            raise self.is_over(program)
        self.settle()
        program.type(text)

    def interrupt(self) -> None:
        """Press Ctrl-C as people do: when the program seems to wait."""
        program = self.running()
        self.machine.until(program.waits, self.timeout)
        if program.ended():
            raise self.is_over(program)
        self.settle()
        self.interrupted = True
        program.send(signal.SIGINT)

    def is_over(self, program: Program) -> Mismatch:
        return Mismatch(
            f"`{program.name}` has ended, and no key reaches it: take the "
            "line away, or, if that was printed, write `\\ ` before it"
        )

    def settle(self) -> None:
        """End what `...` stands for: what is typed now comes after it."""
        for program in self.programs():
            if program.expects_any():
                self.machine.until(self.said_all(program), self.timeout)
            program.forget()

    def said_all(self, program: Program) -> Callable[[], bool]:
        return lambda: program.waits() and not self.machine.read(0)

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
            raise Mismatch(f"{self.nothing_runs()}{prompt_advice(line)}")

        def settled() -> bool:
            return self.prints(line) or all(
                program.closed or program.differs() for program in programs
            )

        self.machine.until(settled, self.timeout)
        for program in programs:
            if program.prints(line):
                program.claim(line)
                return
        raise Mismatch(f"expected {line!r}, got {self.got(line, programs)}")

    def prints(self, line: str) -> bool:
        """Whether a program of this terminal has *line* next."""
        return any(program.prints(line) for program in self.programs())

    def got(self, line: str, programs: list[Program]) -> str:
        for program in programs:
            if rest := program.rest():
                said = quoted(rest, 0) + correction(line, rest[0], is_special)
                return said + program.about_ports()
        if all(program.closed for program in programs):
            return f"nothing: `{programs[0].name}` ended" + prompt_advice(line)
        return f"nothing for {self.timeout:g} s" + "".join(
            program.unended() for program in programs
        )

    def finish(self, status: int | None = None) -> None:
        """Await the end of the program in front, which said all it should."""
        if (program := self.front) is None:
            return
        if not self.machine.until(program.ended, self.timeout):
            nothing_more(program)
            raise Mismatch(
                f"`{program.name}` still runs after {self.timeout:g} s: "
                + self.how_to_end()
            )
        self.machine.end(program)
        self.front = None
        self.end(program, status)
        self.session.status = program.status()
        try:
            self.session.keep(program.command)
        except ValueError as error:
            raise Mismatch(str(error), program.line) from None

    def how_to_end(self) -> str:
        if self.interrupted:
            return (
                "`^C` does not end it, so type what does, or start it with "
                "`&`, and the end of the page ends it"
            )
        return "end it with a line `^C` or `^D`"

    def end(self, program: Program, status: int | None) -> None:
        """Check that *program*, which ended, said all and has *status*.

        Where the page says none, 0 is right, and after Ctrl-C what that does.
        """
        nothing_more(program)
        code = program.status()
        if code == status or (status is None and self.is_usual(code)):
            return
        if self.interrupted:
            how = f"ended after `^C` with status {code}"
        else:
            how = f"ended by itself with status {code}"
        raise Mismatch(
            f"`{program.name}` {how}: if it should, write a line "
            f"`[{code}]` after its output"
        )

    def is_usual(self, code: int) -> bool:
        """Whether a page need not say that a program ended with *code*."""
        return code == 0 or (self.interrupted and code == BY_INTERRUPT)

    def finish_jobs(self) -> None:
        """End the jobs. None may have failed before."""
        for job in self.jobs:
            self.machine.until(job.waits, self.timeout)
            if job.ended() and (code := job.status()):
                raise Mismatch(
                    f"`{job.name}` ended by itself with status {code}: if "
                    f"it should, run it without `&`, and write a line "
                    f"`[{code}]` after its output",
                    job.line,
                )
        self.machine.end(*self.jobs)
        for job in self.jobs:
            nothing_more(job)
        self.jobs.clear()


PROMPT = re.compile(r"(?!>>>)(?:\(\S+\) )?(?:\S*[$#%>]|[A-Z]:\\.*>) ?(\w.*)")


def prompt_advice(line: str) -> str:
    """What to write where *line* is a command after some other prompt."""
    if found := PROMPT.fullmatch(line):
        return f"; if you type that, write `$ {found[1]}`"
    if re.fullmatch(r"\^[A-Z\\[\]]", line):
        return "; the keys are ^C and ^D"
    return ""


def is_input(line: str) -> bool:
    """Whether *line* is typed: a command, a text or a key."""
    return line.startswith(("$ ", "< ")) or line in ("$", "<", "^C", "^D")


def is_status(line: str) -> bool:
    """Whether *line* says with which status a program ended."""
    return re.fullmatch(r"\[\d+\] *", line) is not None


def is_special(line: str) -> bool:
    """Whether *line* would be something else than what a program prints."""
    return is_input(line.rstrip()) or is_input(line) or is_status(line)


def nothing_more(program: Program) -> None:
    """Raise Mismatch if *program* has said what no line claims."""
    if rest := program.rest():
        raise Mismatch(
            f"expected nothing more of `{program.name}`, "
            f"got {quoted(rest, 0)}{correction('', rest[0], is_special)}"
        )


QUIET = 1.0
"""Seconds without a word after which a recording takes a program as done."""


class RecordingTerminal(Terminal):
    """A terminal that notes in `recorded` what its lines should have been."""

    def __init__(self, name: str, machine: Machine) -> None:
        super().__init__(name, machine)
        self.recorded: list[str] = []

    def follow(self, line: str) -> None:
        if is_input(line) or self.begun is not None:
            if self.begun is None:
                self.take_rest()
            super().follow(line)
            self.recorded.append(line)
            return
        try:
            super().follow(line)
        except Mismatch:
            return
        if not is_status(line):
            self.recorded.append(line)

    def take_recorded(self) -> list[str]:
        """What the block's lines should be. The next block begins anew."""
        last = "".join(self.recorded[-1:])
        if self.front and last.startswith(("$ ", "> ")):
            self.await_word(self.front)
        self.take_rest()
        if self.front and self.front.ended():
            self.finish()
        recorded, self.recorded = self.recorded, []
        return recorded

    def await_word(self, program: Program) -> None:
        """Give a command that ends a block the time that it may take."""
        self.machine.until(
            lambda: program.printed != [] or program.ended(), self.timeout
        )

    def take_rest(self) -> None:
        """Record what has come and no line has claimed."""
        programs = self.programs()
        while programs and self.machine.until(
            lambda: any(program.rest() for program in programs), QUIET
        ):
            for program in programs:
                self.take(program)

    def take(self, program: Program) -> None:
        self.recorded += [line_for(one, is_special) for one in program.rest()]
        program.printed = program.printed[: -len(program.rest()) or None]

    def end(self, program: Program, status: int | None) -> None:
        """Record the status of *program*, if that has to be said."""
        self.take(program)
        code = program.status()
        if code == status or not self.is_usual(code):
            self.recorded.append(f"[{code}]")


class Block(NamedTuple):
    """One ``terminal`` block: is it the last of its terminal, of its page?"""

    name: str
    last_of_terminal: bool
    last_of_page: bool


def parse_terminals(page: Document) -> Iterable[Region]:
    """Find each ``terminal``."""
    found = [
        one
        for one in regions(page, {"terminal"})
        if "not-run" not in one.lexemes["options"]
    ]
    names = [one.lexemes["arguments"] for one in found]
    for index, (name, region) in enumerate(zip(names, found, strict=True)):
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
        source = lines_of(example.region.lexemes["source"].rstrip())
        start = first_line(page, example.region)
        for number, text in enumerate(source, start):
            line = terminal.line = number
            terminal.follow(text)
        if terminal.begun is not None:
            terminal.go_on("")
        if block.last_of_terminal:
            terminal.finish()
        if page.recording and isinstance(terminal, RecordingTerminal):
            new = keep_right(source, terminal.take_recorded())
            page.recording.note(start, source, new)
        if block.last_of_page:
            for terminal in page.terminals.values():
                terminal.finish_jobs()
    except Mismatch as mismatch:
        line = mismatch.line or line
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
