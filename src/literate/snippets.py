"""Python on a page: shown modules, snippets with their output, doctests."""

import codeop
import contextlib
import doctest
import importlib
import io
import re
import sys
import traceback
from collections.abc import Iterable, Iterator
from contextlib import AbstractContextManager
from itertools import pairwise, takewhile
from pathlib import Path
from types import ModuleType
from typing import Any, NoReturn

from sybil import Document, Example, Region
from sybil.parsers.abstract.doctest import DocTestStringParser
from sybil.parsers.rest.lexers import DirectiveLexer
from sybil.typing import Evaluator

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
from literate.reading import CODE, SESSIONS, Found, find, regions, starts
from literate.recording import Edit, indent_of

LOOKS = {
    "caption",
    "class",
    "dedent",
    "emphasize-lines",
    "force",
    "lineno-start",
    "linenos",
    "name",
}
CHOOSING = {"pyobject", "start-at", "start-after", "end-at", "end-before"}
OPTIONS = {
    "code": {"class", "force", "name", "number-lines"},
    "code-block": LOOKS,
    "doctest": set[str](),
    "literalinclude": LOOKS
    | CHOOSING
    | {"again", "language", "lineno-match", "tab-width"},
    "sourcecode": LOOKS,
}
"""What may stand below each directive, besides ``:not-run:``."""

LEFT = {"literalinclude", "output", "parsed-literal", "terminal"}
"""What besides code may be marked ``:not-run:``."""

NO_PROMPT = "a session begins with `>>>`"
NO_STATEMENT = "this session has no statement"
AFTER_EMPTY = (
    "this is no output, for an empty line ends that: write `<BLANKLINE>` for "
    "a line that is empty"
)
NO_OPTIONS = (
    "doctest options have no effect: `...` stands for any text without one, "
    "and a `.. code-block:: pycon` may be marked `:not-run: REASON`"
)
PROMPTS = DocTestStringParser()
PYTHONS = {"py", "py3", "python2", "python3"}
SHELLS = {"bash", "console", "sh", "shell", "shell-session", "zsh"}


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
    outputs = [one for one in regions(page, {"output"}) if not is_left(one)]
    for snippet in regions(page, CODE):
        if is_left(snippet) or snippet.lexemes["kind"] not in SESSIONS:
            snippet.parsed = take_following(page, snippet, outputs)
            yield settled(snippet, evaluate_snippet, fault_of(snippet))
    for output in outputs:
        yield settled(
            output,
            refuse,
            "this output follows no snippet: write it right after the "
            "`.. code-block:: python` that prints it",
        )


def settled(region: Region, evaluator: Evaluator, fault: str = "") -> Region:
    """*region*, which *evaluator* runs, unless it has a *fault* or reason."""
    region.lexemes["fault"] = fault
    region.evaluator = refuse if fault else evaluator
    if is_left(region):
        region.evaluator = leave
    return region


def is_left(region: Region) -> bool:
    """Whether *region* is marked ``:not-run:``, and may be."""
    name, options = region.lexemes["directive"], region.lexemes["options"]
    return name in CODE | LEFT and "not-run" in options


def fault_of(block: Region) -> str:
    """Why nothing can run *block*, by its language and its options."""
    kind, source = block.lexemes["kind"], block.lexemes["source"]
    name, options = block.lexemes["directive"], block.lexemes["options"]
    for option in options.keys() - OPTIONS[name]:
        known = ", ".join(f":{one}:" for one in sorted(OPTIONS[name]))
        return f"unknown option :{option}:; known are {known or 'none'}"
    if name not in CODE or kind in SESSIONS:
        return ""
    if kind != "python":
        language = "" if kind == name else kind
        return f"nothing runs a block in {language!r}: write {advice(kind)}"
    if not source:
        return "this block is empty"
    if source.startswith(">>>"):
        return (
            "`>>>` is no Python: write `.. code-block:: pycon`, or the "
            "session without a directive"
        )
    return ""


def advice(language: str) -> str:
    """What to write for a block in a *language* that nothing runs."""
    if language.lower() in PYTHONS | {"python"}:
        return "`.. code-block:: python`"
    if language in CODE:
        return "its language, as in `.. code-block:: python`"
    if language in SHELLS:
        return "`.. terminal:: NAME`, or `:not-run: REASON` below it"
    return (
        "`.. code-block:: python` for code, `.. terminal:: NAME` for a "
        "session, or `:not-run: REASON` below it"
    )


def refuse(block: Example) -> None:
    """Say what is wrong with a block that nothing can run."""
    fault = block.region.lexemes["fault"]
    raise Failure(page_of(block).name, block.line, fault)


def evaluate_snippet(block: Example) -> None:
    """Run a ``code-block:: python``; compare what it prints."""
    page, lexemes = page_of(block), block.region.lexemes
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


