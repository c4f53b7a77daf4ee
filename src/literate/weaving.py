"""Every line of the woven source is shown once, or the build fails.

``weave`` in ``conf.py`` lists files and folders, seen from there. Blank lines
need no page, nor what an ``__init__.py`` imports for others. ``weave_link`` is
where the source can be read, with ``{path}``, ``{first}`` and ``{last}`` in it.
"""

import ast
import os
from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import chain, groupby
from pathlib import Path
from typing import ClassVar, NamedTuple

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.directives.code import LiteralInclude, container_wrapper
from sphinx.environment import BuildEnvironment
from sphinx.util import logging

from literate.page import Page
from literate.private import first_shown

logger = logging.getLogger(__name__)


class Shown(NamedTuple):
    """Lines *first* to *last* of the file *path*, shown at *place*."""

    place: str
    path: str
    first: int
    last: int
    again: bool


class WovenInclude(LiteralInclude):
    """``literalinclude`` that names what it shows and keeps a record of it.

    ``:again:`` says that other blocks show these lines too.
    """

    option_spec: ClassVar = {
        **(LiteralInclude.option_spec or {}),
        "again": directives.flag,
    }

    def run(self) -> list[nodes.Node]:
        title = self.options.pop("caption", None)
        [block] = super().run()
        if not isinstance(block, nodes.literal_block):
            return [block]
        text = block.astext().rstrip()
        block.rawsource, block[:] = text, [nodes.Text(text)]
        shown = self.shown(text.count("\n") + 1)
        record(self.env)[self.env.docname].append(shown)
        named = title or caption(shown, self.config.weave_link)
        return [container_wrapper(self, block, named)]

    def shown(self, lines: int) -> Shown:
        _, path = self.env.relfn2path(self.arguments[0])
        first = first_shown(Path(path), self.options, self.config)
        source, line = self.get_source_info()
        place = f"{named(self.env, source)}:{line}"
        page = Page("", str(self.env.doc2path(self.env.docname)))
        other = page.file(self.arguments[0])
        if not other.exists() or not other.samefile(path):
            warn(f"here is {path}, and pytest takes {other}", place, "path")
        return Shown(
            place,
            named(self.env, path),
            first,
            first + lines - 1,
            "again" in self.options,
        )


def caption(shown: Shown, link: str) -> str:
    """What *shown* is, in reStructuredText; it leads to *link*, if any."""
    name = f"{shown.path}, lines {shown.first} to {shown.last}"
    return f"`{name} <{link.format(**shown._asdict())}>`__" if link else name


def settle(app: Sphinx) -> None:
    vars(app.env)["literate_home"] = app.confdir


def named(env: BuildEnvironment, path: str | Path) -> str:
    """What people call *path*: seen from ``conf.py``, wherever one builds."""
    return os.path.relpath(path, vars(env)["literate_home"])


def record(env: BuildEnvironment) -> dict[str, list[Shown]]:
    """What each page shows; Sphinx keeps it from build to build."""
    if not hasattr(env, "literate_shown"):
        env.literate_shown = defaultdict(list)  # type: ignore[attr-defined]
    kept: dict[str, list[Shown]] = vars(env)["literate_shown"]
    return kept


def forget(app: Sphinx, env: BuildEnvironment, page: str) -> None:
    record(env).pop(page, None)


def merge(
    app: Sphinx,
    env: BuildEnvironment,
    pages: set[str],
    other: BuildEnvironment,
) -> None:
    for page in pages & record(other).keys():
        record(env)[page] = record(other)[page]


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of each line that no block shows, or that two show."""
    shown = defaultdict(list)
    for one in chain.from_iterable(record(env).values()):
        shown[one.path].append(one)
    for entry in app.config.weave:
        files = sources(Path(app.confdir, entry))
        if not files:
            warn(f"weave: no Python file is in {entry}")
        for path in files:
            name = named(env, path)
            source = path.read_text("utf-8")
            if path.name == "__init__.py":
                source = without_imports(source)
            for place, fault in faults(source, shown[name]):
                warn(fault, f"{name}:{place}")


def warn(fault: str, place: str | None = None, kind: str = "weave") -> None:
    """Have Sphinx warn of a *fault*; `suppress_warnings` knows its *kind*."""
    logger.warning(fault, location=place, type="literate", subtype=kind)


def sources(entry: Path) -> list[Path]:
    """The Python files that *entry* of ``weave`` stands for."""
    return [entry] if entry.is_file() else sorted(entry.rglob("*.py"))


def without_imports(source: str) -> str:
    """The *source* of an ``__init__.py``, blank but for what it does itself."""
    lines = source.splitlines()
    kept = [""] * len(lines)
    for statement in ast.parse(source).body:
        if not only_imports(statement):
            assert statement.end_lineno
            decorators = getattr(statement, "decorator_list", [])
            first = min(one.lineno for one in [statement, *decorators]) - 1
            own = slice(first, statement.end_lineno)
            kept[own] = lines[own]
    return "\n".join(kept)


def only_imports(statement: ast.AST) -> bool:
    """Whether *statement* says what a package has, or who may import it."""
    match statement:
        case ast.Import() | ast.ImportFrom() | ast.Pass():
            return True
        case ast.Expr(value=ast.Constant()):
            return True
        case (
            ast.Assign(targets=[ast.Name(id=name)])
            | ast.AnnAssign(target=ast.Name(id=name))
            | ast.AugAssign(target=ast.Name(id=name))
        ):
            return name.startswith("__")
        case ast.Raise(exc=ast.Call(func=ast.Name(id="ImportError"))):
            return True
        case ast.If() | ast.Try() | ast.ExceptHandler():
            inner = (
                getattr(statement, name, [])
                for name in ("body", "handlers", "orelse", "finalbody")
            )
            return all(map(only_imports, chain.from_iterable(inner)))
    return False


def faults(source: str, blocks: list[Shown]) -> Iterator[tuple[int, str]]:
    """For each run of lines of *source* shown not just once: line and fault."""
    lines = enumerate(source.splitlines(), 1)
    numbers = [number for number, line in lines if line.strip()]
    for places, run in groupby(numbers, lambda line: places_of(line, blocks)):
        first, *rest = run
        these = "these lines" if rest else "this line"
        if not places:
            yield first, f"no page shows {these}{until(rest)}"
        elif len(places) > 1:
            yield first, f"shown by {' and '.join(places)}{until(rest)}"


def places_of(line: int, blocks: Iterable[Shown]) -> list[str]:
    """Where the *blocks* that show *line* stand."""
    return [
        block.place
        for block in blocks
        if block.first <= line <= block.last and not block.again
    ]


def until(rest: list[int]) -> str:
    """How a message names the last of more lines, if there are more."""
    return f" (down to line {rest[-1]})" if rest else ""


def setup(app: Sphinx) -> None:
    app.add_config_value("weave", [], "env", frozenset({list}))
    app.add_config_value("weave_link", "", "env", frozenset({str}))
    app.connect("builder-inited", settle)
    app.connect("env-purge-doc", forget)
    app.connect("env-merge-info", merge)
    app.connect("env-updated", check)
