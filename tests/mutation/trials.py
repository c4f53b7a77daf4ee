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
    """A function of mutation.runs, and the page or the part that it runs."""

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
    """The one mutant, unless a check that reaches it turns red or hangs."""
    [mutant] = trial.mutants
    with tree.spoilt([mutant]):
        for check in trial.checks:
            green = greens[check]
            tests = green.reaching(mutant)
            expected = [
                {
                    test: outcome
                    for test, outcome in green.found.items()
                    if test in tests or "" in tests
                }
            ] if check.run == "run_tests" else []
            if tests and not tree.rerun(green, *check, *expected):
                return []
    return [mutant]


def snippet_survivors(
    trial: Trial, tree: Tree, greens: dict[Check, Green]
) -> list[Mutant]:
    """The mutants of snippets that are green: each fails for itself."""
    [(_, page)] = trial.checks
    with tree.spoilt(trial.mutants):
        failed = tree.run("failing_snippets", page) or ()
    return [one for one in trial.mutants if one.block not in failed]


def terminal_survivors(
    trial: Trial, tree: Tree, greens: dict[Check, Green]
) -> list[Mutant]:
    """The mutants of lines of terminals that match although spoilt."""
    [(_, page)] = trial.checks
    lines = [one.line for one in trial.mutants]
    noticing = tree.run("noticing_lines", page, lines) or ()
    return [one for one in trial.mutants if one.line not in noticing]


def trials_of(path: Path, pages: list[Path]) -> Iterator[Trial]:
    """The trials of all mutants of the file *path*."""
    if path.suffix == ".rst":
        snippets = (Check("run_snippets", str(path)),)
        for group in snippet_groups(path):
            yield Trial(snippet_survivors, snippets, tuple(group))
        if lines := terminal_lines(path):
            terminals = (Check("run_terminals", str(path)),)
            yield Trial(terminal_survivors, terminals, tuple(lines))
    elif path.suffix == ".py" and path.name != "__init__.py":
        checks = tuple(checks_of(path, pages))
        for mutant in spoilt_source(path):
            yield Trial(source_survivors, checks, (mutant,))


def checks_of(path: Path, pages: list[Path]) -> Iterator[Check]:
    """What may notice a mutant of the source *path*, the quickest first."""
    shown = f"literalinclude:: ../{path}\n"
    showing = [page for page in pages if shown in page.read_text()]
    for page in showing:
        yield Check("run_snippets", str(page))
    for page in showing:
        for part in re.findall(r"tests/cpython\.py (\w+)", page.read_text()):
            yield Check("run_tests", part)
    for page in showing:
        if ".. terminal::" in page.read_text():
            yield Check("run_terminals", str(page))
