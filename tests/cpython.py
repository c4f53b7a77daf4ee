"""CPython's own tests of asyncio, unedited, run with our parts put in.

    python tests/cpython.py [PART ...] [--record]

Without names it runs all of PARTS. It exits with 1 unless every test passes,
the excepted ones apart, which must fail; unless our code ran in them; and
unless the counts are those that docs/cpython/PART.csv has for this very
version. `--record` writes them there.
"""

import argparse
import asyncio
import csv
import faulthandler
import importlib
import logging
import platform
import re
import socket
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from types import FrameType, ModuleType
from typing import Any
from unittest import mock

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT / "src"))

import behind

OURS = str(ROOT / "src" / "behind")
DEADLINE = 60  # seconds a test
LOADER = unittest.defaultTestLoader
LINE, OTHER_END = socket.socketpair()  # a descriptor for mocks
COLUMNS = [
    "Python",
    "Tests",
    "Passed",
    "Through our code",
    "Excepted",
    "Skipped",
]


@dataclass
class Part:
    """A part of ours, and the tests of CPython that it has to pass.

    `modules` are modules of test.test_asyncio. `select` is a regular
    expression: a test belongs here if it is found in the test's id, such as
    test_tasks.CTask_CFuture_Tests.test_wait. `with put_in():` has the part
    in place; it may put test cases into the modules, which are in sys.modules
    by then. `excepted` are the ids of tests that fail with the part, each
    with the reason.
    """

    modules: list[str]
    select: str
    put_in: Callable[[], AbstractContextManager[None]]
    excepted: dict[str, str] = field(default_factory=dict)


@contextmanager
def put_in_wait() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "wait", behind.wait),
        mock.patch.object(asyncio.tasks, "wait", behind.wait),
    ):
        yield


class SocketLoop(behind.SocketMethods, asyncio.SelectorEventLoop):
    """asyncio's loop with our `sock_*` methods."""


@contextmanager
def put_in_sock() -> Iterator[None]:
    with mock.patch.object(asyncio, "SelectorEventLoop", SocketLoop):
        yield


class SocketOfBaseEvents:
    """The module `socket`, or what a test put there for asyncio to use."""

    def __getattr__(self, name: str) -> object:
        return getattr(asyncio.base_events.socket, name)

    def socket(self, *args: int) -> Any:
        """A socket, or a mock; as a number, a MagicMock is 1: not stdout."""
        sock = asyncio.base_events.socket.socket(*args)
        if isinstance(sock, mock.MagicMock):
            sock.fileno.return_value = LINE.fileno()
        return sock


@contextmanager
def put_in_create_server() -> Iterator[None]:
    with (
        mock.patch.object(
            asyncio.SelectorEventLoop,
            "create_server",
            behind.ServerMethods.create_server,
        ),
        mock.patch.object(behind.servers, "socket", SocketOfBaseEvents()),
    ):
        yield


def create_server_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our create_server, and why."""
    for loop in ("Select", "Poll", "EPoll", "Kqueue"):
        name = f"test_events.{loop}EventLoopTests.test_create_server"
        for test in ("", "_match_failed", "_verified", "_verify_failed"):
            yield f"{name}_ssl{test}", "TLS is not rebuilt here"
    context = "test_server_context.AsyncioEventLoopSSLTests.test"
    for test in ("create_server1", "create_server2", "gh140947"):
        yield f"{context}_{test}", "TLS is not rebuilt here"
    for test in ("start_server1", "start_server2", "start_server3"):
        yield f"{context}_{test}", "TLS is not rebuilt here"
    if sys.version_info < (3, 13):
        for test in ("test_wait_closed_basic", "test_wait_closed_race"):
            yield f"test_server.TestServer2.{test}", "calls Server._attach"


class TurningLoop(behind.TimerLoop, asyncio.SelectorEventLoop):
    """asyncio's loop, whose turns are ours."""

    __init__ = asyncio.SelectorEventLoop.__init__
    close = asyncio.SelectorEventLoop.close

    def _sleep(self, timeout: float | None) -> None:
        self._process_events(self._selector.select(timeout))


class BareLoop(behind.TimerLoop, asyncio.base_events.BaseEventLoop):
    """asyncio's base of all loops, to be completed by mocks."""

    _sleep = TurningLoop._sleep


