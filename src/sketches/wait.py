"""`wait` in one future and a counter, and asyncio's own beside it."""

import asyncio
from collections.abc import Awaitable, Iterable
from typing import Any

Futures = set[asyncio.Future[Any]]


async def wait(fs: Iterable[Awaitable[Any]]) -> tuple[Futures, Futures]:
    futures: Futures = {asyncio.ensure_future(f) for f in set(fs)}
    waiter = asyncio.get_running_loop().create_future()
    counter = len(futures)

    def _on_complete(f: asyncio.Future[Any]) -> None:
        nonlocal counter
        counter -= 1
        if counter == 0 and not waiter.done():
            waiter.set_result(None)

    for f in futures:
        f.add_done_callback(_on_complete)

    await waiter  # until the last of them is done

    for future in futures:
        future.remove_done_callback(_on_complete)
    done = {f for f in futures if f.done()}
    return done, futures - done


async def slow_task(n: int) -> None:
    await asyncio.sleep(n)
    print(f'sleep "{n}" sec')


def slow_tasks() -> list[asyncio.Task[None]]:
    return [asyncio.create_task(slow_task(n)) for n in (2, 1)]


async def main() -> None:
    print("---> wait")
    await wait(slow_tasks())
    print("---> asyncio.wait")
    await asyncio.wait(slow_tasks())


if __name__ == "__main__":
    asyncio.run(main())
