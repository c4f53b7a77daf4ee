"""Run a program on a loop of its own from start to end."""

import asyncio
import contextvars
import signal
import threading
from collections.abc import Awaitable, Callable, Coroutine, Iterator
from contextlib import contextmanager
from inspect import isawaitable
from typing import Any, Self, TypeVar

from behind.loops import EventLoop
from behind.tasks import all_tasks
from behind.waiting import wait

__all__ = ["Runner", "run"]

T = TypeVar("T")


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