class LoggerOfBaseEvents:
    """asyncio's logger, or what a test put there; asyncio's way to call it."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio.base_events.logger, name)

    def error(self, message: str, exc_info: BaseException | None) -> None:
        if exc_info is not None:
            exc_info = type(exc_info), exc_info, exc_info.__traceback__
        asyncio.base_events.logger.error(message, exc_info=exc_info)

    def exception(self, message: str) -> None:
        asyncio.base_events.logger.error(message, exc_info=True)


@contextmanager
def put_in_turns() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "Handle", behind.Handle),
        mock.patch.object(asyncio, "TimerHandle", behind.TimerHandle),
        mock.patch.object(asyncio.base_events, "BaseEventLoop", BareLoop),
        mock.patch.object(asyncio, "SelectorEventLoop", TurningLoop),
        mock.patch.object(asyncio.events, "new_event_loop", TurningLoop),
        mock.patch.object(asyncio, "new_event_loop", TurningLoop),
        mock.patch.object(behind.callbacks, "logger", LoggerOfBaseEvents()),
    ):
        yield


NO_TRACEBACK = "our handles do not note in which line they were made"


def callbacks_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our handles and turns, and why."""
    handles = "test_events.HandleTests.test"
    for test in "callback_with_exception", "handle_repr", "handle_repr_debug":
        yield f"{handles}_{test}", NO_TRACEBACK
    test = "test_base_events.BaseEventLoopTests.test_{}_exc_handler_{}"
    yield test.format("set", "custom"), NO_TRACEBACK
    yield (
        test.format("default", "broken"),
        "of two errors in two handlers, ours logs the second in other words",
    )


def timers_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our timers, and why."""
    for test in "timer_repr", "timer_repr_debug":
        yield f"test_events.TimerTests.test_{test}", NO_TRACEBACK
    for test in "hash", "timer_comparison":
        yield (
            f"test_events.TimerTests.test_{test}",
            "our timers have an order, and are equal to themselves only",
        )


def behind_case(
    module: str, *bases: str, isolated: bool = False, **attributes: object
) -> AbstractContextManager[object]:
    """Put a test case, BehindX for BaseX, into a module of CPython's tests."""
    there = sys.modules[f"test.test_asyncio.{module}"]
    utils = importlib.import_module("test.test_asyncio.utils")
    case = unittest.IsolatedAsyncioTestCase if isolated else utils.TestCase
    name = f"Behind{bases[0].removeprefix('Base')}"
    classes = (*(getattr(there, base) for base in bases), case)
    attributes["__module__"] = there.__name__
    return mock.patch.object(
        there, name, type(name, classes, attributes), create=True
    )


def behind_future(test: Any) -> behind.Future[Any]:
    return behind.Future(loop=test.loop)


@contextmanager
def put_in_futures() -> Iterator[None]:
    with (
        behind_case("test_futures", "BaseFutureTests", cls=behind.Future),
        behind_case(
            "test_futures",
            "BaseFutureDoneCallbackTests",
            _new_future=behind_future,
        ),
        behind_case(
            "test_futures",
            "BaseFutureInheritanceTests",
            _get_future_cls=lambda test: behind.Future,
        ),
        mock.patch.object(asyncio, "isfuture", behind.isfuture),
        mock.patch.object(asyncio, "wrap_future", behind.wrap_future),
        mock.patch.object(
            asyncio.base_events.BaseEventLoop,
            "create_future",
            behind.FutureMethods.create_future,
        ),
    ):
        yield


