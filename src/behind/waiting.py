"""Wait for several futures at once: not `wait`, which is the function."""

import asyncio
from asyncio import ALL_COMPLETED, FIRST_COMPLETED, FIRST_EXCEPTION
from collections.abc import Coroutine, Iterable, Iterator
from contextlib import contextmanager
from typing import Any, TypeVar

__all__ = ["ALL_COMPLETED", "FIRST_COMPLETED", "FIRST_EXCEPTION", "wait"]

F = TypeVar("F", bound=asyncio.Future[Any])


async def wait(
    fs: Iterable[F],
    *,
    timeout: float | None = None,
    return_when: str = ALL_COMPLETED,
) -> tuple[set[F], set[F]]:
    """Wait until the futures *fs*, or enough of them, are done.

    Returns two sets: the done futures and the pending ones. What is enough,
    *return_when* says: ALL_COMPLETED, FIRST_COMPLETED or FIRST_EXCEPTION.
    After *timeout* seconds it returns whatever is done. It cancels no
    future, and raises neither TimeoutError nor a future's exception.

    Raises TypeError for a single future and for coroutines, ValueError for
    no future at all and for another *return_when*.

    Rebuilds asyncio.wait (Lib/asyncio/tasks.py).
    """
    if asyncio.isfuture(fs) or isinstance(fs, Coroutine):
        raise TypeError(f"expect a list of futures, not {type(fs).__name__}")
    futures = set(fs)
    _check(futures, return_when)
    waiter = asyncio.get_running_loop().create_future()
    with (
        _release_when(return_when, futures, waiter),
        _release_after(timeout, waiter),
    ):
        await waiter
    done = {f for f in futures if f.done()}
    return done, futures - done


def _check(futures: set[F], return_when: str) -> None:
    if not futures:
        raise ValueError("Set of Tasks/Futures is empty.")
    if return_when not in (FIRST_COMPLETED, FIRST_EXCEPTION, ALL_COMPLETED):
        raise ValueError(f"Invalid return_when value: {return_when}")
    if any(isinstance(f, Coroutine) for f in futures):
        raise TypeError(
            "Passing coroutines is forbidden, use tasks explicitly."
        )


@contextmanager
def _release_when(
    return_when: str, futures: set[F], waiter: asyncio.Future[None]
) -> Iterator[None]:
    """Within it, *waiter* is released when enough of *futures* are done."""
    counter = len(futures)

    def _on_complete(f: asyncio.Future[Any]) -> None:
        nonlocal counter
        counter -= 1
        if counter == 0 or _is_enough(f, return_when):
            _release(waiter)

    for f in futures:
        f.add_done_callback(_on_complete)
    try:
        yield
    finally:
        for f in futures:
            f.remove_done_callback(_on_complete)


def _is_enough(f: asyncio.Future[Any], return_when: str) -> bool:
    """Whether *f*, which is done, ends the wait by itself."""
    if return_when == FIRST_EXCEPTION:
        return not f.cancelled() and f.exception() is not None
    return return_when == FIRST_COMPLETED


@contextmanager
def _release_after(
    timeout: float | None, waiter: asyncio.Future[None]
) -> Iterator[None]:
    """Within it, *waiter* is released after *timeout* seconds, if any."""
    if timeout is None:
        yield
        return
    timer = waiter.get_loop().call_later(timeout, _release, waiter)
    try:
        yield
    finally:
        timer.cancel()


def _release(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
