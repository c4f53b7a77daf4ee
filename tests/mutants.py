"""Spoil pages and sources, one mistake at a time: each must turn a page red.

    python tests/mutants.py [--since REV] FILE_OR_FOLDER ...

In a page (.rst) it spoils each expected line, in a source (.py) each
statement and operator. Then it runs the page, or for a source the pages that
show it, and CPython's tests if they name their counts. A mistake that nobody
notices *survives*, and is printed with its place.

It exits with 1 if a mistake survives that survivors.toml does not list, or
if one does not that it lists.
"""

import argparse
import ast
import copy
import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor, as_completed
from contextlib import contextmanager
from doctest import Example as Doctest
from itertools import zip_longest
from operator import attrgetter
from pathlib import Path
from queue import SimpleQueue
from typing import Any, NamedTuple, TypeVar

from sybil import Example, Region
from tqdm import tqdm

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from literate.blocks import PARSERS
from literate.page import Page, first_line
from literate.terminals import Block, is_input

DEADLINE = 120  # seconds a run
RUNS_A_CORE = 3  # for most of the time a page waits
PYTEST = ("-m", "pytest", "--sybil", "-p", "no:cacheprovider")
ENVIRONMENT = {
    "PYTHONDONTWRITEBYTECODE": "1",  # two mutants may have one size and time
    "PYTEST_DISABLE_PLUGIN_AUTOLOAD": "1",  # starts a third faster
}
T = TypeVar("T")
Mistake = tuple[ast.stmt | ast.expr, str]

SURVIVORS = Path(__file__).with_name("survivors.toml")


class Mutant(NamedTuple):
    """The lines *new* instead of *old* from *line* of the file *path* on.

    It is in the function *name*, or in the block of a page that begins on
    line *block*.
    """

    path: str
    line: int
    old: list[str]
    new: list[str]
    name: str = ""
    block: int = 0

    @property
    def key(self) -> str:
        """What it is, wherever the line has moved."""
        old, new = (
            " ".join(line.strip() for line in lines)
            for lines in (self.old, self.new)
        )
        return f"{self.name or self.path}: `{old}` -> `{new}`"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.key}"


# ---- Pages: the lines that blocks expect


def spoilt_page(path: Path) -> Iterator[list[Mutant]]:
    """Mutants of the page *path*, in groups to be tried in one run.

    Snippets and doctests fail each for itself, so a group has one mutant of
    each. The first terminal that fails ends all: those have one run each.
    """
    page = Page.parse(str(path), *PARSERS)
    assert isinstance(page, Page)
    alone, beside = [], []
    for block in page.examples():
        mutants = list(spoilt_lines(page, block))
        if isinstance(block.parsed, Block):
            alone += mutants
        else:
            beside.append(mutants)
    yield from ([mutant] for mutant in alone)
    for group in zip_longest(*beside):
        yield [mutant for mutant in group if mutant]


def spoilt_lines(page: Page, block: Example) -> Iterator[Mutant]:
    """A mutant for each line that *block* expects, but for lines of dots."""
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
        case Doctest(source=source, want=want):
            end = block.line + (source + want).count("\n")
            return range(end - want.count("\n"), end)
        case Region() as output:
            return content(page, output)
        case Block():
            return content(page, block.region)
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


# ---- Sources: statements and operators

SWAPPED: dict[type[ast.AST], type[ast.AST]] = {
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.And: ast.Or,
    ast.Or: ast.And,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.FloorDiv: ast.Mult,
    ast.Mod: ast.Mult,
    ast.BitOr: ast.BitAnd,
    ast.BitAnd: ast.BitOr,
}
DEFINITION = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
NO_CONTEXT = "__import__('contextlib').nullcontext()"


def spoilt_source(path: Path) -> Iterator[Mutant]:
    """A mutant for each statement and operator of the Python file *path*."""
    source = path.read_text()
    lines = source.splitlines()
    tree = ast.parse(source)
    for node in running(tree):
        for target, text in mistakes(node):
            line, name = target.lineno, function_at(target.lineno, tree)
            old = lines[line - 1 : target.end_lineno]
            head = old[0].encode()[: target.col_offset].decode()
            tail = old[-1].encode()[target.end_col_offset :].decode()
            yield Mutant(str(path), line, old, [head + text + tail], name)


def function_at(line: int, tree: ast.AST) -> str:
    """The dotted name of the function or class that *line* is in."""
    return ".".join(
        node.name
        for node in ast.walk(tree)  # the outer ones first
        if isinstance(node, DEFINITION)
        and node.lineno <= line <= (node.end_lineno or 0)
    )


def running(node: ast.AST) -> Iterator[ast.AST]:
    """*node* and all in it that runs: no annotations, no texts, no asserts."""
    yield node
    for field, value in ast.iter_fields(node):
        if field not in ("annotation", "returns"):
            for child in value if isinstance(value, list) else [value]:
                if isinstance(child, ast.AST) and not isinstance(
                    child, ast.Assert | ast.JoinedStr
                ):
                    yield from running(child)


