"""Every literal block that a reader sees is one that runs, and the reverse.

Sphinx and Sybil read a page each in its own way. Here the build compares
what both have found, and warns of a block that only one of them knows.
"""

from collections.abc import Iterator

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util import logging
from sybil import Document

from literate.blocks import PARSERS
from literate.page import line_of
from literate.weaving import named

logger = logging.getLogger(__name__)


def audit(app: Sphinx, doctree: nodes.document) -> None:
    path = app.env.doc2path(app.env.docname)
    parsers = PARSERS if path.suffix == ".rst" else ()  # pytest runs no others
    page = Document.parse(str(path), *parsers)
    name = named(app.env, path)
    for line, fault in faults(doctree, page):
        logger.warning(fault, location=f"{name}:{line}")


def faults(
    doctree: nodes.document, page: Document
) -> Iterator[tuple[int, str]]:
    """The line and the fault of each block that is seen or run alone."""
    seen, run = set(seen_blocks(doctree)), set(run_blocks(page))
    for line in sorted(seen - run):
        yield (
            line,
            "this block is neither run nor compared: write `.. code-block:: "
            "python`, `.. output::`, `.. terminal:: NAME` or a doctest",
        )
    for line in sorted(run - seen):
        yield line, "this block runs, but no reader sees it"


def seen_blocks(doctree: nodes.document) -> Iterator[int]:
    """The line of each literal block's directive, and of each prompt."""
    for block in doctree.findall(nodes.literal_block):
        if not isinstance(block.parent, nodes.system_message):
            assert block.line
            yield block.line
    for session in doctree.findall(nodes.doctest_block):
        assert session.line
        lines = session.astext().splitlines()
        for line, text in enumerate(lines, session.line):
            if text.startswith(">>>"):
                yield line


def run_blocks(page: Document) -> Iterator[int]:
    """The line of each example, and of each output that is compared."""
    for example in page.examples():
        yield example.line
        if isinstance(example.parsed, list):  # a snippet's outputs
            for output in example.parsed:
                yield line_of(page, output.start)


def setup(app: Sphinx) -> None:
    app.connect("doctree-read", audit)
