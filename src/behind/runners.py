"""All parts in one loop, and what runs a program on it from start to end."""

import asyncio
import contextvars
import signal
import socket
import sys
import threading
import warnings
import weakref
from collections.abc import (
    AsyncGenerator,
    Awaitable,
    Callable,
    Coroutine,
    Iterator,
)
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from inspect import isawaitable
from typing import Any, Self, TypeVar

from behind.endpoints import DatagramMethods
from behind.futures import FutureMethods, isfuture, wrap_future
from behind.selecting import SelectorLoop
from behind.servers import ServerMethods
from behind.sockets import SocketMethods
from behind.tasks import TaskMethods, all_tasks
from behind.waiting import wait

__all__ = ["EventLoop", "Runner", "new_event_loop", "run"]

T = TypeVar("T")


class EventLoop(  # type: ignore[misc]
    SocketMethods,
    ServerMethods,
    DatagramMethods,
    TaskMethods,
    FutureMethods,
    SelectorLoop,
):
    """The loop with all parts in it: files, timers, threads, tasks, servers.

    What is not rebuilt, such as create_connection, raises
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


class Runner:
    """A loop, made when it is needed, and cleaned up at the end.

    Rebuilds asyncio.Runner (Lib/asyncio/runners.py).
    """

    def __init__(
        self,
        *,
        debug: bool | None = None,
        loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
    ) -> None:
        self._debug = debug
        self._loop_factory = loop_factory or EventLoop
        self._loop: asyncio.AbstractEventLoop | None = None
        self._closed = False

    def __enter__(self) -> Self:
        self.get_loop()
        return self

    def __exit__(self, *exc_info: object) -> None:
        self.close()

    def get_loop(self) -> asyncio.AbstractEventLoop:
        """The loop. Raises RuntimeError if the runner is closed."""
        if self._closed:
            raise RuntimeError("Runner is closed")
        if self._loop is None:
            self._loop = self._loop_factory()
            self._context = contextvars.copy_context()
            if self._debug is not None:
                self._loop.set_debug(self._debug)
        return self._loop

    def run(
        self,
        coro: Awaitable[T],
        *,
        context: contextvars.Context | None = None,
    ) -> T:
        """Run *coro* until it is done; return its result, or raise its error.

        The first Ctrl-C cancels it, and KeyboardInterrupt is raised when it
        has ended. The second raises KeyboardInterrupt where it finds the
        program. Raises TypeError for what cannot be awaited, RuntimeError if
        a loop runs in this thread.
        """
        _check_no_loop("Runner.run()")
        loop = self.get_loop()
        task = loop.create_task(
            _coroutine(coro), context=context or self._context
        )
        with _cancelled_by_sigint(task):
            return loop.run_until_complete(task)

    def close(self) -> None:
        """Cancel all tasks, and wait for them, for generators, for threads."""
        loop, self._loop = self._loop, None
        if loop is None:
            return
        self._closed = True
        try:
            _cancel_all_tasks(loop)
            loop.run_until_complete(loop.shutdown_asyncgens())
            loop.run_until_complete(loop.shutdown_default_executor())
        finally:
            loop.close()


def _coroutine(main: Awaitable[T]) -> Coroutine[Any, Any, T]:
    async def awaiting() -> T:
        return await main

    if asyncio.iscoroutine(main):
        return main
    if isawaitable(main):
        return awaiting()
    raise TypeError(
        "An asyncio.Future, a coroutine or an awaitable is required"
    )


def run(
    main: Awaitable[T],
    *,
    debug: bool | None = None,
    loop_factory: Callable[[], asyncio.AbstractEventLoop] | None = None,
) -> T:
    """Run *main* on a new loop, clean up, and return its result.

    The loop comes from *loop_factory*, by default EventLoop. Raises what
    *main* raises, and what Runner.run does.

    Rebuilds asyncio.run (Lib/asyncio/runners.py).
    """
    _check_no_loop("asyncio.run()")
    with Runner(debug=debug, loop_factory=loop_factory) as runner:
        return runner.run(main)


def _check_no_loop(what: str) -> None:
    if asyncio._get_running_loop() is not None:
        raise RuntimeError(
            f"{what} cannot be called from a running event loop"
        )


@contextmanager
def _cancelled_by_sigint(task: asyncio.Task[Any]) -> Iterator[None]:
    """Within it, the first Ctrl-C cancels *task*, any other raises."""
    count = 0

    def on_sigint(signum: int, frame: object) -> None:
        nonlocal count
        count += 1
        if count > 1 or task.done():
            raise KeyboardInterrupt
        task.cancel()
        task.get_loop().call_soon_threadsafe(lambda: None)  # wake it up

    default = signal.default_int_handler
    if (
        threading.current_thread() is not threading.main_thread()
        or signal.getsignal(signal.SIGINT) is not default
    ):
        yield
        return
    signal.signal(signal.SIGINT, on_sigint)
    try:
        yield
    except asyncio.CancelledError:
        if count and task.uncancel() == 0:
            raise KeyboardInterrupt from None
        raise
    finally:
        if signal.getsignal(signal.SIGINT) is on_sigint:
            signal.signal(signal.SIGINT, default)


def _cancel_all_tasks(loop: asyncio.AbstractEventLoop) -> None:
    tasks = all_tasks(loop)
    if not tasks:
        return
    for task in tasks:
        task.cancel()
    loop.run_until_complete(wait(tasks))
    for task in tasks:
        if not task.cancelled() and task.exception() is not None:
            loop.call_exception_handler(
                {
                    "message": "unhandled exception during asyncio.run() "
                    "shutdown",
                    "exception": task.exception(),
                    "task": task,
                }
            )
