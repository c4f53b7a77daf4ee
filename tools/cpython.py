"""CPython's own tests of asyncio, unedited, run with our parts put in.

    python tools/cpython.py [PART ...] [--record]

PART is a module of tools/parts; without names it runs them all. It exits with
1 unless every test passes, the excepted ones apart, which must fail; unless
our code ran in them; and unless the counts are those that
docs/cpython/PART.csv has for this very release. `--record` writes them there.

A test that fails is run once more, as CPython's own CI does. On a release
without a record a test may also fail with asyncio's own part, and an excepted
one may pass. Such things are told, in lines that begin with "Note: ".
"""

import argparse
import contextlib
import csv
import faulthandler
import gc
import importlib.util
import logging
import platform
import re
import signal
import socket
import sys
import tempfile
import unittest
from collections.abc import Collection, Iterator
from dataclasses import replace
from pathlib import Path
from types import FrameType, ModuleType
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

from parts import Part, came_with

PARTS = [path.stem for path in sorted((ROOT / "tools/parts").glob("[!_]*.py"))]
OURS = str(ROOT / "src" / "behind")
DEADLINE = 180.0  # seconds a test
NOTE = "Note: "
LOADER = unittest.defaultTestLoader
COLUMNS = [
    "Python",
    "Tests",
    "Passed",
    "Through our code",
    "Excepted",
    "Skipped",
]


class Result(unittest.TestResult):
    """What became of each test, by id; `through` are those in our code."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[str] = []
        self.through: set[str] = set()
        self.kept = self.note  # 3.11 may still call what note has removed

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.started.append(name(test))
        faulthandler.dump_traceback_later(DEADLINE, exit=True)
        sys.setprofile(self.kept)

    def stopTest(self, test: unittest.TestCase) -> None:
        sys.setprofile(None)
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)

    def note(self, frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code.co_filename.startswith(OURS):
            self.through.add(self.started[-1])
            sys.setprofile(None)  # what we want to know, we know

    def failed(self) -> dict[str, str]:
        """Each test that failed, with its traceback."""
        failed = self.failures + self.errors
        return {name(test): traceback for test, traceback in failed}

    def forgive(self, tests: Collection[str]) -> None:
        """Take the *tests* for passed."""
        for failed in self.failures, self.errors:
            failed[:] = [one for one in failed if name(one[0]) not in tests]


def name(test: unittest.TestCase) -> str:
    """The id of *test* from its module on; a subtest has its test's."""
    whole: str = getattr(test, "test_case", test).id()
    return whole.removeprefix("test.").removeprefix("test_asyncio.")


def run(
    part: Part, result: Result, chosen: Collection[str] | None = None
) -> None:
    """Run the tests of *part*, or those of them *chosen*, with it put in."""
    logging.getLogger("asyncio").addHandler(logging.NullHandler())
    with contextlib.ExitStack() as stack:
        # Some make sockets where they are, or look there if they could.
        folder = stack.enter_context(tempfile.TemporaryDirectory())
        stack.enter_context(contextlib.chdir(folder))
        modules = [load(module) for module in part.modules]
        stack.enter_context(without_waiting())
        stack.enter_context(part.put_in())
        suite = unittest.TestSuite()
        tests = [
            test
            for module in modules
            for test in each(LOADER.loadTestsFromModule(module))
            if re.search(part.select, name(test))
            and (chosen is None or name(test) in chosen)
        ]
        for test in tests:
            if lacks_services(name(test)):
                result.addSkip(test, NO_SERVICES)
            else:
                suite.addTest(test)
        gc.freeze()  # tests collect garbage after each; modules are none
        suite.run(result)


def without_waiting() -> contextlib.AbstractContextManager[object]:
    """On 3.11.2, and not on 3.11.7, a traceback that keeps a thread is slow.

    CPython's tests then collect garbage a hundred times, to no avail, which
    takes minutes on a busy machine. All that comes of it is a warning.
    """
    if came_with((3, 11, 7)) or no_tests():
        return contextlib.nullcontext()
    helper = importlib.import_module("test.support.threading_helper")
    return mock.patch.object(helper, "threading_cleanup")


NO_SERVICES = (
    "for this machine has no names of services, such as http: "
    "`apt-get install netbase` brings /etc/services on Debian and Ubuntu"
)


def lacks_services(test: str) -> bool:
    """Whether *test* looks up the port of a service, and there are none."""
    if "service_name" not in test:
        return False
    try:
        return not socket.getservbyname("http", "tcp")
    except OSError:
        return True


