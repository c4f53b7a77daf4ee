"""Copies of the project, in which to spoil and to run."""

import compileall
import importlib
import os
import resource
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from operator import attrgetter
from pathlib import Path
from py_compile import PycInvalidationMode
from typing import Any, NamedTuple, TypeVar

from coverage import Coverage, CoverageData

from mutation import DEADLINE, Mutant, patience
from mutation.children import in_child

T = TypeVar("T")
Reached = dict[tuple[str, int], frozenset[str]]

ROOT = Path(__file__).parents[2]
OURS = str(ROOT / "src"), str(ROOT / "tools")

RECORDING = """\
[run]
core = ctrace
parallel = true
patch = subprocess
sigterm = true
data_file = {folder}/reached
include = {project}/src/*
"""


def files(*paths: str) -> list[Path]:
    """The project's files in *paths*, or all of them."""
    command = ["git", "ls-files", "-co", "--exclude-standard", *paths]
    listed = subprocess.check_output(command, text=True)
    return [Path(line) for line in listed.splitlines()]


class Green(NamedTuple):
    """How a run went that succeeded, with nothing spoilt.

    `found` is what it returned. `reached` has for each line that ran, by file
    and number, the tests in which it did; "" stands for what runs outside of
    CPython's tests. It took `seconds`, and `busy` of them on a processor.
    """

    found: Any
    reached: Reached
    seconds: float
    busy: float

    def reaching(self, mutant: Mutant) -> frozenset[str]:
        """The tests that run a line of the statement of *mutant*."""
        lines = [(mutant.path, line) for line in mutant.around]
        tests = [self.reached.get(line, frozenset()) for line in lines]
        return frozenset().union(*tests)


class Tree:
    """A copy of the project in *folder*, beside what its runs print."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.project = folder / "project"
        self.temporary = folder / "tmp"
        self.printed = folder / "printed"
        for path in files():
            copied = self.project / path
            copied.parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(path, copied)
        compileall.compile_dir(
            self.project,
            quiet=2,
            invalidation_mode=PycInvalidationMode.CHECKED_HASH,
        )

    @contextmanager
    def spoilt(self, mutants: Sequence[Mutant]) -> Iterator[None]:
        """Within it, the tree has *mutants*, which are of one file."""
        path = self.project / mutants[0].path
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

    def record(self, run: str, *arguments: object) -> Green | None:
        """What *run* does, or None if that is None."""
        config = self.folder / "coveragerc"
        config.write_text(RECORDING.format(**vars(self)))

        def recorded() -> Green | None:
            recorder = Coverage(config_file=str(config))
            start = time.perf_counter()
            recorder.start()
            found = call(run, *arguments)
            recorder.stop()
            seconds, busy = time.perf_counter() - start, busy_time()
            recorder.save()
            recorder.combine()
            reached = self.reached(recorder.get_data())
            recorder.erase()
            if found is None:
                return None
            return Green(found, reached, seconds, busy)

        return self.in_child(recorded, DEADLINE)

    def reached(self, data: CoverageData) -> Reached:
        shared: dict[frozenset[str], frozenset[str]] = {}  # most are {""}
        return {
            (path, line): shared.setdefault(tests, tests)
            for measured in data.measured_files()
            for path in [os.path.relpath(measured, self.project)]
            for line, names in data.contexts_by_lineno(measured).items()
            for tests in [frozenset(names)]
        }

    def run(self, run: str, *arguments: object) -> Any:
        """What *run* returns; None if its process dies."""
        return self.in_child(lambda: call(run, *arguments), DEADLINE)

    def rerun(self, green: Green, run: str, *arguments: object) -> Any:
        """As `run`, but None, too, if it takes much longer than *green*."""

        def limited() -> Any:
            signal.setitimer(signal.ITIMER_PROF, 1 + 3 * green.busy)
            return call(run, *arguments)

        return self.in_child(limited, patience(green.seconds))

    def in_child(self, work: Callable[[], T], seconds: float) -> T | None:
        """What *work* returns in a process that has moved to this tree."""

        def moved() -> T:
            os.chdir(self.project)
            os.environ["TMPDIR"] = tempfile.tempdir = str(self.temporary)
            for folder in "tools", "src", ".":
                sys.path.insert(0, str(self.project / folder))
            for name in [*filter(is_ours, sys.modules)]:
                del sys.modules[name]  # the tree has its own
            return work()

        self.temporary.mkdir(exist_ok=True)
        try:
            return in_child(moved, self.printed, seconds)
        finally:
            shutil.rmtree(self.temporary, ignore_errors=True)


def is_ours(name: str) -> bool:
    """Whether the module *name* is of this project, and not of its mutants."""
    file = getattr(sys.modules[name], "__file__", None) or ""
    package = name.partition(".")[0]
    return file.startswith(OURS) and package not in ("__main__", "mutation")


def call(run: str, *arguments: object) -> Any:
    """Call *run*, such as "blocks.run_snippets", of this package."""
    module, function = run.split(".")
    imported = importlib.import_module(f"mutation.{module}")
    return getattr(imported, function)(*arguments)


def busy_time() -> float:
    """Seconds that this process and its children were on a processor."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime
