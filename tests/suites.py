"""Other projects' own tests of event loops, unedited, run on our loop.

    python tests/suites.py uvloop|anyio SOURCE [--record]

SOURCE is the folder of the project's source. To have it, and what it needs:

    pip download --no-deps --no-binary :all: uvloop anyio
    tar xf uvloop-*.gz && tar xf anyio-*.gz
    pip install aiohttp anyio blockbuster hypothesis psutil pyopenssl \
        pytest-mock pytest-timeout trustme truststore

Each test runs on asyncio's loop and on ours. The command exits with 1 unless
all that pass on asyncio's pass on ours, the excepted ones apart, which must
fail. `--record` writes this Python's row of docs/cpython/whole/SUITE.csv.
"""

import argparse
import platform
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from dataclasses import replace
from pathlib import Path
from types import ModuleType, SimpleNamespace
from typing import Any

import cpython
from parts import Part, put_in_event_loop

import behind

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


def main() -> int:
    parser = argparse.ArgumentParser(description="Run others' tests.")
    parser.add_argument("suite", choices=SUITES)
    parser.add_argument("source", type=Path)
    parser.add_argument("--record", action="store_true")
    options = parser.parse_args()
    run, excepted = SUITES[options.suite]
    asyncios, ours = run(options.source.resolve())
    version = options.source.resolve().name.partition("-")[2]
    counts = row(version, asyncios, ours, excepted)
    print(f"{options.suite} on CPython", *counts.values())
    found = list(faults(asyncios, ours, excepted))
    for fault in found:
        print(fault)
    if options.record and not found:
        cpython.record(f"whole/{options.suite}", counts)
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
