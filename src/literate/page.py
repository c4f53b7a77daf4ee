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
from literate.failures import Failure, compare, raised
from literate.limits import Overtime
from literate.private import line_offset
from literate.recording import Recording
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
        self.namespace["__name__"] = "__main__"
        self.modules: set[str] = set()
        self.ran: set[int] = set()
        self.terminals: dict[str, Terminal] = {}
        self.broken: str | None = None
        self.unrecorded: list[str] = []
        self.failed = False
        self.recording = Recording(text) if settings.records else None
        self.workplace = Workplace(
            text, settings.own_netcat, settings.pythonpath
        )

    def evaluate(self, example: Example, evaluator: Evaluator) -> None:
        """Run the blocks down to *example* that have not run yet.

        Raises Failure at the first that does not hold.
        """
        ports.follow(self.workplace.mapping)
        for block in self.examples():
            if block.start <= example.start and block.start not in self.ran:
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

    def run(self, block: Example) -> None:
        assert block.region.evaluator
        try:
            block.region.evaluator(block)
        except (Exception, SystemExit, Overtime) as error:
            self.failed = True
            if isinstance(error, Failure):
                raise
            raise raised(self.name, block.line, error) from None

    def close(self) -> None:
        """End what the page began: its processes, then its directory.

        What a block that failed has left open goes here, without a word: the
        next page would be blamed for it.
        """
        self.workplace.close()
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
