"""The blocks of a page that run."""

import doctest
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any

from sybil import Document, Example, Region

from literate.failures import Stops
from literate.page import Page, page_of
from literate.project import project_of
from literate.reading import find, regions
from literate.snippets import (
    evaluate_doctest,
    evaluate_include,
    evaluate_snippet,
    leave,
    parse_doctests,
    parse_includes,
    parse_left,
    parse_snippets,
    refuse,
    settled,
)
from literate.terminals import (
    Block,
    evaluate_terminal,
    is_input,
    parse_terminals,
)


def parse(page: Document) -> Iterator[Region]:
    """Find each block of *page*, be it one that runs or one at fault."""
    left = project_of(Path(page.path).absolute().parent).not_run
    for region in chain(
        parse_includes(page),
        parse_snippets(page),
        parse_terminals(page),
        parse_doctests(page),
        parse_left(page),
        parse_parts(page),
        parse_faults(page),
    ):
        if region.lexemes["kind"] in left:
            region.evaluator = pass_over
        yield region


PARSERS = (parse,)


def parse_faults(page: Document) -> Iterator[Region]:
    """Find each block that is none as it is written, or that nothing runs."""
    for found in find(page.text):
        if found.fault:
            yield settled(found.region(), refuse, found.fault)


def pass_over(block: Example) -> None:
    """Leave a block of a kind that is not the project's to run."""


def parse_parts(page: Document) -> Iterator[Region]:
    """Find each ``include``."""
    for region in regions(page, {"include"}):
        yield settled(region, evaluate_part, TEXT if is_text(region) else "")


TEXT = "nothing runs what is included as text: write `.. literalinclude::`"


def is_text(include: Region) -> bool:
    """Whether *include* shows a file as a block of text."""
    return bool(include.lexemes["options"].keys() & {"literal", "code"})


def evaluate_part(block: Example) -> None:
    """Run the blocks of the file that the page includes, as its own.

    The file's name and its lines are what their failures begin with.
    """
    page = page_of(block)
    try:
        part = part_of(page, block.region)
    except (LookupError, OSError, ValueError) as error:
        raise Stops(page.name, block.line, str(error)) from None
    if part:
        page.parts.append(part)
        for one in part.examples():
            one.evaluate()


def part_of(page: Page, include: Region) -> Page | None:
    """What *include* puts on *page*; nothing if it comes with docutils.

    Raises OSError if there is no such file, LookupError if there is no such
    encoding, and ValueError if it includes itself or has not what the options
    choose.
    """
    name, options = include.lexemes["arguments"], include.lexemes["options"]
    if name.startswith("<") or "parser" in options:
        return None
    path = page.file(name)
    if path in page.within:
        raise ValueError(f"{name} includes itself")
    text = path.read_text(options.get("encoding", "utf-8"))
    above, text = chosen(text, options)
    return page.part(path, above, text, parse)


def chosen(text: str, options: dict[str, str]) -> tuple[int, str]:
    """What the *options* choose of *text*, and how many lines are above it.

    Raises ValueError if *text* has not what they name.
    """
    lines = text.split("\n")
    first = int(options.get("start-line") or 0)
    last = int(options.get("end-line") or len(lines))
    rest = "\n".join(lines[first:last])
    above = "\n".join(lines[:first])
    above += "\n" * bool(lines[:first])
    if mark := options.get("start-after"):
        before, found, rest = rest.partition(mark)
        if not found:
            raise ValueError(f"`:start-after:` finds no {mark!r}")
        above += before
    if mark := options.get("end-before"):
        rest, found, _ = rest.partition(mark)
        if not found:
            raise ValueError(f"`:end-before:` finds no {mark!r}")
    return above.count("\n"), rest


KINDS: dict[Any, str] = {
    evaluate_include: "modules shown",
    evaluate_snippet: "snippets",
    evaluate_doctest: "doctests",
    evaluate_terminal: "terminals",
    leave: "blocks marked not run",
}


def count(example: Example) -> tuple[str, int]:
    """What *example* is, and how many outputs of it are compared."""
    match example.parsed:
        case doctest.Example(want=want):
            outputs = int(want != "")
        case Block():
            lines = example.region.lexemes["source"].split("\n")
            outputs = int(any(line and not is_input(line) for line in lines))
        case [*_]:  # of the outputs of a snippet, one is for this release
            outputs = int(example.parsed != [])
        case _:
            outputs = 0
    return KINDS.get(example.region.evaluator, "others"), outputs


def summary(blocks: Iterable[tuple[str, str, int]]) -> str:
    """One line for *blocks*: of each the page, the kind, and its outputs."""
    pages, kinds, outputs = zip(*blocks, strict=True)
    counts = {
        "pages": len(set(pages)),
        **{kind: kinds.count(kind) for kind in KINDS.values()},
        "outputs compared": sum(outputs),
    }
    return "; ".join(f"{what}: {number}" for what, number in counts.items())


def unrun(example: Example) -> Iterator[tuple[str, str]]:
    """Whether *example* has been "refused" or "left" for its kind, and that."""
    lexemes = example.region.lexemes
    if example.region.evaluator is pass_over:
        yield "left", lexemes["kind"]
    elif lexemes.get("fault", "").startswith("nothing runs"):
        yield "refused", lexemes["kind"]


def refusal(kinds: list[str]) -> str:
    """What to do about refused blocks, of which these are the *kinds*."""
    names = ", ".join(f'"{kind}"' for kind in sorted(set(kinds)))
    return (
        f"nothing runs {tally(kinds)}; if that is meant, say so in the table "
        f"[tool.literate] of pyproject.toml: not-run = [{names}]"
    )


def tally(kinds: list[str]) -> str:
    """How many of each kind there are."""
    found = Counter(kinds).most_common()
    return ", ".join(f"{number} {kind}" for kind, number in found)