def parse_left(page: Document) -> Iterable[Region]:
    """Find each block that is marked ``:not-run:``, but for snippets."""
    for region in regions(page, LEFT):
        if is_left(region):
            yield settled(region, leave)


def leave(block: Example) -> None:
    """Leave a block that says why it is ``:not-run:``."""
    page = page_of(block)
    if not block.region.lexemes["options"]["not-run"]:
        raise Failure(
            page.name,
            block.line,
            "readers want to know why: write `:not-run: REASON`",
        )
    if block.parsed:
        raise Failure(
            page.name, block.line, "is not run: take its `output` away"
        )


def parse_doctests(page: Document) -> Iterable[Region]:
    """Find each ``>>>`` of each session."""
    for found in find(page.text):
        kinds = {found.kind, found.name}
        session = kinds & {">>>", *SESSIONS} and not found.fault
        if session and not is_left(found.region()):
            yield from prompts(page, found)


def prompts(page: Document, session: Found) -> Iterator[Region]:
    """Each statement of *session*, and what is wrong in it."""
    whole = session.region()
    fault = "" if session.name == ">>>" else fault_of(whole)
    found = [] if fault else list(statements_of(page, session))
    yield from found or [settled(whole, refuse, fault or NO_STATEMENT)]


def statements_of(page: Document, session: Found) -> Iterator[Region]:
    lines = session.source.removesuffix("\n").split("\n")
    begins = [at for at, line in enumerate(lines) if re.match(" *>>>", line)]
    if begins[:1] != [0]:
        begins.insert(0, 0)
    places = starts(page.text)[session.top - 1 :]
    for begin, end in pairwise([*begins, len(lines)]):
        for first, last, example, fault in statements(lines[begin:end]):
            region = Region(
                places[begin + first],
                places[begin + last] - 1,
                example,
                lexemes=session.region().lexemes,
            )
            yield settled(region, evaluate_doctest, fault)


def statements(
    lines: list[str],
) -> Iterator[tuple[int, int, doctest.Example | None, str]]:
    """The statement that *lines* of a session are, and what is wrong there.

    Yields of each the first line, the line after the last, and a fault, if
    it is none. A comment is no statement.
    """
    text, end = "\n".join(lines), 0
    try:
        for found in PROMPTS(text, ""):
            end = text.count("\n", 0, found.end) + (found.end == len(text))
            yield 0, end, found.parsed, ""
    except ValueError as error:
        number = re.search(r"line (\d+)", str(error))
        at = int(number[1]) - 1 if number else 0
        yield at, at + 1, None, explained(str(error))
        return
    for at, line in enumerate(lines[end:], end):
        if line and not line.lstrip().startswith((">>>", "...")):
            yield at, len(lines), None, AFTER_EMPTY if end else NO_PROMPT
            return


def explained(error: str) -> str:
    """What to write where ``doctest`` has this *error*."""
    if "lacks blank after" in error:
        return "write a space after `>>>`, and after `...`"
    if "leading whitespace" in error:
        return "indent this line as the `>>>` above it"
    return NO_OPTIONS


def evaluate_doctest(block: Example) -> None:
    """Run one ``>>>`` prompt; compare what it prints or raises."""
    page = page_of(block)
    test: doctest.Example = block.parsed
    if test.options:
        raise Failure(page.name, block.line, NO_OPTIONS)
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
    for region in regions(page, {"literalinclude"}):
        if not is_left(region):
            yield settled(region, evaluate_include, fault_of(region))


def evaluate_include(block: Example) -> None:
    """Import the shown module: its public names are then the page's.

    A file that is shown whole lies in the directory of the terminals too.
    """
    page, lexemes = page_of(block), block.region.lexemes
    options = lexemes["options"]
    path = page.file(lexemes["arguments"])
    try:
        check(path, options)
        if not options.keys() & CHOOSING and page.has_terminals():
            link(page.workplace.directory / path.name, path)
    except (ImportError, OSError, ValueError) as error:
        raise Stops(page.name, block.line, str(error)) from None
    if path.suffix == ".py":
        name = module_name(path)
        with TimeLimit(page.name, block.line):
            module = importlib.import_module(name)
        if Path(module.__file__ or "").resolve() != path.resolve():
            raise Stops(
                page.name,
                block.line,
                f"{path} has the name of another module, {name} in "
                f"{module.__file__}: rename the file",
            )
        take_names(page, module)


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
    if not name.is_symlink():
        name.symlink_to(path)
    elif name.readlink() != path:
        raise OSError(
            f"the page shows another {path.name} too, {name.readlink()}: its "
            "terminals can have one, so rename a file or show a part of it"
        )


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


def take_names(page: Page, module: ModuleType) -> None:
    """Put the public names of *module* into the page's, once a page."""
    if module.__name__ not in page.modules:
        page.modules.add(module.__name__)
        page.namespace.update(
            (key, value)
            for key, value in vars(module).items()
            if key[0] != "_"
        )
