"""The event loop with all parts in it: the end of the chain."""

import asyncio
import socket
import sys
import threading
import warnings
import weakref
from collections.abc import AsyncGenerator, Awaitable, Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from typing import Any, TypeVar

from behind.connections import ConnectionMethods
from behind.futures import FutureMethods, isfuture, wrap_future
from behind.listening import ServerMethods
from behind.paths import UnixMethods
from behind.selecting import SelectorLoop
from behind.sockets import SocketMethods
from behind.tasks import TaskMethods
from behind.waiting import wait

__all__ = ["EventLoop", "new_event_loop"]

T = TypeVar("T")


class EventLoop(  # type: ignore[misc]
    ConnectionMethods,
    FutureMethods,
    ServerMethods,
    SocketMethods,
    TaskMethods,
    UnixMethods,
    SelectorLoop,
):
    """The loop with all parts in it: files, timers, threads, tasks, servers.

    What is not rebuilt, such as subprocess_exec, raises
    NotImplementedError.

    Rebuilds asyncio.SelectorEventLoop (Lib/asyncio/base_events.py and
    others).
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._asyncgens: weakref.WeakSet[AsyncGenerator[Any, Any]]
        self._asyncgens = weakref.WeakSet()
        self._default_executor: ThreadPoolExecutor | None = None
        self._executor_shutdown_called = False

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
        task.add_done_callback(_stop_loop)
        try:
            self.run_forever()
        except BaseException:
            if is_ours and task.done() and not task.cancelled():
                task.exception()  # it is raised here: no need to log it
            raise
        finally:
            task.remove_done_callback(_stop_loop)
        if not task.done():
            raise RuntimeError("Event loop stopped before Future completed.")
        return task.result()

    def run_forever(self) -> None:
        """Run until `stop` is called.

        Raises RuntimeError if the loop is closed, or if a loop, this or
        another, runs in this thread.
        """
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(self._asyncgens.add, self._finalize)
        try:
            super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*before)

    def _finalize(self, agen: AsyncGenerator[Any, Any]) -> None:
        """Close *agen*, which the garbage collector has found, in a task."""
        if not self.is_closed():
            self.call_soon_threadsafe(self.create_task, agen.aclose())

    async def shutdown_asyncgens(self) -> None:
        """Close all asynchronous generators that were begun and not ended."""
        for agen in list(self._asyncgens):
            try:
                await agen.aclose()
            except Exception as error:
                message = (
                    f"an error occurred during closing of asynchronous "
                    f"generator {agen!r}"
                )
                self.call_exception_handler(
                    {"message": message, "exception": error, "asyncgen": agen}
                )

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Executor | None,
        func: Callable[..., T],
        *args: Any,
    ) -> asyncio.Future[T]:
        """Call *func* with *args* in another thread; a future of its result.

        The *executor* is the loop's own pool of threads by default. Raises
        RuntimeError if that has been shut down, or the loop is closed.
        """
        self._check_closed()
        if executor is None:
            if self._executor_shutdown_called:
                raise RuntimeError("Executor shutdown has been called")
            if self._default_executor is None:
                self._default_executor = ThreadPoolExecutor(
                    thread_name_prefix="asyncio"
                )
            executor = self._default_executor
        return wrap_future(executor.submit(func, *args), loop=self)

    def set_default_executor(self, executor: Executor) -> None:
        """Have *executor* instead of the loop's own pool of threads.

        Raises TypeError for any but a ThreadPoolExecutor.
        """
        if not isinstance(executor, ThreadPoolExecutor):
            raise TypeError("executor must be ThreadPoolExecutor instance")
        self._default_executor = executor

    async def shutdown_default_executor(
        self, timeout: float | None = None
    ) -> None:
        """Take no more calls, and wait until those in threads have returned.

        After *timeout* seconds it warns, and leaves the threads to themselves.
        """
        self._executor_shutdown_called = True
        if self._default_executor is None:
            return
        joined = self.create_future()
        thread = threading.Thread(target=self._join, args=(joined,))
        thread.start()
        await wait([joined], timeout=timeout)
        if joined.done():
            thread.join()
        else:
            warnings.warn(
                "The executor did not finishing joining its threads within "
                f"{timeout} seconds.",
                RuntimeWarning,
                stacklevel=2,
            )

    def _join(self, joined: asyncio.Future[None]) -> None:
        assert self._default_executor is not None
        self._default_executor.shutdown(wait=True)
        with suppress(RuntimeError):  # the loop is closed by now
            self.call_soon_threadsafe(joined.set_result, None)

    def close(self) -> None:
        """Drop all that is left, and take no more; wait for no thread."""
        super().close()
        if self._default_executor is not None:
            self._default_executor.shutdown(wait=False)

    async def getaddrinfo(
        self,
        host: str | bytes | None,
        port: str | bytes | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Like socket.getaddrinfo, in another thread."""
        return await self.run_in_executor(
            None, socket.getaddrinfo, host, port, family, type, proto, flags
        )

    async def getnameinfo(
        self, sockaddr: Any, flags: int = 0
    ) -> tuple[str, str]:
        """Like socket.getnameinfo, in another thread."""
        return await self.run_in_executor(
            None, socket.getnameinfo, sockaddr, flags
        )


def _stop_loop(future: asyncio.Future[Any]) -> None:
    error = None if future.cancelled() else future.exception()
    if not isinstance(error, SystemExit | KeyboardInterrupt):
        future.get_loop().stop()  # those two have ended run_forever already


def new_event_loop() -> EventLoop:
    """A new loop.

    Rebuilds asyncio.new_event_loop (Lib/asyncio/events.py).
    """
    return EventLoop()  # type: ignore[abstract]  # some parts are to come
