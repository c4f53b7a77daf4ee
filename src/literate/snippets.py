"""Python on a page: shown modules, snippets with their output, doctests."""

import codeop
import contextlib
import doctest
import importlib
import io
import os
import re
import sys
import traceback
from collections.abc import Iterable
from contextlib import AbstractContextManager
from itertools import takewhile
from pathlib import Path
from typing import Any, NoReturn

from sybil import Document, Example, Region
from sybil.evaluators.doctest import DocTestEvaluator
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.rest.lexers import DirectiveLexer

from literate.failures import Failure, Stops, compare
from literate.limits import TimeLimit
from literate.notation import DOTS, framed, line_for, lines_of
from literate.outputs import (
    Output,
    by_release,
    compare_by_release,
    outputs_of,
    record_by_release,
    take_following,
)
from literate.page import Page, first_line, page_of
from literate.private import first_shown
from literate.recording import Edit, indent_of

CHOOSING = {"pyobject", "start-at", "start-after", "end-at", "end-before"}
LOOKS = {"again", "emphasize-lines", "language", "name"}


def execute(page: Page, source: str, line: int, mode: str) -> str:
    """Run *source*, which begins on *line* of *page*; return what it prints.

    *mode* is "exec" for a snippet, "single" for a doctest.
    """
    code = page.code.compile(source, line, mode)
    hook, sys.displayhook = sys.displayhook, sys.__displayhook__
    keyboard, sys.stdin = sys.stdin, Keyboard()
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()) as printed,
            TimeLimit(page.name, line),
        ):
            page.code.run(code)
    finally:
        sys.displayhook, sys.stdin = hook, keyboard
    return printed.getvalue()


class Keyboard(io.TextIOBase):
    """What a snippet reads from: nobody types there."""

    def read(self, size: int | None = -1) -> NoReturn:
        raise EOFError(
            "nobody types into a snippet: show a program that asks in a "
            "`.. terminal:: NAME`, and what is typed there as `< TEXT`"
        )

    readline = read


def parse_snippets(page: Document) -> Iterable[Region]:
    """Find each ``code-block``, with the ``output`` that follows it."""
    outputs = list(DirectiveLexer("output")(page))
    for snippet in DirectiveLexer("code-block|sourcecode|code")(page):
        snippet.parsed = take_following(page, snippet, outputs)
        left = "not-run" in snippet.lexemes["options"]
        snippet.evaluator = leave_snippet if left else evaluate_snippet
        yield snippet
    for output in outputs:
        output.evaluator = refuse_output
        yield output


def evaluate_snippet(block: Example) -> None:
    """Run a ``code-block:: python``; compare what it prints."""
    page, lexemes = page_of(block), block.region.lexemes
    language = (lexemes["arguments"] or "").strip()
    if language != "python":
        raise Failure(
            page.name,
            block.line,
            f"nothing runs a block in {language!r}: write `.. code-block:: "
            "python` for code, `.. terminal:: NAME` for a session, or "
            "`:not-run: REASON` below it",
        )
    outputs = outputs_of(block)
    source, line = lexemes["source"], first_line(page, block.region)
    with surroundings(block):
        printed = execute(page, source, line, "exec")
    hold(block, outputs, printed)


def hold(block: Example, outputs: list[Output], printed: str) -> None:
    """Compare what *block* printed with its *outputs*, or record it there."""
    page = page_of(block)
    if page.recording and outputs and not printed:
        raise Failure(
            page.name, block.line, "prints nothing: take its `output` away"
        )
    if by_release(block):
        act = record_by_release if page.recording else compare_by_release
        act(block, outputs, printed)
    elif page.recording and printed and not any(one.text for one in outputs):
        page.recording.edits.append(new_output(page, block, printed))
    elif outputs:
        line = first_line(page, block.parsed[0])
        page.compare(line, f"{outputs[0].text}\n", printed)
    else:
        compare(page.name, first_line(page, block.region), "", printed)


def surroundings(block: Example) -> AbstractContextManager[Any]:
    """What *block* runs in, if it is the content of another directive."""
    page = page_of(block)
    for name, around in page.settings.around.items():
        for directive in DirectiveLexer(name)(page):
            if directive.start < block.start < directive.end:
                return around()
    return contextlib.nullcontext()


def new_output(page: Page, block: Example, printed: str) -> Edit:
    """The edit that fills the ``output`` below *block*, or adds one."""
    indent = indent_of(page.text, block.line)
    new = framed([line_for(one) for one in lines_of(printed)])
    lines = ["", *(f"{indent}   {one}" for one in new)]
    if block.parsed:
        return Edit(first_line(page, block.parsed[0]), 0, lines)
    source = block.region.lexemes["source"].rstrip()
    line = first_line(page, block.region) + source.count("\n") + 1
    return Edit(line, 0, ["", f"{indent}.. output::", *lines])


def leave_snippet(block: Example) -> None:
    """Leave a ``code-block`` that says why it is ``:not-run:``."""
    page = page_of(block)
    if not block.region.lexemes["options"]["not-run"].strip():
        raise Failure(
            page.name,
            block.line,
            "readers want to know why: write `:not-run: REASON`",
        )
    if block.parsed:
        raise Failure(
            page.name, block.line, "is not run: take its `output` away"
        )


