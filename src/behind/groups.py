"""Tasks that belong to a block of code, which ends when they have ended."""

import asyncio
from asyncio import CancelledError
from collections.abc import Awaitable, Coroutine
from types import TracebackType
from typing import Any, Self, TypeVar

from behind.sleeping import sleep

__all__ = ["TaskGroup"]

T = TypeVar("T")


class TaskGroup:
    """Tasks, and a block of code that waits for them at its end.

    When one of them fails, or the block does, all others are cancelled. When
    they have ended, the errors are raised in one BaseExceptionGroup, but a
    KeyboardInterrupt or SystemExit alone. To enter it a second time, or
    outside of a task, raises RuntimeError.

    Rebuilds asyncio.TaskGroup (Lib/asyncio/taskgroups.py).
    """

    _loop: asyncio.AbstractEventLoop
    _parent: asyncio.Task[Any]
    _waiter: asyncio.Future[None] | None = None
    _told: CancelledError | None = None
    _late: CancelledError | None = None
    _entered = _exiting = _aborting = False
    _parent_cancelled = _cancel_on_enter = False

    def __init__(self) -> None:
        self._tasks: set[asyncio.Task[Any]] = set()
        self._errors: list[BaseException] = []

    async def __aenter__(self) -> Self:
        if self._entered:
            raise RuntimeError(f"TaskGroup {self!r} has already been entered")
        parent = asyncio.current_task()
        if parent is None:
            raise RuntimeError(
                f"TaskGroup {self!r} cannot determine the parent task"
            )
        self._loop, self._parent = parent.get_loop(), parent
        self._entered = True
        if self._cancel_on_enter:
            self.cancel()
        return self

    def create_task(
        self, coro: Coroutine[Any, Any, T], **kwargs: Any
    ) -> asyncio.Task[T]:
        """Run *coro* as a task of this group; returns the task.

        *kwargs* are those of asyncio.create_task. Raises RuntimeError, and
        closes *coro*, if the group has not been entered, shuts down or is
        finished.

        Rebuilds asyncio.TaskGroup.create_task (Lib/asyncio/taskgroups.py).
        """
        if reason := self._refuses():
            coro.close()
            raise RuntimeError(f"TaskGroup {self!r} {reason}")
        return self._add(self._loop.create_task(coro, **kwargs))

    def _add(self, task: asyncio.Task[T]) -> asyncio.Task[T]:
        self._tasks.add(task)
        task.add_done_callback(self._on_task_done)
        if self._aborting:  # an eager task has stopped us in its first step
            task.cancel()
        return task

    def _refuses(self) -> str | None:
        """Why no task can be made now, if so."""
        if not self._entered:
            return "has not been entered"
        if self._exiting and not self._tasks:
            return "is finished"
        return "is shutting down" if self._aborting else None

    def _on_task_done(self, task: asyncio.Task[Any]) -> None:
        self._tasks.discard(task)
        if self._waiter and not self._waiter.done() and not self._tasks:
            self._waiter.set_result(None)
        error = None if task.cancelled() else task.exception()
        if error is None:
            return
        self._errors.append(error)
        if self._parent.done():
            self._tell_the_loop(task, error)
        else:
            self._stop()

    def _tell_the_loop(
        self, task: asyncio.Task[Any], error: BaseException
    ) -> None:
        self._loop.call_exception_handler(
            {
                "message": f"Task {task!r} has errored out but its parent "
                f"task {self._parent} is already completed",
                "exception": error,
                "task": task,
            }
        )

    def _stop(self) -> None:
        """Cancel the tasks and the parent, once."""
        if not self._aborting:
            self._abort()
            self._parent_cancelled = True
            self._parent.cancel()

    def _abort(self) -> None:
        """Cancel the tasks, once."""
        if not self._aborting:
            self._aborting = True
            for task in self._tasks:
                task.cancel()

    def cancel(self) -> None:
        """Cancel all tasks and the block, which raises nothing for that.

        If the group has not been entered, it is done as soon as it is. If
        the block has ended, or is cancelled already, nothing happens.

        Rebuilds asyncio.TaskGroup.cancel (Lib/asyncio/taskgroups.py).
        """
        if not self._entered:
            self._cancel_on_enter = True
        elif self._tasks or not self._exiting:
            self._stop()

    async def __aexit__(
        self,
        et: type[BaseException] | None,
        exc: BaseException | None,
        tb: TracebackType | None,
    ) -> bool:
        self._exiting = True
        if isinstance(exc, CancelledError):
            self._told = exc
        if exc is not None:
            self._abort()
        await self._wait()
        error = self._outcome(exc)
        try:
            if error is not None and error is not exc:
                raise error
            return error is None  # if not, the block's own error goes on
        finally:
            self._told = self._late = None
            self._errors = []
            del self._parent, exc, tb, error

    async def _wait(self) -> None:
        """Until no task is left."""
        if self._parent_cancelled:
            await self._listen_in(sleep(0))
        while self._tasks:
            self._waiter = self._loop.create_future()
            await self._listen_in(self._waiter)

    async def _listen_in(self, awaitable: Awaitable[None]) -> None:
        """Await it, and be cancelled there."""
        try:
            await awaitable
        except CancelledError as error:
            self._late = error
            if not self._aborting:
                self._told = error
                self._abort()

    def _outcome(self, exc: BaseException | None) -> BaseException | None:
        """What the group raises, if anything; *exc* is what the block has."""
        if exc is not None and not isinstance(exc, CancelledError):
            self._errors.append(exc)
        told = self._late if self._told is None else self._told
        if self._parent_cancelled and self._parent.uncancel() == 0:
            told = None
        for error in self._errors:
            if isinstance(error, SystemExit | KeyboardInterrupt):
                return error
        if not self._errors:
            return told
        if self._parent.cancelling():
            self._parent.uncancel()
            self._parent.cancel()
        if isinstance(exc, GeneratorExit) and self._errors == [exc]:
            return exc
        return _group_of(self._errors)

    def __repr__(self) -> str:
        info = ["TaskGroup"]
        if self._tasks:
            info.append(f"tasks={len(self._tasks)}")
        if self._errors:
            info.append(f"errors={len(self._errors)}")
        if self._aborting:
            info.append("cancelling")
        elif self._entered:
            info.append("entered")
        return f"<{' '.join(info)}>"


def _group_of(errors: list[BaseException]) -> BaseException:
    group = BaseExceptionGroup("unhandled errors in a TaskGroup", errors)
    group.__suppress_context__ = True  # as `from None` does
    return group
