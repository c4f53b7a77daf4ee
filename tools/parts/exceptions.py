"""Exception handlers."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import BROKEN_TWICE, LoggerOfBaseEvents, Part


class ReportingLoop(behind.ExceptionMethods, asyncio.SelectorEventLoop):
    """asyncio's loop, whose exception handler is ours."""


class BareReportingLoop(
    behind.ExceptionMethods, asyncio.base_events.BaseEventLoop
):
    """asyncio's base of all loops, whose exception handler is ours."""


@contextmanager
def put_in_exceptions() -> Iterator[None]:
    with (
        mock.patch.object(
            asyncio.base_events, "BaseEventLoop", BareReportingLoop
        ),
        mock.patch.object(asyncio, "SelectorEventLoop", ReportingLoop),
        mock.patch.object(asyncio.events, "new_event_loop", ReportingLoop),
        mock.patch.object(asyncio, "new_event_loop", ReportingLoop),
        mock.patch.object(behind.exceptions, "logger", LoggerOfBaseEvents()),
    ):
        yield


PART = Part(
    modules=[
        "test_base_events",
        "test_futures2",
        "test_streams",
        "test_tasks",
    ],
    select=r"exc_handler|factory_exception|"
    r"StreamTests.test_(start|open|async_w|drain_r|eof_f|unh|\w+_warnings)",
    put_in=put_in_exceptions,
    excepted={
        "test_base_events.BaseEventLoopTests.test_default_exc_handler_broken": (
            BROKEN_TWICE
        )
    },
)
