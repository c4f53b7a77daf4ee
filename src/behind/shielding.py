"""Wait for a future, and keep what cancels you away from it."""

import asyncio
from collections.abc import Awaitable
from typing import TypeVar

from behind.gathering import ensure_future

__all__ = ["shield"]

T = TypeVar("T")


def shield(arg: Awaitable[T]) -> asyncio.Future[T]:
    """A future that is done when *arg* is; to cancel it leaves *arg* alone.

    *arg* becomes a task unless it is a future. Keep that: the loop's
    reference to a task is weak. If *arg* is cancelled, so is the future.
    Raises what ensure_future raises.

    Rebuilds asyncio.shield (Lib/asyncio/tasks.py).
    """
    inner = ensure_future(arg)
    if inner.done():
        return inner
    outer: asyncio.Future[T] = inner.get_loop().create_future()

    def _inner_done_callback(inner: asyncio.Future[T]) -> None:
        if outer.cancelled():
            return
        if inner.cancelled():
            outer.cancel()
        elif (error := inner.exception()) is not None:
            outer.set_exception(error)
        else:
            outer.set_result(inner.result())

    def _outer_done_callback(outer: asyncio.Future[T]) -> None:
        inner.remove_done_callback(_inner_done_callback)

    inner.add_done_callback(_inner_done_callback)
    outer.add_done_callback(_outer_done_callback)
    return outer
