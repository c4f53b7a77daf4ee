"""A page as Sybil sees it: blocks that run in order and share their state."""

import contextlib
import gc
import os
import tempfile
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sybil import Document, Example, Region
from sybil.typing import Evaluator

from literate import ports
from literate.failures import Failure, compare, matches, raised
from literate.limits import Overtime
from literate.private import line_offset
from literate.programs import Machine
from literate.recording import Edit, difference, edited, keep_dots, replace

if TYPE_CHECKING:
    from literate.terminals import Terminal


class Page(Document):
    """One page: its namespace, its directory and its terminals.

    A block never runs before those that stand above it: choose one block
    alone, and the page runs down to it. `around` has, for the directives of a
    project, what the snippets in their content run in.
    """

    around: ClassVar[dict[str, Callable[[], AbstractContextManager[Any]]]] = {}
    own_netcat: ClassVar[bool] = False
    pythonpath: ClassVar[list[Path]] = []
    recording: ClassVar[bool] = False
    root: ClassVar[Path] = Path()

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        self.name = os.path.relpath(path, self.root)
        self.namespace["__name__"] = "__main__"
        self.modules: set[str] = set()
        self.ran: set[int] = set()
        self.terminals: dict[str, Terminal] = {}
        self.broken: str | None = None
        self.edits: list[Edit] = []
        self.unrecorded: list[str] = []
        self.failed = False
        self.resources = contextlib.ExitStack()

    def evaluate(self, example: Example, evaluator: Evaluator) -> None:
        """Run the blocks down to *example* that have not run yet.

        Raises Failure at the first that does not hold.
        """
        ports.follow(self.mapping)
        for block in self.examples():
            if block.start <= example.start and block.start not in self.ran:
                self.ran.add(block.start)
                self.run(block)

    def compare(self, line: int, expected: str, got: str) -> None:
        """Hold what a block printed against the text from *line* on.

        Raises Failure if they differ; when recording, notes the edit.
        """
        if not self.recording:
            compare(self.name, line, expected, got)
        elif not matches(expected, got):
            self.record(line, expected.splitlines(), got.splitlines())

    def record(self, line: int, old: list[str], got: list[str]) -> None:
        """Note that the lines *old*, from *line* on, should be as *got*."""
        if old != (new := keep_dots(old, got)):
            indent = self.indent(line if old else line - 1)
            lines = [indent + one for one in new]
            self.edits.append(Edit(line, len(old), lines))

    def indent(self, line: int) -> str:
        text = self.text.split("\n")[line - 1]
        return text[: len(text) - len(text.lstrip())]

    def run(self, block: Example) -> None:
        assert block.region.evaluator
        try:
            block.region.evaluator(block)
        except (Exception, SystemExit, Overtime) as error:
            self.failed = True
            if isinstance(error, Failure):
                raise
            raise raised(self.name, block.line, error) from None

    @cached_property
    def directory(self) -> Path:
        """Where the page's terminals work: a new one, gone at its end."""
        temporary = tempfile.TemporaryDirectory(
            prefix="page-", ignore_cleanup_errors=True
        )
        return Path(self.resources.enter_context(temporary))

    @cached_property
    def mapping(self) -> ports.Mapping:
        """A free port for each that the page's commands name."""
        lines = map(str.lstrip, self.text.splitlines())
        commands = [line for line in lines if line.startswith("$ ")]
        pairs = []
        for port in ports.named_in("\n".join(commands)):
            free, lock = ports.reserve()
            self.resources.enter_context(lock)
            pairs.append((port, free))
        return ports.Mapping(pairs)

    @cached_property
    def machine(self) -> Machine:
        """What the page's programs run on; its end takes them down."""
        machine = Machine(
            self.directory, self.mapping, self.own_netcat, self.pythonpath
        )
        return self.resources.enter_context(contextlib.closing(machine))

    def write(self) -> str:
        """Rewrite the page as its recorded edits say; return the difference.

        A page that has changed on disk since it was read is left alone.
        """
        path = Path(self.path)
        text = edited(self.text, self.edits)
        if text == self.text or path.read_text("utf-8") != self.text:
            return ""
        replace(path, text)
        return difference(self.name, self.text, text)

    def close(self) -> None:
        """End what the page began: its processes, then its directory.

        What a block that failed has left open goes here, without a word: the
        next page would be blamed for it.
        """
        self.resources.close()
        ports.follow(ports.Mapping())
        if self.failed:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", ResourceWarning)
                gc.collect()


def first_line(page: Document, directive: Region) -> int:
    """The line of *page* on which the content of *directive* begins."""
    return line_of(page, directive.start) + line_offset(directive) + 1


def line_of(page: Document, position: int) -> int:
    return page.text.count("\n", 0, position) + 1


def page_of(block: Example) -> Page:
    assert isinstance(block.document, Page)
    return block.document
