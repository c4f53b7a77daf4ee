"""The event loops that are measured, and how each runs a program."""

import asyncio
from collections.abc import Awaitable, Callable
from typing import Any

import behind

PEERS = ["asyncio", "behind", "own-task", "uvloop", "rloop", "trio"]


class WithFutureInC(behind.EventLoop):
    """Our loop with asyncio's Future, which is in C."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)


def run(peer: str, main: Callable[..., Awaitable[Any]], *args: Any) -> Any:
    """Run main(*args) on the loop of *peer*, and return its result."""
    if peer == "trio":
        import trio

        return trio.run(main, *args)
    with asyncio.Runner(loop_factory=lambda: new_loop(peer)) as runner:
        return runner.run(main(*args))


def new_loop(peer: str) -> asyncio.AbstractEventLoop:
    if peer == "asyncio":
        return asyncio.SelectorEventLoop()
    if peer == "uvloop":
        import uvloop

        return uvloop.new_event_loop()
    if peer == "rloop":
        import rloop

        return rloop.new_event_loop()
    if peer == "own-task":
        return behind.EventLoop()
    loop = WithFutureInC()
    loop.set_task_factory(task_in_c)
    return loop


def task_in_c(
    loop: asyncio.AbstractEventLoop, coro: Any, **kwargs: Any
) -> asyncio.Task[Any]:
    return asyncio.Task(coro, loop=loop, **kwargs)