def futures_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our futures, and why."""
    test = "test_futures.BehindFutureTests.test"
    yield f"{test}_log_traceback", "sets the private _log_traceback to True"
    if sys.version_info < (3, 13):
        yield f"{test}_exception", "wants a TypeError for StopIteration"
    if sys.version_info >= (3, 14):
        yield f"{test}_future_cancel_message_setter", "deletes an attribute"
    if sys.version_info[:2] == (3, 14):
        test = "test_futures.BehindFutureDoneCallbackTests.test_use_after_free"
        yield (
            f"{test}_on_fut_context_0_with_evil__getattribute__",
            "calls __init__ twice, which ours refuses, as 3.15 does",
        )


def behind_task(test: Any, coro: Any) -> behind.Task[Any]:
    return behind.Task(coro, loop=test.loop)


@contextmanager
def put_in_tasks() -> Iterator[None]:
    with ExitStack() as stack:
        enter = stack.enter_context
        enter(
            behind_case(
                "test_tasks",
                "BaseTaskTests",
                "SetMethodsTest",
                Task=behind.Task,
                Future=behind.Future,
                all_tasks=staticmethod(behind.all_tasks),
                current_task=staticmethod(behind.current_task),
            )
        )
        enter(
            behind_case(
                "test_tasks",
                "BaseCurrentLoopTests",
                current_task=staticmethod(behind.current_task),
                new_task=behind_task,
            )
        )
        enter(
            behind_case(
                "test_futures2",
                "FutureTests",
                isolated=True,
                cls=behind.Task,
            )
        )
        if sys.version_info >= (3, 12):
            for tests in (
                "EagerTaskFactoryLoopTests",
                "BaseEagerTaskFactoryTests",
                "BaseNonEagerTaskFactoryTests",
            ):
                enter(
                    behind_case(
                        "test_eager_task_factory", tests, Task=behind.Task
                    )
                )
            enter(
                mock.patch.object(
                    asyncio,
                    "create_eager_task_factory",
                    behind.create_eager_task_factory,
                )
            )
        for name in ("sleep", "create_task"):
            enter(mock.patch.object(asyncio, name, getattr(behind, name)))
        for name in ("create_task", "set_task_factory", "get_task_factory"):
            enter(
                mock.patch.object(
                    asyncio.base_events.BaseEventLoop,
                    name,
                    getattr(behind.TaskMethods, name),
                )
            )
        yield


class SignalOfUnixEvents:
    """The module `signal`, or what a test put there for asyncio to use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio.unix_events.signal, name)


@contextmanager
def put_in_event_loop() -> Iterator[None]:
    """Our loop and runners, wherever a test or its policy makes one."""
    loop, policy = (
        behind.EventLoop,
        asyncio.unix_events._UnixDefaultEventLoopPolicy,
    )
    with (
        mock.patch.object(asyncio, "BaseEventLoop", loop),
        mock.patch.object(asyncio, "EventLoop", loop, create=True),
        mock.patch.object(asyncio, "Handle", behind.Handle),
        mock.patch.object(asyncio, "Runner", behind.Runner),
        mock.patch.object(asyncio, "SelectorEventLoop", loop),
        mock.patch.object(asyncio, "TimerHandle", behind.TimerHandle),
        mock.patch.object(asyncio, "run", behind.run),
        mock.patch.object(asyncio.base_events, "BaseEventLoop", loop),
        mock.patch.object(policy, "_loop_factory", loop),
        mock.patch.object(
            behind.runners, "EventLoop", asyncio.events.new_event_loop
        ),
        mock.patch.object(behind.selecting, "signal", SignalOfUnixEvents()),
    ):
        yield


def selecting_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our selecting loop, and why."""
    signals = "test_unix_events.SelectorEventLoopSignalTests.test"
    for test in ("no_handler", "cancelled_handler"):
        yield f"{signals}_handle_signal_{test}", "calls a private method"
    for test in (
        "add_signal_handler_install_error",
        "add_signal_handler_install_error3",
        "remove_signal_handler_cleanup_error",
        "remove_signal_handler_error2",
    ):
        yield f"{signals}_{test}", "an error that the system does not give"
    yield (
        f"{signals}_add_signal_handler_install_error2",
        "ours asks for no wakeup before there is a handler",
    )
    yield f"{signals}_close_on_finalizing", "our close does not look at sys"


NO_AWAITABLES = r"(?!.*run_future)" if sys.version_info < (3, 14) else ""


def runners_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our runners, and why."""
    yield "test_runners.RunTests.test_asyncio_run_debug", "patches asyncio's"
    if sys.version_info < (3, 14):
        for test in (
            "RunTests.test_asyncio_run_only_coro",
            "RunnerTests.test_run_non_coro",
        ):
            yield (
                f"test_runners.{test}",
                "ours takes any awaitable, as 3.14 does",
            )
    for test in (
        "RunTests.test_asyncio_run_set_event_loop",
        "RunnerTests.test_set_event_loop_called_once",
    ):
        yield f"test_runners.{test}", "ours has no policy, and no current loop"
    yield (
        "test_runners.RunTests.test_asyncio_run_without_uncancel",
        "wants tasks without uncancel(), as asyncio had up to 3.10",
    )
    yield (
        "test_runners.RunnerTests.test_signal_install_not_supported_ok",
        "is for Pythons inside another program",
    )


