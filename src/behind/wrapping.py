"""A future's result, brought from one thread to another."""

import asyncio
import concurrent.futures
from asyncio import AbstractEventLoop
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from behind.futures import isfuture

__all__ = ["run_coroutine_threadsafe", "wrap_future"]

T = TypeVar("T")


def wrap_future(
    future: "concurrent.futures.Future[T] | asyncio.Future[T]",
    *,
    loop: AbstractEventLoop | None = None,
) -> "asyncio.Future[T]":
    """A future of *loop* that becomes done as *future* does, in a thread.

    To cancel it cancels *future*. Without *loop* it belongs to the loop that
    runs. A future of asyncio's or ours comes back as it is.

    Rebuilds asyncio.wrap_future (Lib/asyncio/futures.py).
    """
    if not isinstance(future, concurrent.futures.Future):
        assert isfuture(future), (
            f"concurrent.futures.Future is expected, got {future!r}"
        )
        return future
    target = asyncio.get_event_loop() if loop is None else loop
    wrapper = target.create_future()
    _chain(future, wrapper)
    return wrapper


def run_coroutine_threadsafe(
    coro: Coroutine[Any, Any, T], loop: AbstractEventLoop
) -> "concurrent.futures.Future[T]":
    """Run *coro* as a task of *loop*, which runs in another thread.

    Returns a future to wait for in this thread; to cancel it cancels the
    task. Raises TypeError if *coro* is no coroutine.

    Rebuilds asyncio.run_coroutine_threadsafe (Lib/asyncio/tasks.py).
    """
    if not asyncio.iscoroutine(coro):
        raise TypeError("A coroutine object is required")
    future: concurrent.futures.Future[T] = concurrent.futures.Future()
    loop.call_soon_threadsafe(_start, coro, loop, future)
    return future


def _start(
    coro: Coroutine[Any, Any, T],
    loop: AbstractEventLoop,
    future: "concurrent.futures.Future[T]",
) -> None:
    try:
        task = loop.create_task(coro)
    except BaseException as error:
        if future.set_running_or_notify_cancel():
            future.set_exception(error)
        raise
    _chain(task, future)


def _chain(source: Any, target: Any) -> None:
    """Have *target* done when *source* is, and cancel *source* with it."""

    def copy(_: object) -> None:
        _call_at_home(target, _copy_state, source, target)

    def cancel(_: object) -> None:
        if target.cancelled():
            _call_at_home(source, source.cancel)

    target.add_done_callback(cancel)
    source.add_done_callback(copy)


def _call_at_home(
    future: Any, callback: Callable[..., object], *args: Any
) -> None:
    """Call *callback* in the loop of *future*; at once, if this is there."""
    loop = future.get_loop() if isfuture(future) else None
    if loop in (None, asyncio._get_running_loop()):
        callback(*args)
    elif not loop.is_closed():
        loop.call_soon_threadsafe(callback, *args)


def _copy_state(source: Any, target: Any) -> None:
    if source.cancelled():
        target.cancel()
    if _may_finish(target):
        error = source.exception()
        if error is None:
            target.set_result(source.result())
        else:
            target.set_exception(_of_asyncio(error))


def _may_finish(target: Any) -> bool:
    """Whether *target* is not cancelled; from now on a thread's cannot be."""
    if isfuture(target):
        return not target.cancelled()
    return bool(target.set_running_or_notify_cancel())


def _of_asyncio(error: BaseException) -> BaseException:
    if isinstance(error, concurrent.futures.CancelledError):
        return asyncio.CancelledError(*error.args)
    return error
