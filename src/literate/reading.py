"""Finds the blocks of a page where a reader sees them.

It reads reStructuredText as docutils does, line by line, as far as blocks of
code are concerned: what is inside a block or a comment is text and no markup.
pytest runs pages where docutils is not installed. Where it is, ``audit`` holds
what docutils finds against this.
"""

import functools
import re
import textwrap
from collections.abc import Iterable, Iterator
from itertools import accumulate
from typing import Any, NamedTuple

from sybil import Document, Region
from sybil.region import Lexeme

CODE = frozenset({"code-block", "sourcecode", "code"})
SESSIONS = frozenset({"pycon", "doctest"})
"""Languages of a block of code that is a session with ``>>>``."""

INSTEAD = {
    "testcode": "`.. code-block:: python`",
    "testsetup": "`.. code-block:: python`",
    "testcleanup": "`.. code-block:: python`",
    "testoutput": "`.. output::` right below the code that prints it",
    "parsed-literal": "`.. code-block:: python` or `.. terminal:: NAME`",
    "ipython": "a session with `>>>`",
    "prompt": "`.. terminal:: NAME`",
    "code-cell": "`.. code-block:: python`",
    "jupyter-execute": "`.. code-block:: python`",
    "::": "`.. code-block:: python` for code, `.. terminal:: NAME` for a "
    "session, or `>>>`",
    "skip": "`:not-run: REASON` below the directive of the block",
    "invisible-code-block": "`.. code-block:: python`",
    "invisible-code": "`.. code-block:: python`",
    "clear-namespace": "a page of its own",
}
"""What nothing runs, though readers may take it for code; what to write."""

SYBILS = frozenset(
    {"skip", "invisible-code-block", "invisible-code", "clear-namespace"}
)
KNOWN = (
    CODE
    | (INSTEAD.keys() - SYBILS - {"::"})
    | {"doctest", "include", "literalinclude", "output", "terminal"}
)
TEXT = frozenset(
    {
        "csv-table",
        "digraph",
        "graph",
        "graphviz",
        "index",
        "math",
        "mermaid",
        "meta",
        "plantuml",
        "productionlist",
        "raw",
        "toctree",
        "uml",
    }
)
"""Directives whose content is neither code nor markup."""

NAME = r"[^\W_]+(?:[-._+:][^\W_]+)*"
DIRECTIVE = re.compile(
    rf"\.\.[ ]+(?P<name>{NAME})[ ]?::(?:[ ]+(?P<rest>.*)|$)"
)
COMMENT = re.compile(r"\.\.(?:[ ]+(?![_|\[])|$)")
SUBSTITUTION = re.compile(r"\.\.[ ]+\|")
OPTION = re.compile(r":(?P<name>[\w-]+):(?:[ ]+(?P<value>.*)|$)")
PROMPT = re.compile(r">>>(?:[ ]|$)")
ITEM = re.compile(
    r"[ ]*(?:[-*+•‣⁃]|\(?(?:#|\d+|[A-Za-z]|[ivxlcdmIVXLCDM]+)[.)])[ \t]+(?=\S)"
)
GRID = re.compile(r"\+-[-+]*-\+$")
SIMPLE = re.compile(r"=+(?:[ ]+=+)+$")
RULE = re.compile(r"([^\w\s])\1{2,}$")
ALIKE = re.compile(
    rf"\.\.[ ]*(?P<name>{'|'.join(sorted(KNOWN))})[ ]?::?"
    r"[ ]*\S*(?:[ ]+\S+)?$"
    rf"|\.\.[ ]+(?P<sybil>{'|'.join(sorted(SYBILS))}):"
)
"""What is meant as a block, and is none if it gets as far as this."""

QUOTED = re.compile(r"[^\w\s]")
IN_TABLE = "a block in such a table does not run: write a `list-table`"


class Found(NamedTuple):
    """A block: lines *first* to *last*, of which the content begins at *top*.

    Lines count from 1, *start* and *end* are positions in the page. *kind* is
    the language of a block of code, ``::`` or ``>>>``, or else *name*, which
    is that of the directive. A *fault* says why nothing can run the block.
    """

    kind: str
    name: str
    first: int
    top: int
    last: int
    start: int
    end: int
    source: str
    arguments: str = ""
    options: tuple[tuple[str, str], ...] = ()
    fault: str = ""

    def region(self) -> Region:
        """What Sybil takes for this block."""
        lexemes = {
            "kind": self.kind,
            "directive": self.name,
            "arguments": self.arguments,
            "options": dict(self.options),
            "source": Lexeme(self.source, 0, self.top - self.first - 1),
        }
        return Region(self.start, self.end, lexemes=lexemes)


