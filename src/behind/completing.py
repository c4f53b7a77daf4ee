"""Futures in the order in which they are done."""

import asyncio
import inspect
from collections.abc import Awaitable, Coroutine, Iterable
from typing import Any, Generic, TypeVar

from behind.queues import Queue

__all__ = ["as_completed"]

T = TypeVar("T")


def as_completed(
    fs: Iterable[Awaitable[T]], *, timeout: float | None = None
) -> "_Completed[T]":
    """Iterate over *fs* in the order in which they are done.

    `async for` gives the futures themselves, all of them done. A coroutine in
    *fs* becomes a task, and that is what you get. A plain `for` gives as many
    coroutines; whichever you await first returns the first result, or raises
    the first exception.

    After *timeout* seconds `async for`, or awaiting the coroutine, raises
    TimeoutError. It cancels nothing.

    Raises TypeError for a single awaitable.

    Rebuilds asyncio.as_completed (Lib/asyncio/tasks.py).
    """
    if inspect.isawaitable(fs):
        raise TypeError(
            f"expects an iterable of awaitables, not {type(fs).__name__}"
        )
    return _Completed(fs, timeout)


class _Completed(Generic[T]):
    """What as_completed returns: an iterator of both kinds."""

    def __init__(
        self, aws: Iterable[Awaitable[T]], timeout: float | None
    ) -> None:
        loop = asyncio.get_event_loop()
        self._done: Queue[asyncio.Future[T] | None] = Queue()
        self._todo: set[asyncio.Future[T]] = {
            asyncio.ensure_future(aw, loop=loop) for aw in set(aws)
        }
        self._left = len(self._todo)
        self._timer: asyncio.TimerHandle | None = None
        for f in self._todo:
            f.add_done_callback(self._on_done)
        if self._todo and timeout is not None:
            self._timer = loop.call_later(timeout, self._on_timeout)

    def _on_done(self, f: asyncio.Future[T]) -> None:
        self._todo.remove(f)
        if self._timer is not None and not self._todo:
            self._timer.cancel()
        self._done.put_nowait(f)

    def _on_timeout(self) -> None:
        for f in self._todo:
            f.remove_done_callback(self._on_done)
            self._done.put_nowait(None)

    def __aiter__(self) -> "_Completed[T]":
        return self

    async def __anext__(self) -> asyncio.Future[T]:
        if not self._left:
            raise StopAsyncIteration
        self._left -= 1
        return await self._next_future()

    def __iter__(self) -> "_Completed[T]":
        return self

    def __next__(self) -> Coroutine[Any, Any, T]:
        if not self._left:
            raise StopIteration
        self._left -= 1
        return self._next_result()

    async def _next_result(self) -> T:
        return (await self._next_future()).result()

    async def _next_future(self) -> asyncio.Future[T]:
        try:
            f = await self._done.get()
        except BaseException:
            self._left += 1
            raise
        if f is None:
            raise TimeoutError
        return f