def refuse_output(block: Example) -> None:
    raise Failure(
        page_of(block).name,
        block.line,
        "this output follows no snippet: write it right after the "
        "`.. code-block:: python` that prints it",
    )


def parse_doctests(page: Document) -> Iterable[Region]:
    """Find each ``>>>`` that no directive has as its own content."""
    text = page.text
    for _, region in page.regions:
        blank = re.sub(".", " ", text[region.start : region.end])
        text = text[: region.start] + blank + text[region.end :]
    for found in DocTestStringParser(DocTestEvaluator())(text, page.path):
        found.evaluator = evaluate_doctest
        yield found


def evaluate_doctest(block: Example) -> None:
    """Run one ``>>>`` prompt; compare what it prints or raises."""
    page = page_of(block)
    test: doctest.Example = block.parsed
    if test.options:
        raise Failure(
            page.name,
            block.line,
            "doctest options have no effect, so take them away: `...` stands "
            "for any text, and what is not to run is a `code-block` with "
            "`:not-run: REASON`",
        )
    lines, want = parts_of(block)
    expected = want
    try:
        got = execute(page, test.source, block.line, "single")
    except Exception as error:
        if test.exc_msg is None:
            raise
        expected = test.exc_msg
        got = "".join(traceback.format_exception_only(error))
    end = block.line + lines + want.count("\n")
    if page.recording:
        got = re.sub(r"^\n", "<BLANKLINE>\n", got, flags=re.MULTILINE)
    page.compare(end - expected.count("\n"), expected, got)


def parts_of(block: Example) -> tuple[int, str]:
    """How many lines the source of a doctest has, and what it should print.

    ``doctest`` takes a first line ``...`` for one more line of the source. It
    is one only where that wants more.
    """
    page, test = page_of(block), block.parsed
    _, *rest = page.text[block.start : block.end].split("\n")
    lines = 1 + len([*takewhile(CONTINUES.match, rest)])
    if lines > 1 and rest[lines - 2].strip() == DOTS and is_whole(test.source):
        return lines - 1, f"{DOTS}\n{test.want}"
    return lines, test.want


CONTINUES = re.compile(r"\s*\.\.\.(\s|$)")


def is_whole(source: str) -> bool:
    """Whether Python's prompt would run *source* without an empty line."""
    try:
        return codeop.compile_command(source.rstrip()) is not None
    except (SyntaxError, ValueError, OverflowError):
        return False


def parse_includes(page: Document) -> Iterable[Region]:
    """Find each ``literalinclude``."""
    for region in DirectiveLexer("literalinclude")(page):
        region.evaluator = evaluate_include
        yield region


def evaluate_include(block: Example) -> None:
    """Import the shown module: its public names are then the page's.

    A file that is shown whole lies in the directory of the terminals too.
    """
    page, lexemes = page_of(block), block.region.lexemes
    options = lexemes["options"]
    path = Path(page.path).parent / lexemes["arguments"].strip()
    path = Path(os.path.normpath(path))
    try:
        for option in options.keys() - CHOOSING - LOOKS:
            raise ValueError(
                f"unknown option :{option}:; known are "
                + ", ".join(f":{name}:" for name in sorted(CHOOSING | LOOKS))
            )
        check(path, options)
    except (ImportError, OSError, ValueError) as error:
        raise Stops(page.name, block.line, str(error)) from None
    if not options.keys() & CHOOSING:
        link(page.workplace.directory / path.name, path)
    if path.suffix == ".py":
        with TimeLimit(page.name, block.line):
            import_into(page, module_name(path))


def check(path: Path, options: dict[str, str]) -> None:
    """Raise OSError or ValueError if *path* has not what *options* choose.

    Raises ImportError where they choose a part, and there is no Sphinx.
    """
    if not options.keys() & CHOOSING:
        path.read_text("utf-8")
        return
    try:
        from sphinx.config import Config
    except ImportError:
        message = "a part of a file needs Sphinx: pip install sphinx"
        raise ImportError(message) from None
    first_shown(path, options, Config())


def link(name: Path, path: Path) -> None:
    """Make *name* lead to *path*. Raises OSError if it leads elsewhere."""
    if not (name.is_symlink() and name.readlink() == path):
        name.symlink_to(path)


def module_name(path: Path) -> str:
    """The name under which the file at *path* can be imported."""
    homes = [Path(entry).resolve() for entry in sys.path]
    nearest = max(
        (home for home in homes if path.is_relative_to(home)),
        key=lambda home: len(home.parts),
        default=None,
    )
    if nearest is None:
        raise ImportError(f"{path} is below no folder of sys.path")
    parts = path.relative_to(nearest).with_suffix("").parts
    return ".".join(parts).removesuffix(".__init__")


def import_into(page: Page, name: str) -> None:
    """Put the public names of module *name* into the page's, once a page."""
    if name in page.modules:
        return
    page.modules.add(name)
    public = vars(importlib.import_module(name))
    page.namespace.update(
        (key, value) for key, value in public.items() if key[0] != "_"
    )
