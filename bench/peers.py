"""The event loops that are measured, and how each runs a program."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any

import behind

PEERS = ["asyncio", "behind", "own-task", "uvloop", "rloop", "trio", "epoll"]
OWN_WAYS = "trio", "epoll"  # are measured by functions of their own
Main = Callable[..., Coroutine[Any, Any, Any]]


class WithTaskInC(behind.EventLoop):
    """Our loop with asyncio's Task and Future, which are in C."""

    def create_future(self) -> asyncio.Future[Any]:
        return asyncio.Future(loop=self)

    def create_task(self, coro: Any, **kwargs: Any) -> asyncio.Task[Any]:
        return asyncio.Task(coro, loop=self, **kwargs)


def run(peer: str, main: Main, *args: Any) -> Any:
    """Run main(*args) on the loop of *peer*, and return its result."""
    if peer == "epoll":
        return main(*args)
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
    return WithTaskInC()
