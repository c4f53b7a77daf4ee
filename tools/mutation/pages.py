"""Mutants of a page: a line that a block expects ends in another letter."""

import re
from collections.abc import Iterator
from doctest import Example as Doctest
from itertools import zip_longest
from pathlib import Path

from sybil import Example, Region

from literate.blocks import PARSERS
from literate.outputs import RELEASE, releases_of
from literate.page import Page, first_line, line_of, page_of
from literate.terminals import Block, is_input
from mutation import Mutant


def snippet_groups(path: Path) -> Iterator[list[Mutant]]:
    """Mutants of the snippets of the page *path*: in a group, one of each."""
    mutants = [
        list(spoilt_lines(block))
        for block in blocks_of(path)
        if not isinstance(block.parsed, Block)
    ]
    for group in zip_longest(*mutants):
        yield [mutant for mutant in group if mutant]


def terminal_lines(path: Path) -> list[Mutant]:
    """Mutants of the terminals of the page *path*."""
    return [
        mutant
        for block in blocks_of(path)
        if isinstance(block.parsed, Block)
        for mutant in spoilt_lines(block)
    ]


def blocks_of(path: Path) -> Iterator[Example]:
    yield from Page.parse(str(path), *PARSERS).examples()


def spoilt_lines(block: Example) -> Iterator[Mutant]:
    """A mutant for each line that *block* expects, but for lines of dots."""
    page = page_of(block)
    lines = page.text.split("\n")
    expected = expected_lines(page, block)
    for number in expected:
        line = lines[number - 1]
        if line.strip(" .") and not is_input(line.strip()):
            yield Mutant(
                page.path,
                number,
                [line],
                [spoilt(line)],
                block=block.line,
            )


def expected_lines(page: Page, block: Example) -> range:
    """The lines of *page* that hold what *block* expects."""
    match block.parsed:
        case Doctest(want=want):
            end = line_of(page, block.end) + 1
            return range(end - want.count("\n"), end)
        case Block():
            return content(page, block.region)
        case [*outputs]:
            for output in outputs:
                releases = releases_of(output)
                if RELEASE in releases or not releases:
                    return content(page, output)
    return range(0)


def content(page: Page, directive: Region) -> range:
    first = first_line(page, directive)
    lines = directive.lexemes["source"].rstrip().count("\n") + 1
    return range(first, first + lines)


def spoilt(line: str) -> str:
    """*line* with its last letter or digit changed."""
    return re.sub(
        r"\w?(?=\W*$)",
        lambda last: "1" if last[0] == "0" else "0",
        line,
        count=1,
    )