def no_tests() -> str:
    """Why CPython's tests cannot run, and what to install; or nothing."""
    try:
        found = importlib.util.find_spec("test.test_asyncio")
    except ImportError:
        found = None
    version = "{}.{}".format(*sys.version_info)
    return (
        ""
        if found
        else (
            "CPython's own tests did not run with our parts, for this Python "
            f"{platform.python_version()} came without them: `apt-get install "
            f"libpython{version}-testsuite netbase` on Debian and Ubuntu, "
            "`dnf install python3-test` on Fedora"
        )
    )


def load(module: str) -> ModuleType:
    if "." in module:  # another project's
        return importlib.import_module(module)
    if lacking := no_tests():
        sys.exit(lacking)
    package = importlib.import_module("test.test_asyncio")
    if importlib.util.find_spec(f"{package.__name__}.{module}") is None:
        return importlib.import_module(f"test.{module}")
    return importlib.import_module(f"{package.__name__}.{module}")


def each(suite: unittest.TestSuite) -> Iterator[unittest.TestCase]:
    for test in suite:
        if isinstance(test, unittest.TestSuite):
            yield from each(test)
        else:
            yield test


def row(part: Part, result: Result, module: str = "") -> dict[str, str]:
    """The counts, of one *module* or of all, as they stand in a table.

    Neither the excepted tests nor the skipped ones count among Tests.
    """
    skipped = {name(test) for test, reason in result.skipped}
    skipped = {one for one in skipped if one.startswith(module)}
    started = {one for one in result.started if one.startswith(module)}
    excepted = part.excepted.keys() & started
    tests = started - skipped - excepted
    counts = [
        len(tests),
        len(tests - result.failed().keys()),
        len(tests & result.through),
        len(excepted),
        len(skipped),
    ]
    cells = [platform.python_version(), *map(str, counts)]
    return dict(zip(COLUMNS, cells, strict=True))


def faults(part: Part, result: Result) -> Iterator[str]:
    """Everything that is not as it should be."""
    for failed, traceback in result.failed().items():
        if failed not in part.excepted:
            yield f"{failed} failed:\n{traceback}"
    for test in result.unexpectedSuccesses:
        yield f"{name(test)} passed, though CPython expects it to fail"
    for excepted in sorted(idle(part, result)):
        yield f"{excepted} passed, though it is excepted here"
    if not result.through:
        yield "no test ran our code"


def settle(name: str, part: Part, result: Result) -> tuple[Part, list[str]]:
    """*part* with the exceptions that this run needs, and notes on them.

    Whatever the release, a test may fail once, if not twice. On one that has
    no record it may also fail with asyncio's own part, and pass here though
    it is excepted.
    """
    notes = [f"{test} did not run, {why}" for test, why in unserved(result)]
    excepted = dict(part.excepted)
    failed = result.failed().keys() & set(result.started) - excepted.keys()
    twice = failing(part, failed)
    result.forgive(failed - twice)
    for test in sorted(failed - twice):
        notes.append(f"{test} failed, and passed when it was run again")
    if not is_recorded(name):
        for test in sorted(failing_anyway(part, twice)):
            excepted[test] = "fails with asyncio's own part, too"
            notes.append(f"{test} {excepted[test]}")
        for test in sorted(idle(part, result)):
            del excepted[test]
            notes.append(f"{test} passed, though it is excepted here")
    if excepted != part.excepted:
        part = replace(part, excepted=excepted)
    return part, notes


def unserved(result: Result) -> list[tuple[str, str]]:
    """The tests that were skipped for want of names of services, and why."""
    skipped = [(name(test), reason) for test, reason in result.skipped]
    return [skip for skip in skipped if skip[1] == NO_SERVICES]


def failing(part: Part, tests: set[str]) -> set[str]:
    """Those of the *tests* that fail with *part* when they run once more."""
    result = Result()
    if tests:
        run(part, result, tests)
    return tests - (set(result.started) - result.failed().keys())


def failing_anyway(part: Part, tests: set[str]) -> set[str]:
    """Those of the *tests* that do not pass with asyncio's own part.

    A case of ours, such as BehindTaskTests, is not there then. The same test
    in a case of asyncio's takes its place.
    """
    if not tests:
        return set()
    methods = {test.rpartition(".")[2] for test in tests}
    own = replace(
        part,
        select=rf"\.({'|'.join(methods)})$",
        put_in=contextlib.nullcontext,
    )
    result = Result()
    run(own, result)
    skipped = {name(test) for test, reason in result.skipped}
    passed = set(result.started) - skipped - result.failed().keys()
    return {test for test in tests if not any(like(test, passed))}


def like(test: str, passed: Collection[str]) -> Iterator[str]:
    """The tests of asyncio's that are *test*, or take its place."""
    module, case, method = test.rsplit(".", 2)
    for other in passed:
        ours = case.startswith("Behind") and other.startswith(f"{module}.")
        if other == test or (ours and other.endswith(f".{method}")):
            yield other


