"""Begin coroutines one after the other, until the first of them is through."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from typing import Any, TypeVar

from behind.waiting import wait

__all__ = ["staggered_race"]

T = TypeVar("T")


async def staggered_race(
    coro_fns: Iterable[Callable[[], Coroutine[Any, Any, T]]],
    delay: float | None,
) -> tuple[T | None, int | None, list[BaseException | None]]:
    """Run coroutines side by side; cancel the others when one has returned.

    *coro_fns* are functions that return a coroutine. The next one is begun
    when the one before has raised, or after *delay* seconds, if that is not
    None. Returns what the winner has returned, its index, and what each that
    was begun has raised, None for the winner. Without a winner the first two
    are None. When it returns, or is cancelled, none of them runs any more.

    Rebuilds asyncio.staggered.staggered_race (Lib/asyncio/staggered.py).
    """
    result: T | None = None
    winner: int | None = None
    exceptions: list[BaseException | None] = []
    tasks: list[asyncio.Task[None]] = []

    async def run(coro_fn: Callable[[], Coroutine[Any, Any, T]]) -> None:
        nonlocal result, winner
        index = len(exceptions)
        exceptions.append(None)
        try:
            result = await coro_fn()
        except (Exception, asyncio.CancelledError) as error:
            exceptions[index] = error
        else:
            winner = index
            for task in tasks:
                if task is not asyncio.current_task():
                    task.cancel()

    async with asyncio.TaskGroup() as group:
        for coro_fn in coro_fns:
            tasks.append(group.create_task(run(coro_fn)))
            await wait(tasks[-1:], timeout=delay)
            if winner is not None:
                break
    return result, winner, exceptions
