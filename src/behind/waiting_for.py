"""Wait for one thing, and not for long: `wait_for` is the function."""

import asyncio
from asyncio import CancelledError
from collections.abc import Awaitable
from typing import TypeVar

from behind.timeouts import timeout as timeout_after
from behind.waiting import wait

__all__ = ["wait_for"]

T = TypeVar("T")


async def wait_for(fut: Awaitable[T], timeout: float | None) -> T:
    """Await *fut* for *timeout* seconds at most, or for ever if None.

    Returns its result. At the timeout it cancels *fut*, waits until that has
    ended, and raises TimeoutError; if *fut* then has a result or another
    exception, that is what comes. With a timeout of 0 or less it returns the
    result of a future that is done, and lets nothing begin.

    Rebuilds asyncio.wait_for (Lib/asyncio/tasks.py).
    """
    if timeout is not None and timeout <= 0:
        return await _now_or_never(asyncio.ensure_future(fut))
    async with timeout_after(timeout):
        return await fut


async def _now_or_never(future: asyncio.Future[T]) -> T:
    if future.done():
        return future.result()
    future.cancel()
    await wait([future])
    try:
        return future.result()
    except CancelledError as error:
        raise TimeoutError from error
