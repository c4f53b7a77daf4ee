"""Other projects' own tests of event loops, unedited, run on our loop.

    python tools/suites.py [uvloop|anyio[==VERSION]] [--record]

It downloads the source of that version, or of the one that has been recorded,
and runs each test on asyncio's loop and on ours; without a name, both suites.
What they need is in the dependency group `suites` of pyproject.toml. It exits
with 1 unless all that pass on asyncio's pass on ours, the excepted ones apart,
which must fail; and unless the counts are those that
docs/cpython/whole/SUITE.csv has for this very release and version. `--record`
writes them there.
"""

import argparse
import platform
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import behind
import cpython
from parts import Part, put_in_event_loop

COLUMNS = ["Python", "Version", "Tests", "Passed", "Excepted"]
Outcomes = dict[str, str]  # of each test: passed, failed or skipped


def stand_in(source: Path) -> ModuleType:
    """A module uvloop that has our loop, and the base of uvloop's tests."""
    module = ModuleType("uvloop")
    vars(module).update(
        __path__=[str(source / "uvloop")],
        Loop=behind.EventLoop,
        new_event_loop=behind.EventLoop,
        loop=SimpleNamespace(Loop=behind.EventLoop),
        **dict.fromkeys(["EventLoopPolicy", "run"]),  # named, and not called
    )
    return module


def uvloop_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails on our loop, and why."""
    base = "tests.test_base.TestBaseAIO.test"
    yield (
        f"{base}_calls_debug_reporting",
        "our handles do not note in which line they were made",
    )
    yield f"{base}_set_task_factory", "wants asyncio's own tasks by default"
    yield f"{base}_set_task_name", "names the task if the loop is asyncio's"
    yield (
        "tests.test_process.Test_AIO_Process.test_process_streams_basic_1",
        "wants pause_reading, not implemented, where one can only write",
    )
    yield (
        "tests.test_tcp.Test_AIO_TCP.test_create_connection_open_con_addr",
        "ours refuses in the words of 3.13.9",
    )


UVLOOP = Part(
    modules=[
        f"tests.test_{name}"
        for name in (
            *("aiohttp", "base", "context", "dns", "executors", "pipes"),
            *("process", "sockets", "tcp", "udp", "unix"),
        )
    ],
    select="AIO",  # those that uvloop itself runs on asyncio's loop, too
    put_in=put_in_event_loop,
    excepted=dict(uvloop_excepted()),
)


def uvloop(source: Path) -> tuple[Outcomes, Outcomes]:
    sys.path.insert(0, str(source))
    sys.modules["uvloop"] = stand_in(source)
    return outcomes(replace(UVLOOP, put_in=nullcontext)), outcomes(UVLOOP)


def outcomes(part: Part) -> Outcomes:
    result = cpython.Result()
    cpython.run(part, result)
    skipped = {cpython.name(test) for test, reason in result.skipped}
    return (
        dict.fromkeys(result.started, "passed")
        | dict.fromkeys(skipped, "skipped")
        | dict.fromkeys(result.failed(), "failed")
    )


def anyio_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails on our loop, and why."""
    for test in (
        "streams/test_memory.py::test_cancel_during_receive[asyncio]",
        "streams/test_memory.py::test_close_send_while_sending[asyncio]",
        "streams/test_memory.py"
        "::test_send_to_natively_cancelled_receiver[asyncio]",
        "test_synchronization.py"
        "::TestEvent::test_event_wait_before_set_before_cancel[asyncio]",
    ):
        yield (
            f"tests/{test}",
            "anyio asks whether a task awaits asyncio's own class of future",
        )
    for test in (
        "process_cwd[asyncio]",
        "process_new_session_sid[asyncio]",
        "user_group_arguments[asyncio-umask]",
        "user_group_arguments[asyncio-user0]",
        "user_group_arguments[asyncio-user1]",
    ):
        yield (
            f"tests/test_subprocesses.py::test_{test}",
            "a start blocks for a moment; the test lets asyncio's alone do so",
        )


class Noting:
    """A plugin for pytest: what became of each test."""

    def __init__(self) -> None:
        self.outcomes: Outcomes = {}

    def pytest_runtest_logreport(self, report: Any) -> None:
        if report.when == "call" or not report.passed:
            self.outcomes[report.nodeid] = report.outcome


