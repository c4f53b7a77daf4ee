"""The blocks of a page that run."""

import doctest
from collections.abc import Iterable
from typing import Any

from sybil import Example

from literate.snippets import (
    evaluate_doctest,
    evaluate_include,
    evaluate_snippet,
    leave_snippet,
    parse_doctests,
    parse_includes,
    parse_snippets,
)
from literate.terminals import (
    Block,
    evaluate_terminal,
    is_input,
    parse_terminals,
)

# Doctests come last: a `>>>` within a directive's content is not one.
PARSERS = (parse_includes, parse_snippets, parse_terminals, parse_doctests)

KINDS: dict[Any, str] = {
    evaluate_include: "modules shown",
    evaluate_snippet: "snippets",
    evaluate_doctest: "doctests",
    evaluate_terminal: "terminals",
    leave_snippet: "blocks marked not run",
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
    return KINDS[example.region.evaluator], outputs


def summary(blocks: Iterable[tuple[str, str, int]]) -> str:
    """One line for *blocks*: of each the page, the kind, and its outputs."""
    pages, kinds, outputs = zip(*blocks, strict=True)
    counts = {
        "pages": len(set(pages)),
        **{kind: kinds.count(kind) for kind in KINDS.values()},
        "outputs compared": sum(outputs),
    }
    return "; ".join(f"{what}: {number}" for what, number in counts.items())
