"""A page as Sybil sees it: blocks that run in order and share their state."""

import gc
import os
import re
import warnings
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar

from sybil import Document, Example, Region
from sybil.typing import Evaluator, Parser

from literate import ports
from literate.failures import Failure, NotRun, Stops, compare, raised
from literate.limits import Overtime, TimeLimit
from literate.private import line_offset
from literate.reading import find
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

    @classmethod
    def parse(
        cls, path: str, *parsers: Parser, encoding: str = "utf-8"
    ) -> "Page":
        """The page in the file at *path*, with what *parsers* find on it.

        If that is not in UTF-8, the page has a block that says so.
        """
        content = Path(path).read_bytes()
        text = content.decode(encoding, errors="replace")
        page = cls("\n".join(re.split("\r\n?|\n", text)), path)
        for region in chain.from_iterable(parse(page) for parse in parsers):
            page.add(region)
        try:
            content.decode(encoding)
        except UnicodeDecodeError as error:
            page.refuse_encoding(error)
        return page

    def __init__(self, text: str, path: str) -> None:
        super().__init__(text, path)
        settings = self.settings
        self.home = Path(path).absolute().parent
        self.within: tuple[Path, ...] = (Path(path).absolute(),)
        self.parts: list[Page] = []
        self.above = 0
        self.found: list[Example] | None = None
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

    def add(self, region: Region) -> None:
        super().add(region)
        self.found = None

    def examples(self) -> Iterator[Example]:
        if self.found is None:
            self.found = list(super().examples())
        return iter(self.found)

    def part(self, path: Path, above: int, text: str, parse: Parser) -> "Page":
        """The page that stands in the file at *path*, as a part of this one.

        Its blocks are what *parse* finds in *text*, which has so many lines
        *above* it in the file. What they need of a page they share.
        """
        part = type(self)("\n" * above + text, str(path))
        part.above = above
        part.home, part.within = self.home, (*self.within, path)
        if part.recording:
            part.recording = Recording(path.read_text("utf-8"))
        part.code.join(self.code)
        for name in ("namespace", "modules", "terminals", "unrecorded"):
            setattr(part, name, getattr(self, name))
        part.workplace, part.stay = self.workplace, self.stay
        for region in parse(part):
            part.add(region)
        return part

    def refuse_encoding(self, error: UnicodeDecodeError) -> None:
        """Have a last block that says where the page is not in UTF-8."""
        line, fault = misread(error)

        def refuse(block: Example) -> None:
            raise Failure(self.name, line, fault)

        self.recording = None
        self.add(Region(self.end, self.end, evaluator=refuse))

    def file(self, name: str) -> Path:
        """The file that a directive calls *name*: seen from the page.

        With a slash in front it is seen from the folder of the sources. That
        is the one of ``conf.py`` or one below, as the build may say.
        """
        homes = [self.home, *self.home.parents]
        if not name.startswith("/"):
            return Path(os.path.normpath(homes[0] / name))
        root = self.settings.root.absolute()
        tops = [one for one in homes if (one / "conf.py").exists()] or [root]
        below = homes[: homes.index(tops[0]) + 1] if tops[0] in homes else []
        for home in reversed(below):
            if (path := home / name[1:]).exists():
                return Path(os.path.normpath(path))
        return tops[0] / name[1:]

    def has_terminals(self) -> bool:
        """Whether there may be some: here, or in what stands beside it."""
        names = {found.name for found in find(self.text)}
        return len(self.within) > 1 or bool(names & {"include", "terminal"})

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


def misread(error: UnicodeDecodeError) -> tuple[int, str]:
    """The line on which a page is not in UTF-8, and what to do."""
    line = error.object.count(b"\n", 0, error.start) + 1
    byte = error.object[error.start]
    return line, f"the byte {byte:#x} is not UTF-8: save the page in UTF-8"


def first_line(page: Document, directive: Region) -> int:
    """The line of *page* on which the content of *directive* begins."""
    return line_of(page, directive.start) + line_offset(directive) + 1


def line_of(page: Document, position: int) -> int:
    return page.text.count("\n", 0, position) + 1


def page_of(block: Example) -> Page:
    assert isinstance(block.document, Page)
    return block.document
