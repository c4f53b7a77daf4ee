"""A module for each part of ours that CPython's tests run with: its PART."""

import asyncio
import importlib
import sys
import unittest
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from dataclasses import dataclass, field
from types import ModuleType
from typing import Any
from unittest import mock

import behind


@dataclass
class Part:
    """A part of ours, and the tests of CPython that it has to pass.

    `modules` are modules of test.test_asyncio, or of test. `select` is a
    regular expression: a test belongs here if it is found in the test's id,
    such as test_tasks.CTask_CFuture_Tests.test_wait. `with put_in():` has the
    part in place; it may put test cases into the modules, which are in
    sys.modules by then. `excepted` are the ids of tests that fail with the
    part, each with the reason. With `in_detail`, `--record` also writes
    tables of the modules and of the excepted tests.
    """

    modules: list[str]
    select: str
    put_in: Callable[[], AbstractContextManager[object]]
    excepted: dict[str, str] = field(default_factory=dict)
    in_detail: bool = False


def came_with(*releases: tuple[int, int, int]) -> bool:
    """Whether this Python has what came with the *releases*.

    Name one of each minor version that got it; all later ones have it too.
    """
    here = sys.version_info[:3]
    return here > max(releases) or any(
        here >= release and here[:2] == release[:2] for release in releases
    )


@contextmanager
def put_in_new_loop(loop: Callable[[], Any]) -> Iterator[None]:
    """*loop*, where asyncio makes one: in its policy, or, from 3.16, alone."""
    unix = asyncio.unix_events
    if policy := getattr(unix, "_UnixDefaultEventLoopPolicy", None):
        places = [(policy, "_loop_factory")]
    else:
        places = [(at, "new_event_loop") for at in (asyncio, asyncio.events)]
    with ExitStack() as stack:
        for place, name in places:
            stack.enter_context(mock.patch.object(place, name, loop))
        yield


@contextmanager
def put_in_names(module: ModuleType, *names: str) -> Iterator[None]:
    """Ours under the *names*, in asyncio and in the *module* that has them."""
    with ExitStack() as stack:
        for name in names:
            for there in asyncio, module:
                stack.enter_context(
                    mock.patch.object(
                        there,
                        name,
                        getattr(behind, name),
                        create=True,  # for those that are newer
                    )
                )
        yield


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
        mock.patch.object(behind.debugging, "logger", LoggerOfBaseEvents()),
        mock.patch.object(behind.exceptions, "logger", LoggerOfBaseEvents()),
    ):
        yield


NO_TRACEBACK = "our handles do not note in which line they were made"
BROKEN_TWICE = "of two errors in two handlers, ours logs the second otherwise"


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


class SignalOfUnixEvents:
    """The module `signal`, or what a test put there for asyncio to use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio.unix_events.signal, name)


@contextmanager
def put_in_methods(*parts: type) -> Iterator[None]:
    """asyncio's loop with our *parts*, classes with methods of a loop."""
    loop = type("Loop", (*parts, asyncio.SelectorEventLoop), {})
    base = type("BaseLoop", (*parts, asyncio.base_events.BaseEventLoop), {})
    with (
        mock.patch.object(asyncio, "Handle", behind.Handle),
        mock.patch.object(asyncio, "SelectorEventLoop", loop),
        mock.patch.object(asyncio.base_events, "BaseEventLoop", base),
        put_in_new_loop(loop),
        mock.patch.object(behind.signals, "signal", SignalOfUnixEvents()),
    ):
        yield


@contextmanager
def put_in_event_loop() -> Iterator[None]:
    """Our loop and runners, wherever a test or its policy makes one."""
    loop = behind.EventLoop
    with (
        mock.patch.object(asyncio, "BaseEventLoop", loop),
        mock.patch.object(asyncio, "EventLoop", loop, create=True),
        mock.patch.object(asyncio, "Handle", behind.Handle),
        mock.patch.object(asyncio, "Runner", behind.Runner),
        mock.patch.object(asyncio, "SelectorEventLoop", loop),
        mock.patch.object(asyncio, "TimerHandle", behind.TimerHandle),
        mock.patch.object(asyncio, "run", behind.run),
        mock.patch.object(asyncio.base_events, "BaseEventLoop", loop),
        put_in_new_loop(loop),
        mock.patch.object(
            behind.runners, "EventLoop", asyncio.events.new_event_loop
        ),
        mock.patch.object(behind.signals, "signal", SignalOfUnixEvents()),
    ):
        yield
