"""Every literal block that a reader sees is one that runs, and the reverse.

Sphinx and pytest read a page each in its own way. Here the build compares what
both have found, file by file, and warns of a block that only one of them
knows, or that neither can run.
"""

import contextlib
import os
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.errors import ConfigError

from literate.blocks import (
    PARSERS,
    evaluate_part,
    is_text,
    part_of,
    pass_over,
)
from literate.page import Page, line_of, misread
from literate.project import Project, Wrong, project_of
from literate.reading import find, regions
from literate.snippets import refuse
from literate.weaving import named, warn

UNRUN = (
    "this block is neither run nor compared: write `.. code-block:: python`, "
    "`.. output::`, `.. terminal:: NAME` or a doctest"
)
UNSEEN = "this block runs, but no reader sees it"
DOCSTRING = (
    "pytest --sybil does not run the block of this docstring: show it on a "
    'page, or say `not-run = ["docstring"]` in [tool.literate]'
)


SILENT = (refuse, pass_over)
"""Evaluators of blocks that do not run, wherever they are seen."""


class Place(NamedTuple):
    """A file, by its real path, and a line of it."""

    file: str
    line: int


class Fault(NamedTuple):
    """What is wrong with the block at *place*, and the warning's subtype."""

    place: Place
    subtype: str
    text: str


def audit(app: Sphinx, doctree: nodes.document) -> None:
    """Warn of each block of a page that is only seen, or only run."""
    path = Path(app.env.doc2path(app.env.docname))
    try:
        project = project_of(path.parent)
    except Wrong as error:
        raise ConfigError(str(error)) from None
    if project.file:
        app.env.note_dependency(str(project.file))
    page = Page("", str(path))
    if path.suffix == ".rst":  # pytest runs no others
        page = Page.parse(str(path), *PARSERS)
    for fault in faults(doctree, page, project):
        file, line = fault.place
        warn(fault.text, f"{named(app.env, file)}:{line}", fault.subtype)


def faults(
    doctree: nodes.document, page: Page, project: Project
) -> Iterator[Fault]:
    """What is wrong with each block that is seen or run alone, or not at all."""
    pages = list(with_parts(page))
    known = [span for one in pages for span in spans(one)]
    unseen = {place for one in pages for place in runs(one)}
    for kind, seen in dict.fromkeys(seen_blocks(doctree, page)):
        here = [span for span in known if span.has(seen)]
        unseen.difference_update(*(span.runs for span in here))
        if not any(span.runs for span in here) and kind not in project.not_run:
            text = DOCSTRING if kind == "docstring" else UNRUN
            yield Fault(seen, "not-run", text)
    for one in pages:
        file = os.path.realpath(one.path)
        for block in one.examples():
            place = Place(file, block.line)
            if block.region.evaluator in SILENT:
                unseen.discard(place)
            if block.region.evaluator is refuse:
                yield Fault(place, "not-run", block.region.lexemes["fault"])
    for place in sorted(unseen):
        yield Fault(place, "unseen", UNSEEN)


class Span(NamedTuple):
    """The lines of a block, as docutils counts them, and what *runs* there."""

    file: str
    lines: range
    runs: list[Place]

    def has(self, place: Place) -> bool:
        return self.file == place.file and place.line in self.lines


def spans(page: Page) -> Iterator[Span]:
    """Each block that is found on *page*."""
    file, places = os.path.realpath(page.path), list(runs(page))
    for found in find(page.text):
        lines = range(found.first, found.last + 1)
        here = [place for place in places if place.line in lines]
        if found.name == "include" and is_text(found.region()):
            text = os.path.realpath(page.file(found.arguments))
            yield Span(text, range(1, sys.maxsize), here)
        above = page.above
        yield Span(
            file, range(found.first - above, found.last - above + 1), here
        )


def runs(page: Page) -> Iterator[Place]:
    """Where each block begins, and each output that is compared."""
    file = os.path.realpath(page.path)
    for example in page.examples():
        if example.region.evaluator is not evaluate_part:
            yield Place(file, example.line)
        if isinstance(example.parsed, list):  # a snippet's outputs
            for output in example.parsed:
                yield Place(file, line_of(page, output.start))


def with_parts(page: Page) -> Iterator[Page]:
    """*page*, and all that it includes; what is not there pytest reports."""
    yield page
    for region in regions(page, {"include"}):
        with contextlib.suppress(LookupError, OSError, ValueError):
            if not is_text(region) and (part := part_of(page, region)):
                yield from with_parts(part)


def seen_blocks(
    doctree: nodes.document, page: Page
) -> Iterator[tuple[str, Place]]:
    """The kind and the place of each block that readers see.

    One that a directive has made is none if it does not stand on the page:
    what a program says of itself is not typed by anybody.
    """
    for block in literal_blocks(doctree):
        is_session = isinstance(block, nodes.doctest_block)
        kind = ">>>" if is_session else block.get("language", "::")
        source, colon, _ = (block.source or "").partition(":docstring of ")
        if colon:
            yield "docstring", Place(block.source or "", block.line or 1)
        elif block.line:
            file = page.path if source[:1] in ("", "<") else source
            yield kind, Place(os.path.realpath(file), block.line)
        elif line := typed_line(block.astext(), page):
            yield kind, Place(os.path.realpath(page.path), line)


def literal_blocks(doctree: nodes.document) -> Iterator[nodes.Element]:
    """The blocks of *doctree*, but for quotations in warnings of docutils."""
    for block in doctree.findall(nodes.FixedTextElement):
        shows = isinstance(block, nodes.literal_block | nodes.doctest_block)
        if shows and not isinstance(block.parent, nodes.system_message):
            yield block


def typed_line(text: str, page: Page) -> int:
    """On which line of *page* the block with this *text* is typed, or 0."""
    [first, *_] = text.strip().splitlines() or [""]
    lines = [line.strip() for line in page.text.split("\n")]
    return lines.index(first) + 1 if first in lines else 0


def leave_misread(
    app: Sphinx, env: BuildEnvironment, docnames: list[str]
) -> None:
    """Leave out the pages at which Sphinx would end: those not in UTF-8."""
    for docname in docnames[:]:
        path = env.doc2path(docname)
        try:
            path.read_text(app.config.source_encoding)
        except UnicodeDecodeError as error:
            line, fault = misread(error)
            warn(fault, f"{named(env, path)}:{line}", "encoding")
            docnames.remove(docname)
            env.project.docnames.discard(docname)


def setup(app: Sphinx) -> None:
    app.connect("env-before-read-docs", leave_misread)
    app.connect("doctree-read", audit)