PARTS = {
    "selecting": Part(
        modules=["test_events", "test_unix_events", "test_sock_lowlevel"],
        select=r"(Select|Poll|EPoll|Kqueue)EventLoopTests.test_"
        r"(call_soon(?!_threadsafe_handle)|reader_|writer_|signal|add_|remove_|timeout_r)|"
        r"SelectorEventLoopSignalTests|test_sock_lowlevel.*Tests\.test_"
        r"(?!create_connection)",
        put_in=put_in_event_loop,
        excepted=dict(selecting_excepted()),
    ),
    "runners": Part(
        modules=[
            "test_runners",
            "test_base_events",
            "test_context",
            "test_events",
            "test_locks",
            "test_queues",
            "test_server",
            "test_taskgroups",
            "test_timeouts",
            "test_waitfor",
        ],
        select=r"test_(context|locks|queues|taskgroups|timeouts|waitfor)|"
        rf"test_runners{NO_AWAITABLES}|"
        r"BaseEventLoopTests.test_(run_|close|asyncgen|create_task|.*executor)|"
        r"RunningLoop|test_getnameinfo|EventLoopTests.test_(call_[la]|run_|"
        r"close|create_server(?!_ssl|_multi)|server)|"
        r"test_server.Selector(?!.*unix)",
        put_in=put_in_event_loop,
        excepted=dict(runners_excepted()),
    ),
    "callbacks": Part(
        modules=["test_events", "test_base_events", "test_context"],
        select=r"HandleTests.test_(callback|handle(?!_source))|"
        r"BaseEventLoopTests|RunningLoop|slow_callbacks|test_context|"
        r"EventLoopTests.test_(call_soon|run_until|close|reader_c|writer_c|"
        r"signal|intern)",
        put_in=put_in_turns,
        excepted=dict(callbacks_excepted()),
    ),
    "timers": Part(
        modules=[
            "test_events",
            "test_base_events",
            "test_timeouts",
            "test_waitfor",
        ],
        select=r"TimerTests|call_(later|at)|run_once|timeout_round|"
        r"test_timeouts|test_waitfor",
        put_in=put_in_turns,
        excepted=dict(timers_excepted()),
    ),
    "create_server": Part(
        modules=[
            "test_server",
            "test_events",
            "test_base_events",
            "test_streams",
            "test_buffered_proto",
            *(["test_server_context"] if sys.version_info >= (3, 15) else []),
        ],
        select=r"^(?!.*[uU]nix)("
        r"test_server|test_events.*(TestServer|test_(create_)?server)|"
        r"test_base_events.*test_create_server|"
        r"test_streams.*(server|test_unhandled)|test_buffered)",
        put_in=put_in_create_server,
        excepted=dict(create_server_excepted()),
    ),
    "futures": Part(
        modules=["test_futures"],
        select=r"\.Behind",
        put_in=put_in_futures,
        excepted=dict(futures_excepted()),
    ),
    "tasks": Part(
        modules=[
            "test_tasks",
            "test_futures2",
            "test_timeouts",
            "test_taskgroups",
            *(
                ["test_eager_task_factory"]
                if sys.version_info >= (3, 12)
                else []
            ),
        ],
        select=r"\.Behind|\.(RunCoroutineThreadsafe|Sleep|CoroutineGather)Tests|"
        r"^test_(timeouts|taskgroups)",
        put_in=put_in_tasks,
        excepted={
            "test_tasks.BehindTaskTests.test_log_traceback": (
                "sets the private _log_traceback to True"
            )
        },
    ),
    "wait": Part(
        modules=["test_tasks"],
        select=r"\.test_wait(?!_?for)",
        put_in=put_in_wait,
    ),
    "sock": Part(
        modules=["test_sock_lowlevel"],
        select=r"Tests\.",
        put_in=put_in_sock,
    ),
}