def mistakes(node: ast.AST) -> Iterator[Mistake]:
    """What to write instead of *node*, or of a part of it."""
    match node:
        case ast.Expr(value=ast.Constant()):
            return
        case ast.Assign(targets=[ast.Name(id="__all__")]):
            return
        case ast.Return(value=ast.expr() as value) if not is_none(value):
            yield value, "None"
        case ast.Return(value=None):
            yield node, "pass"
        case ast.AnnAssign(value=None):
            return
        case (
            ast.Expr()
            | ast.Assign()
            | ast.AnnAssign()
            | ast.Raise()
            | ast.Delete()
            | ast.Break()
            | ast.Continue()
        ):
            yield node, "pass"
        case ast.AugAssign(op=op):
            yield node, "pass"
            yield from swapped(node, op)
        case ast.If(test=test) | ast.While(test=test) | ast.IfExp(test=test):
            yield from negated(test)
        case ast.comprehension(ifs=tests):
            yield from (one for test in tests for one in negated(test))
        case ast.For(iter=items):
            yield items, "()"
        case ast.withitem(context_expr=context):
            yield context, NO_CONTEXT
        case ast.UnaryOp(op=ast.Not(), operand=operand):
            yield node, f"({ast.unparse(operand)})"
        case ast.UnaryOp(op=ast.USub(), operand=operand):
            yield node, ast.unparse(operand)
        case ast.Compare(ops=[op]) | ast.BoolOp(op=op) | ast.BinOp(op=op):
            yield from swapped(node, op)
        case ast.Constant(value=bool(value)):
            yield node, str(not value)
        case ast.Constant(value=0 | 1 as value):
            yield node, str(value + 1)
        case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
            for decorator in node.decorator_list:
                yield decorator, "(lambda _: _)"


def negated(test: ast.expr) -> Iterator[Mistake]:
    """The opposite of *test*, unless another mistake in it is just that."""
    if not isinstance(test, ast.UnaryOp | ast.Compare):
        yield test, f"(not ({ast.unparse(test)}))"


def is_none(value: ast.expr) -> bool:
    return isinstance(value, ast.Constant) and value.value is None


def swapped(
    node: ast.AugAssign | ast.Compare | ast.BoolOp | ast.BinOp, op: ast.AST
) -> Iterator[Mistake]:
    """*node* with its operator *op* swapped, where that has an opposite."""
    if opposite := SWAPPED.get(type(op)):
        other: Any = copy.copy(node)
        if isinstance(node, ast.Compare):
            other.ops = [opposite()]
        else:
            other.op = opposite()
        text = ast.unparse(other)
        yield node, text if isinstance(node, ast.stmt) else f"({text})"


# ---- Trials: a run for each group of mutants


def files(*paths: str) -> list[Path]:
    """The project's files in *paths*, or all of them."""
    command = ["git", "ls-files", "-co", "--exclude-standard", *paths]
    listed = subprocess.check_output(command, text=True)
    return [Path(line) for line in listed.splitlines()]


class Tree:
    """A copy of the project, in which to spoil and to run."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        for path in files():
            copied = folder / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copied)

    def run(self, *command: str) -> tuple[bool, str]:
        """Whether Python's *command* succeeds, and what it prints."""
        with subprocess.Popen(
            [sys.executable, *command],
            cwd=self.folder,
            env=os.environ | ENVIRONMENT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            errors="replace",
            start_new_session=True,
        ) as process:
            try:
                printed, _ = process.communicate(timeout=DEADLINE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)
                return False, f"still runs after {DEADLINE} s"
        return process.returncode == 0, printed

    @contextmanager
    def spoilt(self, mutants: Sequence[Mutant]) -> Iterator[None]:
        """Within it, the tree has *mutants*, which are of one file."""
        path = self.folder / mutants[0].path
        text = path.read_text()
        lines = text.split("\n")
        for mutant in sorted(mutants, key=attrgetter("line"), reverse=True):
            start = mutant.line - 1
            lines[start : start + len(mutant.old)] = mutant.new
        path.write_text("\n".join(lines))
        try:
            yield
        finally:
            path.write_text(text)


class Trial(NamedTuple):
    """Run *pages*; if all are green, CPython's tests of *parts* too."""

    pages: tuple[str, ...]
    parts: tuple[str, ...]
    mutants: tuple[Mutant, ...]

    def survivors(self, tree: Tree) -> list[Mutant]:
        """The mutants that nobody notices."""
        with tree.spoilt(self.mutants):
            if self.mutants[0].path not in self.pages:
                green, _ = self.check(tree)
                return [*self.mutants] if green else []
            _, printed = tree.run(*PYTEST, *self.pages)
        failed = re.findall(r"^FAILED .*::line:(\d+),", printed, re.MULTILINE)
        return [one for one in self.mutants if str(one.block) not in failed]

    def check(self, tree: Tree) -> tuple[bool, str]:
        """Whether all is green, and what was printed last."""
        green, printed = tree.run(*PYTEST, "-x", *self.pages)
        if green and self.parts:
            green, printed = tree.run("tests/cpython.py", *self.parts)
        return green, printed