def anyio(source: Path) -> tuple[Outcomes, Outcomes]:
    """anyio's tests try uvloop's loop where there is one: here it is ours."""
    import pytest

    sys.path.insert(0, str(source / "src"))  # the tests are of this very anyio
    sys.modules["uvloop"] = stand_in(source)
    noting = Noting()
    options = ["-q", "--tb=short", "-p", "no:cacheprovider"]
    # It blames what garbage warns of on whichever test runs then.
    options += ["-p", "no:unraisableexception", "-c"]
    which = "asyncio and not trio and not eager"
    pytest.main(
        [*options, f"{source}/pyproject.toml", "-k", which, f"{source}/tests"],
        plugins=[noting],
    )
    ours = {test for test in noting.outcomes if "asyncio+uvloop" in test}
    pairs = {test.replace("+uvloop", ""): test for test in ours}
    return (
        {
            test: noting.outcomes[test]
            for test in pairs
            if test in noting.outcomes
        },
        {test: noting.outcomes[pair] for test, pair in pairs.items()},
    )


SUITES = {
    "uvloop": (uvloop, UVLOOP.excepted),
    "anyio": (anyio, dict(anyio_excepted())),
}


def row(
    version: str, asyncios: Outcomes, ours: Outcomes, excepted: dict[str, str]
) -> dict[str, str]:
    """The counts. Tests are those that pass on asyncio's loop."""
    tests = passed(asyncios) - excepted.keys()
    counts = (
        len(tests),
        len(tests & passed(ours)),
        len(excepted.keys() & ours.keys()),
    )
    cells = [platform.python_version(), version, *map(str, counts)]
    return dict(zip(COLUMNS, cells, strict=True))


def passed(outcomes: Outcomes) -> set[str]:
    return {test for test in outcomes if outcomes[test] == "passed"}


def faults(
    asyncios: Outcomes, ours: Outcomes, excepted: dict[str, str]
) -> Iterator[str]:
    """Everything that is not as it should be."""
    for test in sorted(passed(asyncios) - passed(ours) - excepted.keys()):
        yield f"{test}: {ours.get(test, 'not run')}, passes on asyncio's loop"
    for test in sorted(passed(ours) & excepted.keys()):
        yield f"{test} passed, though it is excepted here"
    if not passed(ours):
        yield "no test ran"


def differing(suite: str, counts: dict[str, str]) -> Iterator[str]:
    """What the table has for this release, where that is not *counts*."""
    old = cpython.recorded(f"whole/{suite}").get(cpython.minor(counts), counts)
    same = all(old[key] == counts[key] for key in ("Python", "Version"))
    if same and old != counts:
        table = cpython.table(f"whole/{suite}")
        yield f"{table} has {old}, this run {counts}: --record it"


def newest_recorded(suite: str) -> str:
    """The version of *suite* that its table has for the newest Python."""
    return list(cpython.recorded(f"whole/{suite}").values())[-1]["Version"]


def download(suite: str, version: str, folder: str) -> Path:
    """The source of *suite*, as its authors released it."""
    command = [sys.executable, "-m", "pip", "download", "--quiet"]
    command += ["--no-deps", "--no-binary", suite, "--dest", folder]
    print(f"{suite} {version}: downloading its source", flush=True)
    subprocess.run([*command, f"{suite}=={version}"], check=True)
    [archive] = Path(folder).glob("*.tar.gz")
    shutil.unpack_archive(archive, folder, filter="data")
    return archive.with_name(archive.name.removesuffix(".tar.gz"))


def report(suite: str, version: str, to_record: bool) -> bool:
    """Run *suite*, and print how it went; whether all is as it should be."""
    run, excepted = SUITES[suite]
    with tempfile.TemporaryDirectory() as folder:
        asyncios, ours = run(download(suite, version, folder))
    counts = row(version, asyncios, ours, excepted)
    print(f"{suite} {version} on CPython {counts['Python']}: ", end="")
    print("{Passed} of {Tests} pass, {Excepted} excepted".format(**counts))
    found = list(faults(asyncios, ours, excepted))
    if to_record and not found:
        cpython.record(f"whole/{suite}", counts)
    found += differing(suite, counts)
    print(*found, sep="\n", flush=True)
    return not found


def in_processes(to_record: bool) -> bool:
    """Each suite in a process of its own: both have a package `tests`."""
    options = ["--record"] if to_record else []
    runs = [
        subprocess.run([sys.executable, __file__, suite, *options])
        for suite in SUITES
    ]
    return not any(run.returncode for run in runs)


def main() -> int:
    parser = argparse.ArgumentParser(description="Run others' tests.")
    parser.add_argument(
        "suite", nargs="?", help="one of them, and its version: uvloop==0.23.0"
    )
    parser.add_argument(
        "--record",
        action="store_true",
        help="write this Python's row in docs/cpython/whole/SUITE.csv",
    )
    options = parser.parse_args()
    if options.suite is None:
        return 0 if in_processes(options.record) else 1
    suite, _, version = options.suite.partition("==")
    if suite not in SUITES:
        parser.error(f"no suite {suite!r}; there is {', '.join(SUITES)}")
    version = version or newest_recorded(suite)
    return 0 if report(suite, version, options.record) else 1


if __name__ == "__main__":
    sys.exit(main())