class Result(unittest.TestResult):
    """What became of each test, by id; `through` are those in our code."""

    def __init__(self) -> None:
        super().__init__()
        self.started: list[str] = []
        self.through: set[str] = set()

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.started.append(name(test))
        faulthandler.dump_traceback_later(DEADLINE, exit=True)
        sys.setprofile(self.note)

    def stopTest(self, test: unittest.TestCase) -> None:
        sys.setprofile(None)
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)

    def note(self, frame: FrameType, event: str, argument: object) -> None:
        if frame.f_code.co_filename.startswith(OURS):
            self.through.add(self.started[-1])

    def failed(self) -> dict[str, str]:
        """Each test that failed, with its traceback."""
        failed = self.failures + self.errors
        return {name(test): traceback for test, traceback in failed}


def name(test: unittest.TestCase) -> str:
    """The id of *test* within test_asyncio; a subtest has its test's."""
    whole: str = getattr(test, "test_case", test).id()
    return whole.removeprefix("test.test_asyncio.")


def run(part: Part) -> Result:
    """Run the tests of *part* with the part put in."""
    logging.getLogger("asyncio").addHandler(logging.NullHandler())
    result = Result()
    modules = [load(module) for module in part.modules]
    with part.put_in():
        unittest.TestSuite(
            test
            for module in modules
            for test in each(LOADER.loadTestsFromModule(module))
            if re.search(part.select, name(test))
        ).run(result)
    return result


def load(module: str) -> ModuleType:
    try:
        package = importlib.import_module("test.test_asyncio")
    except ImportError:
        minor = "{}.{}".format(*sys.version_info)
        sys.exit(
            f"Python {minor} is without its own tests (test.test_asyncio). "
            f"On Debian: apt install libpython{minor}-testsuite"
        )
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
    started = {one for one in result.started if one.startswith(module)}
    skipped = {name(test) for test, reason in result.skipped} & started
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
    for excepted in part.excepted.keys() & set(result.started):
        if excepted not in result.failed():
            yield f"{excepted} passed, though it is excepted here"
    if not result.through:
        yield "no test ran our code"


def table(part: str) -> Path:
    return ROOT / "docs" / "cpython" / f"{part}.csv"


def recorded(part: str) -> dict[str, dict[str, str]]:
    """The rows of a part's table, by minor version: {"3.13": row, ...}."""
    if not table(part).exists():
        return {}
    with table(part).open(newline="") as file:
        return {minor(row): row for row in csv.DictReader(file)}


def minor(row: dict[str, str]) -> str:
    return ".".join(row["Python"].split(".")[:2])


def record(part: str, row: dict[str, str]) -> None:
    """Put *row* into the table, instead of its minor version's old one."""
    rows = recorded(part) | {minor(row): row}
    table(part).parent.mkdir(exist_ok=True)
    with table(part).open("w", newline="") as file:
        writer = csv.DictWriter(file, COLUMNS, lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows[version] for version in sorted(rows))


def differing(part: str, row: dict[str, str]) -> Iterator[str]:
    """What the table has for this version, where that is not *row*."""
    old = recorded(part).get(minor(row), row)
    if old["Python"] == row["Python"] and old != row:
        yield f"{table(part)} has {old}, this run {row}: --record it"


def summary(counts: dict[str, str]) -> str:
    return (
        "{Passed} of {Tests} tests pass, "
        "{Excepted} excepted, {Skipped} skipped".format(**counts)
    )


def report(part: str, to_record: bool) -> bool:
    """Run *part* and print how it went; whether all is as it should be."""
    result = run(PARTS[part])
    counts = row(PARTS[part], result)
    print(f"{part} on CPython {counts['Python']}: {summary(counts)}")
    for module in PARTS[part].modules:
        of_module = row(PARTS[part], result, f"{module}.")
        print(f"  {module}: {summary(of_module)}")
    found = list(faults(PARTS[part], result))
    if to_record and not found:
        record(part, counts)
    found += differing(part, counts)
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
    if unknown := set(options.part) - PARTS.keys():
        parser.error(f"no part {unknown.pop()!r}; there is {', '.join(PARTS)}")
    parts = options.part or PARTS
    good = [report(part, options.record) for part in parts]
    return 0 if all(good) else 1


if __name__ == "__main__":
    sys.exit(main())
