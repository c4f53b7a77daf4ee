"""Run several awaitables at once, and have their results in order."""

import asyncio
import inspect
from collections.abc import Awaitable, Coroutine
from typing import Any, TypeVar

__all__ = ["ensure_future", "gather"]

T = TypeVar("T")


def gather(
    *coros_or_futures: Awaitable[Any], return_exceptions: bool = False
) -> asyncio.Future[list[Any]]:
    """Run all at once; returns a future with the list of their results.

    The results are in the order of the arguments. The first exception makes
    the future done, and the others run on; with *return_exceptions* the
    exceptions stand among the results. To cancel the future cancels all that
    are not done. Raises what ensure_future raises.

    Rebuilds asyncio.gather (Lib/asyncio/tasks.py).
    """
    if not coros_or_futures:
        outer = asyncio.get_event_loop().create_future()
        outer.set_result([])
        return outer
    loop = asyncio._get_running_loop()
    children: dict[Awaitable[Any], asyncio.Future[Any]] = {}
    for arg in coros_or_futures:
        if arg not in children:
            children[arg] = _child(arg, loop)
            loop = children[arg].get_loop()
    return _GatheringFuture(
        [children[arg] for arg in coros_or_futures], return_exceptions
    )


def _child(arg: Awaitable[Any], loop: asyncio.AbstractEventLoop | None) -> Any:
    child: Any = ensure_future(arg, loop=loop)
    if child is not arg:
        child._log_destroy_pending = False  # nobody else could await it
    return child


class _GatheringFuture(asyncio.Future[list[Any]]):
    """Done when all children are, or when the first of them fails."""

    def __init__(self, children: list[Any], return_exceptions: bool) -> None:
        super().__init__(loop=children[0].get_loop())
        self._children = children
        self._return_exceptions = return_exceptions
        self._cancel_requested = False
        different = dict.fromkeys(children)
        self._pending = len(different)
        for child in different:
            if child.done():
                self._on_done(child)
            else:
                child.add_done_callback(self._on_done)

    def _on_done(self, child: Any) -> None:
        self._pending -= 1
        if self.done():
            if not child.cancelled():
                child.exception()  # asked for, so that nobody reports it
            return
        error = None if self._return_exceptions else _error(child)
        if error is not None:
            self.set_exception(error)
        elif self._pending == 0:
            self._conclude(child)

    def _conclude(self, last: Any) -> None:
        outcomes = [_outcome(child) for child in self._children]
        if self._cancel_requested:
            self.set_exception(last._make_cancelled_error())
        else:
            self.set_result(outcomes)

    def cancel(self, msg: Any = None) -> bool:
        """Cancel all children; returns whether there was one to cancel."""
        if self.done():
            return False
        taken = [child.cancel(msg=msg) for child in self._children]
        if any(taken):
            self._cancel_requested = True
        return any(taken)


def _error(child: Any) -> Any:
    if child.cancelled():
        return child._make_cancelled_error()
    return child.exception()


def _outcome(child: Any) -> Any:
    if child.cancelled():
        message = child._cancel_message
        return asyncio.CancelledError("" if message is None else message)
    error = child.exception()
    return child.result() if error is None else error


def ensure_future(
    coro_or_future: Awaitable[T],
    *,
    loop: asyncio.AbstractEventLoop | None = None,
) -> asyncio.Future[T]:
    """A future for any awaitable: itself, or a new task of *loop*.

    Without *loop* the task belongs to the loop that runs. Raises ValueError
    for a future of another loop, TypeError for what cannot be awaited, and
    RuntimeError without a loop or if it is closed.

    Rebuilds asyncio.ensure_future (Lib/asyncio/tasks.py).
    """
    if asyncio.isfuture(coro_or_future):
        if loop not in (None, coro_or_future.get_loop()):
            raise ValueError(
                "The future belongs to a different loop than "
                "the one specified as the loop argument"
            )
        return coro_or_future
    coro = _coroutine(coro_or_future)
    if loop is None:
        loop = asyncio.get_event_loop()
    try:
        return loop.create_task(coro)
    except RuntimeError:
        coro.close()  # or Python warns that it was never awaited
        raise


def _coroutine(awaitable: Awaitable[T]) -> Coroutine[Any, Any, T]:
    if asyncio.iscoroutine(awaitable):
        return awaitable
    if inspect.isawaitable(awaitable):
        return _wrap_awaitable(awaitable)
    raise TypeError(
        "An asyncio.Future, a coroutine or an awaitable is required"
    )


async def _wrap_awaitable(awaitable: Awaitable[T]) -> T:
    return await awaitable
