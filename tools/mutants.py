"""Spoil pages and sources, one mistake at a time: each must turn a page red.

    python tools/mutants.py [--since REV] FILE_OR_FOLDER ...

In a page (.rst) it spoils each expected line, in a source (.py) each
statement and operator. Then it runs the page, or for a source the pages that
show it, and CPython's tests if they name their counts. A mistake that nobody
notices *survives*, and is printed with its place. Each run is one of its own,
in a process that is forked, with a limit that depends on how long it takes
when nothing is spoilt.

It exits with 1 if a mistake survives that survivors.toml does not list, or
if one does not that it lists; and if a source does not survive as it is, which
is tried among the others: then what turns red does so by chance.
"""

import argparse
import os
import re
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Collection, Iterator
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))
os.environ["PYTHONDONTWRITEBYTECODE"] = "1"
os.environ["PYTEST_DISABLE_PLUGIN_AUTOLOAD"] = "1"  # starts a third faster
sys.dont_write_bytecode = True

from tqdm import tqdm

from mutation import RUNS_A_CORE, Mutant
from mutation.children import spread, stop_on_signals
from mutation.trees import Green, Tree, files
from mutation.trials import Check, Trial, trials_of
from mutation.warm import warm_up

SURVIVORS = Path(__file__).with_name("survivors.toml")
tqdm.monitor_interval = 0  # it would be a thread, and we fork


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
    warm_up()
    runs = min(RUNS_A_CORE * (os.cpu_count() or 1), len(trials))
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as folder:
        trees = [Tree(Path(folder, str(number))) for number in range(runs)]
        checks = {check for trial in trials for check in trial.checks}
        greens = record(checks, trees)

        def judge(tree: Tree, trial: Trial) -> list[Mutant]:
            return trial.survivors(trial, tree, greens)

        total = sum(len(trial.mutants) for trial in trials)
        with tqdm(total=total, mininterval=1) as bar:
            for trial, survivors in spread(judge, trials, trees):
                bar.update(len(trial.mutants))
                yield from survivors


def record(checks: Collection[Check], trees: list[Tree]) -> dict[Check, Green]:
    """Run all *checks*, with nothing spoilt; exit unless they are green."""

    def run(tree: Tree, check: Check) -> tuple[Green | None, str]:
        return tree.record(*check), tree.printed.read_text(errors="replace")

    greens = {}
    running = spread(run, checks, trees)
    for check, (green, printed) in tqdm(running, "unspoilt", len(checks)):
        if green is None:
            running.close()
            sys.exit(f"{printed}Red before anything is spoilt.")
        greens[check] = green
    return greens


def report(found: list[Mutant], survivors: list[Mutant]) -> int:
    """Print the score and what is wrong with it; return the status.

    The *survivors* are some of those *found*.
    """
    reasons = tomllib.loads(SURVIVORS.read_text())
    mutants = [one for one in found if not one.is_control]
    dead = [one for one in mutants if one not in survivors]
    left = [one for one in mutants if one in survivors]
    for what in (".rst", ".py"):
        noticed, tried = (
            sum(one.path.endswith(what) for one in some)
            for some in (dead, mutants)
        )
        print(f"{what}: {noticed} of {tried} noticed")
    faults = [f"{one} survives" for one in left if one.key not in reasons]
    outdated = {one.key for one in dead} - {one.key for one in left}
    faults += (
        f"{key} is noticed now: take it from {SURVIVORS}"
        for key in reasons
        if key in outdated
    )
    faults += (
        f"{one.path} is noticed as it is: what turns red does so by chance"
        for one in found
        if one.is_control and one not in survivors
    )
    for fault in faults:
        print(fault)
    return 1 if faults else 0


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Spoil pages and sources: each mistake must turn red."
    )
    parser.add_argument("path", nargs="+", help="what to spoil")
    parser.add_argument(
        "--since", metavar="REV", help="only lines that changed since then"
    )
    options = parser.parse_args()
    stop_on_signals()
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
        if not mutant.is_control:
            tqdm.write(f"{mutant} survives")
    return report([one for trial in found for one in trial.mutants], survivors)


if __name__ == "__main__":
    sys.exit(main())
