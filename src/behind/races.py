"""Connect to the first of several addresses that answers."""

import asyncio
import socket
from collections.abc import Callable, Coroutine, Iterable, Sequence
from functools import partial
from itertools import zip_longest
from typing import Any, TypeVar

from behind.addresses import AddressInfo, bind_to
from behind.waiting import wait

__all__ = ["staggered_race"]

T = TypeVar("T")
Route = tuple[AddressInfo, AddressInfo | None]  # to where, from where


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


async def connect_first(
    loop: asyncio.AbstractEventLoop,
    infos: Sequence[AddressInfo],
    sources: Sequence[AddressInfo | None] = (None,),
    delay: float | None = None,
    interleave: int | None = None,
    all_errors: bool = False,
) -> socket.socket:
    """A socket that is connected to the first of *infos* that answers."""
    opened: list[socket.socket] = []

    async def connect(
        info: AddressInfo, source: AddressInfo | None
    ) -> socket.socket:
        family, kind, proto, _, address = info
        sock = socket.socket(family=family, type=kind, proto=proto)
        opened.append(sock)
        sock.setblocking(False)
        if source is not None:
            bind_to(sock, source[4])
        await loop.sock_connect(sock, address)
        return sock

    if interleave is None and delay is not None:
        interleave = 1
    if interleave:
        infos = _interleave(infos, interleave)
    routes = _routes(infos, sources)
    try:
        sock, _, errors = await staggered_race(
            [partial(connect, *route) for route in routes], delay
        )
        if sock is None:
            raise _combine(errors, all_errors)
        opened.remove(sock)
        return sock
    finally:
        for sock in opened:
            sock.close()


def _combine(
    errors: list[BaseException | None], all_errors: bool
) -> BaseException:
    """The one error to raise for *errors*."""
    for error in errors:
        if not isinstance(error, OSError | None):
            return error
    found = [error for error in errors if isinstance(error, OSError)]
    errors.clear()  # the traceback of each leads to it: this ends the cycle
    if all_errors:
        return ExceptionGroup("create_connection failed", found)
    texts = [str(error) for error in found]
    if len(set(texts)) == 1:
        return found[0]
    return OSError(f"Multiple exceptions: {', '.join(texts)}")


def _interleave(infos: Sequence[AddressInfo], first: int) -> list[AddressInfo]:
    """Have the families take turns, after *first* addresses of one."""
    families: dict[int, list[AddressInfo]] = {}
    for info in infos:
        families.setdefault(info[0], []).append(info)
    ahead, *others = families.values()
    turns = zip_longest(ahead[first - 1 :], *others)
    return ahead[: first - 1] + [
        info for turn in turns for info in turn if info
    ]


def _routes(
    infos: Sequence[AddressInfo], sources: Sequence[AddressInfo | None]
) -> list[Route]:
    """Each address, from each source that has the same family."""
    routes = [
        (info, source)
        for info in infos
        for source in sources
        if source is None or source[0] == info[0]
    ]
    if not routes:
        raise OSError("no local address has the family of a remote one")
    return routes
