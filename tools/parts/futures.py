"""Futures."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part, behind_case, came_with


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
            behind.futures.create_future,
        ),
    ):
        yield


def futures_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our futures, and why."""
    test = "test_futures.BehindFutureTests.test"
    yield f"{test}_log_traceback", "sets the private _log_traceback to True"
    if sys.version_info < (3, 13):
        yield f"{test}_exception", "wants a TypeError for StopIteration"
    if came_with((3, 13, 6)):  # seen in 3.13.18, and not in 3.13.5
        yield f"{test}_future_cancel_message_setter", "deletes an attribute"
    if came_with((3, 12, 8), (3, 13, 1)) and not came_with((3, 15, 0)):
        test = "test_futures.BehindFutureDoneCallbackTests.test_use_after_free"
        yield (
            f"{test}_on_fut_context_0_with_evil__getattribute__",
            "calls __init__ twice, which ours refuses, as 3.15 does",
        )


PART = Part(
    modules=["test_futures"],
    select=r"\.Behind",
    put_in=put_in_futures,
    excepted=dict(futures_excepted()),
)
