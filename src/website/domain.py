"""What the build knows of each page; Sphinx keeps it from build to build."""

import os
from collections import Counter, defaultdict
from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from pathlib import Path
from typing import Any, ClassVar, NamedTuple

from docutils import nodes
from sphinx import addnodes
from sphinx.domains import Domain
from sphinx.environment import BuildEnvironment
from sybil import Document

from literate.blocks import PARSERS, count
from literate.terminals import is_input
from literate.weaving import Shown, named, record
from website.graph import FOLDER, Graph, graph, reduced
from website.names import Place, asyncio_names, names

WORDS = 250
"""How many words of prose a reader reads in a minute."""

LINES = 60
"""How many lines of code, or of what it prints."""


class Later(nodes.General, nodes.Element):
    """Where something goes that is known when all pages are read."""


class Provoked(nodes.General, nodes.Element):
    """Where it goes which sections print a message of asyncio's."""


class Entry(NamedTuple):
    """A message that a page explains, and in which line of the page."""

    message: str
    line: int
    is_asyncio: bool


class Facts(NamedTuple):
    """Of one page: its blocks by kind, and where each of them stands.

    *tells* has what it tells of all pages, and the anchors of that; *prints*
    has what its blocks print, by the anchors of the sections.
    """

    minutes: int
    blocks: Counter[str]
    anchors: dict[int | None, str]
    tells: dict[str, str]
    prints: dict[str, str]
    entries: list[Entry]


class Target(NamedTuple):
    """A page, and the section of it in which something is."""

    page: str
    anchor: str


class Website(Domain):
    """The facts of all pages, and the names that the search finds."""

    name = "website"
    label = "Rebuilt"
    initial_data: ClassVar = {"pages": {}}

    @property
    def pages(self) -> dict[str, Facts]:
        pages: dict[str, Facts] = self.data["pages"]
        return pages

    def process_doc(
        self, env: BuildEnvironment, docname: str, document: nodes.document
    ) -> None:
        self.pages[docname] = Facts(
            minutes(document),
            blocks(env.doc2path(docname)),
            anchors(document),
            {
                mark["kind"]: anchor_of(mark)
                for mark in document.findall(Later)
            },
            prints(document),
            [
                Entry(
                    mark["message"], mark.line or 0, "interpreter" not in mark
                )
                for mark in document.findall(Provoked)
            ],
        )

    def clear_doc(self, docname: str) -> None:
        self.pages.pop(docname, None)

    def merge_domaindata(
        self, docnames: AbstractSet[str], otherdata: dict[str, Any]
    ) -> None:
        for page in docnames & otherdata["pages"].keys():
            self.pages[page] = otherdata["pages"][page]

    def named(self) -> Iterator[tuple[str, Target]]:
        """Each name of ``behind`` and of asyncio, and where it is told."""
        found: dict[str, Place | None] = {
            f"behind.{name}": place for name, place in names().items()
        }
        for file in asyncio_names().values():
            for name, known in file.items():
                found[f"asyncio.{name}"] = known.place
        for name, place in found.items():
            target = self.target(place) if place else self.teller("names")
            if target:
                yield name, target

    def teller(self, kind: str) -> Target | None:
        """The page that tells *kind* of all pages, if one does."""
        for page, facts in self.pages.items():
            if anchor := facts.tells.get(kind):
                return Target(page, anchor)
        return None

    def shown(self) -> Iterator[tuple[str, str, Shown]]:
        """Each block that shows code of ``behind``: page, module, block."""
        folder = named(self.env, FOLDER)
        for page, blocks in record(self.env).items():
            for block in blocks:
                parent, name = os.path.split(block.path)
                if parent == folder and not block.again:
                    yield page, name.removesuffix(".py"), block

    def target(self, place: Place) -> Target | None:
        """Which page shows *place*, if one does."""
        for page, module, block in self.shown():
            lines = range(block.first, block.last + 1)
            if module == place.module and place.line in lines:
                line = int(block.place.rpartition(":")[2])
                return Target(page, self.pages[page].anchors[line])
        return None

    def page_of(self) -> dict[str, str]:
        """For each module of ``behind`` the page that shows most of it."""
        lines: defaultdict[str, Counter[str]] = defaultdict(Counter)
        for page, module, block in self.shown():
            lines[module][page] += block.last - block.first + 1
        return {
            module: max(pages, key=pages.__getitem__)
            for module, pages in lines.items()
        }

    def stands_on(self) -> Graph:
        """For each page with a part of its own those whose parts it has."""
        page_of = self.page_of()
        pages: Graph = {page: set() for page in page_of.values()}
        for module, others in graph().items():
            if page := page_of.get(module):
                shown = others & page_of.keys()
                pages[page] |= {page_of[one] for one in shown} - {page}
        return reduced(pages)

    def groups(self) -> dict[str, list[str]]:
        """The pages under each caption of the front page, in their order."""
        front = self.env.get_doctree(self.env.config.root_doc)
        return {
            tree["caption"]: tree["includefiles"]
            for tree in front.findall(addnodes.toctree)
        }


def minutes(document: nodes.document) -> int:
    """How long a page takes: its prose, and the code that it shows."""
    shown = (nodes.literal_block, nodes.doctest_block)
    lines = words = 0
    for node in document.findall(nodes.TextElement):
        if isinstance(node, shown):
            lines += node.astext().count("\n") + 1
        elif isinstance(node, nodes.paragraph | nodes.title | nodes.term):
            words += len(node.astext().split())
    return max(1, round(words / WORDS + lines / LINES))


def blocks(path: Path) -> Counter[str]:
    """How many blocks of each kind run on a page, and outputs of them."""
    found: Counter[str] = Counter()
    for example in Document.parse(str(path), *PARSERS).examples():
        kind, outputs = count(example)
        found += Counter({kind: 1, "outputs compared": outputs})
    return found


def anchors(document: nodes.document) -> dict[int | None, str]:
    """For each block, by the line of its directive, its section's anchor."""
    return {
        block.line: anchor_of(block)
        for block in document.findall(nodes.literal_block)
    }


def prints(document: nodes.document) -> dict[str, str]:
    """What the blocks of each section print, by its anchor."""
    found: defaultdict[str, str] = defaultdict(str)
    for block in document.findall(nodes.FixedTextElement):
        found[anchor_of(block)] += printed(block)
    return {anchor: text for anchor, text in found.items() if text}


def printed(block: nodes.Element) -> str:
    """What *block* prints, without what it runs or is typed."""
    lines = block.astext().splitlines(keepends=True)
    language = block.get("language")
    if isinstance(block, nodes.doctest_block):
        lines = [one for one in lines if not one.startswith((">>>", "..."))]
    elif language == "terminal":
        lines = [one for one in lines if not is_input(one)]
    elif language != "text":
        lines = []
    return "".join([*lines, "\n"] if lines else lines)


def anchor_of(node: nodes.Node) -> str:
    """The anchor of the section that *node* is in."""
    while not isinstance(node, nodes.section):
        node = node.parent
    return str(node["ids"][0])


def website(env: BuildEnvironment) -> Website:
    """The domain of this site, in the environment of a build."""
    domain = env.get_domain("website")
    assert isinstance(domain, Website)
    return domain