@functools.lru_cache(maxsize=8)
def find(text: str) -> tuple[Found, ...]:
    """The blocks of a page with this *text*, from top to bottom."""
    return tuple(Reader(text).blocks())


def regions(page: Document, names: Iterable[str]) -> Iterator[Region]:
    """The blocks of *page* whose *name* is one of *names*, and in order."""
    for found in find(page.text):
        if found.name in names and not found.fault:
            yield found.region()


@functools.lru_cache(maxsize=8)
def starts(text: str) -> list[int]:
    """Where each line of *text* begins, and where one more would."""
    sizes = (len(line) + 1 for line in text.split("\n"))
    return list(accumulate(sizes, initial=0))


class Reader:
    """Reads the lines of *text* from the top; *at* is the next of them.

    It counts lines from 0.
    """

    def __init__(self, text: str) -> None:
        self.starts = starts(text)
        self.lines = [spaced(line) for line in text.split("\n")]
        self.at = 0

    def blocks(self) -> Iterator[Found]:
        while self.at < len(self.lines):
            line = self.lines[self.at] = without_marks(self.lines[self.at])
            body = line.strip()
            if not body:
                self.at += 1
            elif match := DIRECTIVE.match(body):
                yield from self.directive(match)
            elif COMMENT.match(body):
                yield from self.comment(body)
            elif GRID.match(body):
                yield from self.table(self.paragraph_end())
            elif SIMPLE.match(body):
                yield from self.table(self.simple_table_end())
            elif PROMPT.match(body):
                yield self.found(">>>", ">>>", self.paragraph_end())
            else:
                yield from self.paragraph()

    def found(self, kind: str, name: str, end: int, **more: Any) -> Found:
        """The block from the line *at* to before *end*, where we go on."""
        first, self.at = self.at, end
        last = end - 1
        while last > first and not self.lines[last].strip():
            last -= 1
        top = more.pop("top", first)
        while top < last and not self.lines[top].strip():
            top += 1
        return Found(
            kind,
            name,
            first + 1,
            top + 1,
            last + 1,
            self.starts[first],
            self.starts[last + 1] - 1,
            dedented(self.lines[top : last + 1]),
            **more,
        )

    def directive(self, match: re.Match[str]) -> Iterator[Found]:
        """A block, or markup that may have blocks in it."""
        name, rest = match["name"].lower(), (match["rest"] or "").strip()
        inner, end = DIRECTIVE.match(rest), self.indented_end()
        if name in KNOWN:
            yield self.known(name, rest, end)
        elif inner and inner["name"] in KNOWN:
            fault = f"write this on a line of its own, below `.. {name}::`"
            yield self.found(inner["name"], "", end, fault=fault)
        else:
            self.at = end if name in TEXT else self.at + 1

    def known(self, name: str, arguments: str, end: int) -> Found:
        """The block of a directive that this package knows by *name*."""
        top, options = self.options(end)
        fault = ""
        if name in INSTEAD:
            fault = unrun(name)
        elif top < end and self.lines[top].strip():
            if options:
                fault = "write an empty line below the options"
            elif name != "output":  # others take it for their argument
                fault = f"write an empty line below `.. {name}::`"
        return self.found(
            (name in CODE and arguments) or name,
            name,
            end,
            top=top,
            arguments=arguments,
            options=tuple(options.items()),
            fault=fault,
        )

    def options(self, end: int) -> tuple[int, dict[str, str]]:
        """The options below the line *at*, and the line after them."""
        top, options = self.at + 1, dict[str, str]()
        while top < end and (body := self.lines[top].strip()):
            if match := OPTION.match(body):
                option, indent = match["name"], self.indent(top)
                options[option] = (match["value"] or "").strip()
            elif options and self.indent(top) > indent:
                options[option] += f" {body}"
            else:
                break
            top += 1
        return top, options

    def comment(self, body: str) -> Iterator[Found]:
        """Nothing, unless a block is meant."""
        end = self.indented_end()
        below = [line.strip() for line in self.lines[self.at + 1 : end]]
        match = ALIKE.match(body)
        if match and (match["sybil"] or "::" in body or any(below)):
            yield self.alike(match, end)
        elif body == ".." and not any(below[:1]):
            self.at += 1  # what is indented below an empty comment is none
        else:
            self.at = end

    def alike(self, match: re.Match[str], end: int) -> Found:
        """What somebody means as a block, and docutils takes for text."""
        if name := match["sybil"]:
            return self.found(name, "", end, fault=unrun(name))
        name = match["name"]
        fault = "write an empty line above this"
        if not DIRECTIVE.match(match[0]):
            fault = f"readers see no block here: begin it with `.. {name}:: `"
        return self.found(name, "", end, fault=fault)

    def paragraph(self) -> Iterator[Found]:
        """What is meant as a block within a paragraph, or below its ``::``."""
        indent, end = self.indent(self.at), self.at + 1
        while end < len(self.lines) and self.goes_on(end, indent):
            end += 1
        while self.at < end:
            body = self.lines[self.at].strip()
            if match := re.match(r">>>( ?)", body):
                fault = "write an empty line above this `>>>`"
                if not match[1] and body != ">>>":
                    fault = "write a space after `>>>`"
                yield self.found(">>>", "", end, fault=fault)
                return
            if match := ALIKE.match(body):
                yield self.alike(match, end)
                return
            self.at += 1
        if re.search(r"(?<![\\:])::$", body):
            yield from self.literal(indent)

    def goes_on(self, line: int, indent: int) -> bool:
        """Whether the paragraph above *line*, so far indented, does."""
        body = self.lines[line].strip()
        return (
            body != ""
            and self.indent(line) == indent
            and not RULE.match(self.lines[line - 1].strip())
        )

    def literal(self, indent: int) -> Iterator[Found]:
        """The literal block below a paragraph that ends with two colons."""
        above = self.at
        while self.at < len(self.lines) and not self.lines[self.at].strip():
            self.at += 1
        if self.at in (above, len(self.lines)):
            return
        body = self.lines[self.at].strip()
        if self.indent(self.at) > indent:
            end = self.indented_end(indent)
        elif self.indent(self.at) == indent and QUOTED.match(body):
            end = self.paragraph_end()
        else:
            return
        if PROMPT.match(body):
            yield self.found(">>>", ">>>", end)
        else:
            yield self.found("::", "::", end, fault=unrun("::"))

    def table(self, end: int) -> Iterator[Found]:
        """What is meant as a block in a table that is drawn."""
        for line in range(self.at, end):
            for cell in re.split(r"\||[ ]{2,}", self.lines[line]):
                self.at = line
                match = ALIKE.match(cell.strip())
                if match or PROMPT.match(cell.strip()):
                    kind = (match and match["name"]) or ">>>"
                    yield self.found(kind, "", line + 1, fault=IN_TABLE)
                    break
        self.at = end

    def paragraph_end(self) -> int:
        """The next empty line from *at* on."""
        end = self.at
        while end < len(self.lines) and self.lines[end].strip():
            end += 1
        return end

    def simple_table_end(self) -> int:
        """The line after the last border of the table that begins *at*."""
        borders = [
            line
            for line in range(self.at, len(self.lines))
            if SIMPLE.match(self.lines[line].strip())
        ]
        for number, line in enumerate(borders[1:], 1):
            after = "".join(self.lines[line + 1 : line + 2])
            if number == 2 or not after.strip():
                return line + 1
        return self.at + 1

    def indented_end(self, indent: int = -1) -> int:
        """The first line after *at* that is not below *indent*, or its own."""
        if indent < 0:
            indent = self.indent(self.at)
        end = self.at + 1
        while end < len(self.lines) and (
            not self.lines[end].strip() or self.indent(end) > indent
        ):
            end += 1
        return end

    def indent(self, line: int) -> int:
        text = self.lines[line]
        return len(text) - len(text.lstrip())


def spaced(line: str) -> str:
    """*line*, indented with spaces, where a tab goes to every eighth column.

    A byte order mark is no part of it.
    """
    line = line.removeprefix("\ufeff")
    body = line.lstrip()
    return line[: len(line) - len(body)].expandtabs() + body


def without_marks(line: str) -> str:
    """*line*, without what makes it an item of a list."""
    while match := ITEM.match(line):
        mark = match[0].expandtabs()
        line = " " * len(mark) + line[match.end() :]
    return line


def dedented(lines: list[str]) -> str:
    """*lines* without the indentation that all have, as one text."""
    text = textwrap.dedent("\n".join(lines))
    return f"{text}\n" if text else ""


def unrun(name: str) -> str:
    """What to write instead of a block that is known by *name*."""
    return f"nothing runs `{name}`: write {INSTEAD[name]}"
