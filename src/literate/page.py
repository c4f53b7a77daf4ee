"""A page as Sybil sees it: blocks that run in order and share their state."""

import gc
import os
import warnings
from collections.abc import Callable
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sybil import Document, Example, Region
from sybil.typing import Evaluator

from literate import ports
from literate.failures import Failure, NotRun, Stops, compare, raised
from literate.limits import Overtime, TimeLimit
from literate.private import line_offset
from literate.recording import Recording
from literate.sources import Code
from literate.stay import Stay
from literate.workplace import Workplace

if TYPE_CHECKING:
    from literate.terminals import Terminal


@dataclass
class Settings:
    """What holds for all pages of a run.

    Pages are named as they are seen from the folder *root*. If *records*, they
    note what blocks print. *around* has, for the directives of a project, what
    the snippets in their content run in. The others are a workplace's.
    """

    root: Path = Path()
    folder: Path | None = None
    records: bool = False
    around: dict[str, Callable[[], AbstractContextManager[Any]]] = field(
        default_factory=dict
    )
    own_netcat: bool = False
    pythonpath: list[Path] = field(default_factory=list)


class Page(Document):
    """One page: its namespace, its workplace and its terminals.

    A block never runs before those that stand above it: choose one block
    alone, and the page runs down to it.
    """

    settings: ClassVar = Settings()

    @classmethod
    def of(cls, settings: Settings) -> type["Page"]:
        """The class of pages for which *settings* hold: Sybil makes them."""
        return type(cls.__name__, (cls,), {"settings": settings})

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        settings = self.settings
        self.name = os.path.relpath(path, settings.root)
        self.modules: set[str] = set()
        self.ran: set[int] = set()
        self.terminals: dict[str, Terminal] = {}
        self.broken: str | None = None
        self.stopped: str | None = None
        self.unrecorded: list[str] = []
        self.failed = False
        self.recording = Recording(text) if settings.records else None
        self.workplace = Workplace(
            text, settings.folder, settings.own_netcat, settings.pythonpath
        )
        self.code = Code(self.name, lambda: self.workplace.directory)
        self.namespace = vars(self.code.module)
        self.stay: Stay | None = None

    def evaluate(self, example: Example, evaluator: Evaluator) -> None:
        """Run the blocks down to *example* that have not run yet.

        Raises Failure at the first that does not hold, and NotRun from then on
        if that was not run to its end.
        """
        ports.follow(self.workplace.mapping)
        for block in self.examples():
            if block.start <= example.start and block.start not in self.ran:
                if self.stopped:
                    raise NotRun(self.name, block.line, self.stopped)
                self.ran.add(block.start)
                self.run(block)

    def compare(self, line: int, expected: str, got: str) -> None:
        """Hold what a block printed against the text from *line* on.

        Raises Failure if they differ; when recording, notes the edit.
        """
        if self.recording:
            self.recording.compare(line, expected, got)
        else:
            compare(self.name, line, expected, got)

    def begin(self) -> Stay:
        """The page's stay in this process, which begins with the first block.

        It ends when the programs have ended, and before their folder goes.
        """
        if self.stay is None:
            self.stay = Stay(self.text, self.code)
            self.workplace.resources.callback(self.stay.end)
        return self.stay

    def run(self, block: Example) -> None:
        assert block.region.evaluator
        stay = self.begin()
        stay.line = block.line
        try:
            try:
                block.region.evaluator(block)
            finally:
                stay.leave_block()
            if fault := stay.exits.fault():
                raise Failure(self.name, *fault)
        except (Exception, SystemExit, Overtime) as error:
            self.failed, stay.exits.error = True, None
            failure = error
            if not isinstance(error, Failure):
                failure = raised(self.name, block.line, error)
            if isinstance(failure, Stops):
                self.stopped = failure.place
            raise failure from None

    def close(self) -> None:
        """End what the page began, and put back what it changed.

        Raises Failure if it leaves what it should have ended, or if something
        cannot be put back.
        """
        stay, self.stay = self.stay, None
        line = line_of(self, self.end)
        try:
            with TimeLimit(self.name, line):
                self.workplace.close()
                if self.failed or (stay and stay.faults):
                    self.let_go()
        except Overtime as error:
            raise raised(self.name, line, error) from None
        finally:
            ports.follow(ports.Mapping())
        if stay and stay.faults:
            raise Failure.of(self.name, stay.faults)

    def let_go(self) -> None:
        """Let go what a block that failed has left open, without a word.

        The next page would be blamed for it.
        """
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ResourceWarning)
            self.namespace.clear()
            gc.collect()


def first_line(page: Document, directive: Region) -> int:
    """The line of *page* on which the content of *directive* begins."""
    return line_of(page, directive.start) + line_offset(directive) + 1


def line_of(page: Document, position: int) -> int:
    return page.text.count("\n", 0, position) + 1


def page_of(block: Example) -> Page:
    assert isinstance(block.document, Page)
    return block.document
