"""The event loop with all parts in it: the end of the chain."""

import asyncio
from collections.abc import Awaitable
from selectors import BaseSelector
from typing import Any, TypeVar

from behind.connections import connect_accepted_socket, create_connection
from behind.create_server import create_server
from behind.endpoints import create_datagram_endpoint
from behind.epoll import DefaultSelector
from behind.factories import TaskMethods
from behind.futures import create_future, isfuture
from behind.generators import GeneratorMethods
from behind.keeping import KeepingLoop
from behind.paths import create_unix_connection, create_unix_server
from behind.pipes import connect_read_pipe, connect_write_pipe
from behind.sendfile import SendfileMethods
from behind.signals import SignalMethods
from behind.subprocesses import subprocess_exec, subprocess_shell
from behind.threads import ThreadMethods
from behind.tls import start_tls

__all__ = ["EventLoop", "SelectorEventLoop", "new_event_loop"]

T = TypeVar("T")


class EventLoop(  # type: ignore[misc]
    GeneratorMethods,
    SendfileMethods,
    SignalMethods,
    TaskMethods,
    ThreadMethods,
    KeepingLoop,  # comes last: the others' super() leads to it
):
    """The loop with all parts in it.

    It waits with *selector*, by default the system's best. What is not
    rebuilt raises NotImplementedError.

    Rebuilds asyncio.SelectorEventLoop (Lib/asyncio/unix_events.py).
    """

    # Futures and tasks
    create_future = create_future

    # Sockets and servers
    create_server = create_server  # type: ignore[assignment]  # our Server
    create_connection = create_connection
    connect_accepted_socket = connect_accepted_socket
    create_unix_server = create_unix_server  # type: ignore[assignment]
    create_unix_connection = create_unix_connection

    # Transports and streams
    start_tls = start_tls
    create_datagram_endpoint: Any = create_datagram_endpoint

    # Processes
    connect_read_pipe = connect_read_pipe
    connect_write_pipe = connect_write_pipe
    subprocess_exec = subprocess_exec
    subprocess_shell = subprocess_shell

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
