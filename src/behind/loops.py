"""The event loop with all parts in it: the end of the chain."""

import asyncio
from collections.abc import Awaitable
from selectors import BaseSelector
from typing import Any, TypeVar

from behind.connections import ConnectionMethods
from behind.endpoints import DatagramMethods
from behind.epoll import DefaultSelector
from behind.factories import TaskMethods
from behind.futures import FutureMethods, isfuture
from behind.generators import GeneratorMethods
from behind.keeping import KeepingMethods
from behind.listening import ServerMethods
from behind.paths import UnixMethods
from behind.pipes import PipeMethods
from behind.selecting import SelectorLoop
from behind.signals import SignalMethods
from behind.standins import SendfileMethods
from behind.subprocesses import SubprocessMethods
from behind.threads import ThreadMethods
from behind.tls import TLSMethods

__all__ = ["EventLoop", "SelectorEventLoop", "new_event_loop"]

T = TypeVar("T")


class EventLoop(  # type: ignore[misc]
    ConnectionMethods,
    DatagramMethods,
    FutureMethods,
    GeneratorMethods,
    KeepingMethods,
    PipeMethods,
    SendfileMethods,
    ServerMethods,
    SignalMethods,
    SubprocessMethods,
    TLSMethods,
    TaskMethods,
    ThreadMethods,
    UnixMethods,
    SelectorLoop,
):
    """The loop with all parts in it.

    It waits with *selector*, by default the system's best. What is not
    rebuilt raises NotImplementedError.

    Rebuilds asyncio.SelectorEventLoop (Lib/asyncio/unix_events.py).
    """

    def __init__(self, selector: BaseSelector | None = None) -> None:
        super().__init__(selector or DefaultSelector())

    def run_until_complete(  # type: ignore[override]
        self, future: Awaitable[T]
    ) -> T:
        """Run until *future* is done; return its result, or raise its error.

        A coroutine becomes a task. Raises RuntimeError if the loop is stopped
        before, if it is closed, or if a loop runs in this thread.
        """
        self._check_running()
        is_ours = not isfuture(future)
        task = asyncio.ensure_future(future, loop=self)
        task.add_done_callback(_run_until_complete_cb)
        try:
            self.run_forever()
        except BaseException:
            if is_ours and task.done() and not task.cancelled():
                task.exception()  # it is raised here: no need to log it
            raise
        finally:
            task.remove_done_callback(_run_until_complete_cb)
        if not task.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return task.result()


def _run_until_complete_cb(future: asyncio.Future[Any]) -> None:
    error = None if future.cancelled() else future.exception()
    if not isinstance(error, SystemExit | KeyboardInterrupt):
        future.get_loop().stop()  # those two have ended run_forever already


SelectorEventLoop = EventLoop  # asyncio, too, has both names


def new_event_loop() -> EventLoop:
    """A new loop.

    Rebuilds asyncio.new_event_loop (Lib/asyncio/events.py).
    """
    return EventLoop()
