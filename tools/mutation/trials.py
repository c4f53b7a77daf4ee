"""Trials: what is spoilt together, and who may notice it."""

import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import NamedTuple

from mutation import Mutant
from mutation.pages import snippet_groups, terminal_lines
from mutation.sources import spoilt_source
from mutation.trees import Green, Tree


class Check(NamedTuple):
    """A function that runs something, and the page or the part to run."""

    run: str
    name: str


class Trial(NamedTuple):
    """Spoil *mutants* at once; *survivors* are those that no check notices."""

    survivors: "Callable[[Trial, Tree, dict[Check, Green]], list[Mutant]]"
    checks: tuple[Check, ...]
    mutants: tuple[Mutant, ...]


def source_survivors(
    trial: Trial, tree: Tree, greens: dict[Check, Green]
) -> list[Mutant]:
    """The one mutant, unless a check turns red or hangs."""
    [mutant] = trial.mutants
    with tree.spoilt(trial.mutants):
        for check in trial.checks:
            if not is_green(check, mutant, tree, greens[check]):
                if mutant.is_control:
                    print(tree.printed.read_text(errors="replace"))
                return []
    return [mutant]


def is_green(check: Check, mutant: Mutant, tree: Tree, green: Green) -> bool:
    """Whether all of *check* that reaches *mutant* is as it was."""
    expected = green.found
    match green.reaching(mutant):
        case tests if not tests:
            return True
        case tests if "" not in tests:
            expected = {test: expected[test] for test in tests}
    return tree.rerun(green, *check, expected) is not None


def snippet_survivors(
    trial: Trial, tree: Tree, greens: dict[Check, Green]
) -> list[Mutant]:
    """The mutants of snippets that are green: each fails for itself."""
    [(_, page)] = trial.checks
    spoilt = {one.block for one in trial.mutants}
    with tree.spoilt(trial.mutants):
        failed = tree.run("blocks.failing_snippets", page) or set()
    if failed - spoilt:  # something else is wrong: nothing is proved
        return [*trial.mutants]
    return [one for one in trial.mutants if one.block not in failed]


def terminal_survivors(
    trial: Trial, tree: Tree, greens: dict[Check, Green]
) -> list[Mutant]:
    """The mutants of lines of terminals that match although spoilt."""
    [(_, page)] = trial.checks
    lines = [one.line for one in trial.mutants]
    noticed = tree.run("lines.noticed_lines", page, lines) or ()
    return [one for one in trial.mutants if one.line not in noticed]


def trials_of(path: Path, pages: list[Path]) -> Iterator[Trial]:
    """The trials of all mutants of the file *path*."""
    if path.suffix == ".rst":
        snippets = (Check("blocks.run_snippets", str(path)),)
        for group in snippet_groups(path):
            yield Trial(snippet_survivors, snippets, tuple(group))
        if lines := terminal_lines(path):
            terminals = (Check("blocks.run_terminals", str(path)),)
            yield Trial(terminal_survivors, terminals, tuple(lines))
    elif path.suffix == ".py" and path.name != "__init__.py":
        checks = tuple(dict.fromkeys(checks_of(path, pages)))
        for mutant in (control(path), *spoilt_source(path)):
            yield Trial(source_survivors, checks, (mutant,))


def control(path: Path) -> Mutant:
    """The source *path* as it is: whatever runs a line of it stays green."""
    lines = path.read_text().splitlines()
    return Mutant(str(path), 1, lines, lines, around=range(1, len(lines) + 1))


def checks_of(path: Path, pages: list[Path]) -> Iterator[Check]:
    """What may notice a mutant of the source *path*, the quickest first."""
    shown = f"literalinclude:: ../{path}\n"
    showing = [page for page in pages if shown in page.read_text()]
    for page in showing:
        yield Check("blocks.run_snippets", str(page))
    for page in showing:
        for part in re.findall(r"tools/cpython\.py\s+(\w+)", page.read_text()):
            yield Check("suites.run_tests", part)
    for page in showing:
        if ".. terminal::" in page.read_text():
            yield Check("blocks.run_terminals", str(page))