def trials_of(path: Path, pages: list[Path]) -> Iterator[Trial]:
    """A trial for each group of mutants of the file *path*."""
    if path.suffix == ".rst":
        for group in spoilt_page(path):
            yield Trial((str(path),), (), tuple(group))
    elif path.suffix == ".py" and path.name != "__init__.py":
        shown = f"literalinclude:: ../{path}\n"
        showing = [page for page in pages if shown in page.read_text()]
        text = "".join(page.read_text() for page in showing)
        parts = re.findall(r"tests/cpython\.py (\w+)", text)
        for mutant in spoilt_source(path):
            yield Trial((*map(str, showing),), (*parts,), (mutant,))


def changed_since(revision: str) -> set[tuple[str, int]]:
    """The lines that have changed since *revision*, each with its file."""
    command = ["git", "diff", "-U0", "--no-prefix", revision]
    changed, path = set(), ""
    for line in subprocess.check_output(command, text=True).splitlines():
        if line.startswith("+++ "):
            path = line[4:]
        elif found := re.match(r"@@ -\S+ \+(\d+)(?:,(\d+))? @@", line):
            first, length = int(found[1]), int(found[2] or 1)
            changed |= {(path, first + more) for more in range(length)}
    return changed


def only(changed: set[tuple[str, int]], trials: list[Trial]) -> list[Trial]:
    """The *trials* with nothing but mutants of *changed* lines."""

    def is_changed(one: Mutant) -> bool:
        lines = range(one.line, one.line + len(one.old))
        return any((one.path, line) in changed for line in lines)

    fewer = [
        trial._replace(mutants=tuple(filter(is_changed, trial.mutants)))
        for trial in trials
    ]
    return [trial for trial in fewer if trial.mutants]


def run(trials: list[Trial]) -> Iterator[Mutant]:
    """Try all *trials*, some at once; yield the mutants that survive."""
    runs = RUNS_A_CORE * (os.cpu_count() or 1)
    trees: SimpleQueue[Tree] = SimpleQueue()

    def on_a_tree(do: Callable[[Tree], T]) -> T:
        tree = trees.get()
        try:
            return do(tree)
        finally:
            trees.put(tree)

    with tempfile.TemporaryDirectory() as folder:
        for number in range(runs):
            trees.put(Tree(Path(folder, str(number))))
        pool = ThreadPoolExecutor(runs)
        try:
            before = {trial._replace(mutants=()) for trial in trials}
            checks = [trial.check for trial in before]
            for green, printed in pool.map(on_a_tree, checks):
                if not green:
                    sys.exit(f"{printed}Red before anything is spoilt.")
            jobs = {
                pool.submit(on_a_tree, trial.survivors): len(trial.mutants)
                for trial in trials
            }
            with tqdm(total=sum(jobs.values()), mininterval=1) as bar:
                for job in as_completed(jobs):
                    bar.update(jobs[job])
                    yield from job.result()
        finally:
            pool.shutdown(cancel_futures=True)


def report(found: list[Mutant], survivors: list[Mutant]) -> int:
    """Print the score and what is wrong with it; return the status."""
    reasons = tomllib.loads(SURVIVORS.read_text())
    wrong = [one for one in survivors if one.key not in reasons]
    dead = {one.key for one in found} - {one.key for one in survivors}
    outdated = reasons.keys() & dead
    for what in (".rst", ".py"):
        tried = [one for one in found if one.path.endswith(what)]
        left = [one for one in survivors if one.path.endswith(what)]
        print(f"{what}: {len(tried) - len(left)} of {len(tried)} noticed")
    for mutant in wrong:
        print(f"{mutant} survives")
    for key in sorted(outdated):
        print(f"{key} is noticed now: take it from {SURVIVORS}")
    return 1 if wrong or outdated else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Spoil pages and sources: each mistake must turn red."
    )
    parser.add_argument("path", nargs="+", help="what to spoil")
    parser.add_argument(
        "--since", metavar="REV", help="only lines that changed since then"
    )
    options = parser.parse_args()
    pages = [path for path in files() if path.suffix == ".rst"]
    found = [
        trial
        for path in files(*options.path)
        for trial in trials_of(path, pages)
    ]
    if options.since:
        found = only(changed_since(options.since), found)
    survivors = []
    for mutant in run(found):
        survivors.append(mutant)
        tqdm.write(f"{mutant} survives")
    return report([one for trial in found for one in trial.mutants], survivors)


if __name__ == "__main__":
    sys.exit(main())