def idle(part: Part, result: Result) -> set[str]:
    """The excepted tests that passed."""
    skipped = {name(test) for test, reason in result.skipped}
    ran = part.excepted.keys() & set(result.started) - skipped
    return ran - result.failed().keys()


def table(part: str) -> Path:
    return ROOT / "docs" / "cpython" / f"{part}.csv"


def recorded(part: str) -> dict[str, dict[str, str]]:
    """The rows of a part's table, by minor version: {"3.13": row, ...}."""
    if not table(part).exists():
        return {}
    with table(part).open(newline="") as file:
        return {minor(row): row for row in csv.DictReader(file)}


def is_recorded(part: str) -> bool:
    """Whether the table of *part* has a row for this very release."""
    rows = recorded(part).values()
    return platform.python_version() in {row["Python"] for row in rows}


def minor(row: dict[str, str]) -> str:
    return ".".join(row["Python"].split(".")[:2])


def record(part: str, row: dict[str, str]) -> None:
    """Put *row* into the table, instead of its minor version's old one."""
    rows = recorded(part) | {minor(row): row}
    table(part).parent.mkdir(exist_ok=True)
    with table(part).open("w", newline="") as file:
        writer = csv.DictWriter(file, list(row), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[version] for version in sorted(rows))


def record_column(name: str, key: str, cells: dict[str, str]) -> None:
    """Put a column for this Python into a table with a row for each cell."""
    rows: dict[str, dict[str, str]] = {}
    if table(name).exists():
        with table(name).open(newline="") as file:
            rows = {row[key]: row for row in csv.DictReader(file)}
    version = "{}.{}".format(*sys.version_info)
    for row in rows.values():
        row.pop(version, None)
    for first, cell in cells.items():
        rows.setdefault(first, {key: first})[version] = cell
    kept = [row for row in rows.values() if any(list(row.values())[1:])]
    versions = sorted({column for row in kept for column in row} - {key})
    with table(name).open("w", newline="") as file:
        writer = csv.DictWriter(file, [key, *versions], lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def record_in_detail(name: str, part: Part, result: Result) -> None:
    """Record the counts of each module, and each test that is excepted."""
    modules = {
        module: "{Passed} + {Excepted}".format(
            **row(part, result, f"{module}.")
        ).removesuffix(" + 0")
        for module in part.modules
    }
    record_column(f"{name}/modules", "Module", modules)
    excepted = {
        f"{test}: {reason}": "fails"
        for test, reason in part.excepted.items()
        if test in result.started
    }
    record_column(f"{name}/excepted", "Test", excepted)


def differing(part: str, row: dict[str, str], result: Result) -> Iterator[str]:
    """What the table has for this release, where that is not *row*."""
    old = recorded(part).get(minor(row), row)
    if is_recorded(part) and old != row and not unserved(result):
        yield f"{table(part)} has {old}, this run {row}: --record it"


def summary(counts: dict[str, str]) -> str:
    return (
        "{Passed} of {Tests} tests pass, "
        "{Excepted} excepted, {Skipped} skipped".format(**counts)
    )


def report(part: str, to_record: bool) -> bool:
    """Run *part* and print how it went; whether all is as it should be."""
    tried: Part = importlib.import_module(f"parts.{part}").PART
    result = Result()
    run(tried, result)
    tried, notes = settle(part, tried, result)
    counts = row(tried, result)
    print(f"{part} on CPython {counts['Python']}: {summary(counts)}")
    for module in tried.modules:
        of_module = row(tried, result, f"{module}.")
        print(f"  {module}: {summary(of_module)}")
    for note in notes:
        print(f"{NOTE}{part} on CPython {counts['Python']}: {note}")
    found = list(faults(tried, result))
    if to_record and not found:
        record(part, counts)
        if tried.in_detail:
            record_in_detail(part, tried, result)
    found += differing(part, counts, result)
    for fault in found:
        print(fault)
    return not found


def main() -> int:
    parser = argparse.ArgumentParser(
        description="Run CPython's own tests of asyncio with our parts put in."
    )
    parser.add_argument("part", nargs="*", help=", ".join(PARTS))
    parser.add_argument(
        "--record",
        action="store_true",
        help="write this Python's row in docs/cpython/PART.csv",
    )
    options = parser.parse_args()
    if unknown := set(options.part) - set(PARTS):
        parser.error(f"no part {unknown.pop()!r}; there is {', '.join(PARTS)}")
    parts = options.part or PARTS
    # A run in the background ignores SIGINT. CPython's tests count on it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    good = [report(part, options.record) for part in parts]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
