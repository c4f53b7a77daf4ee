"""A coroutine that runs by itself, step by step."""

import asyncio
import math
import types
from asyncio import (
    CancelledError,
    InvalidStateError,
    _enter_task,
    _leave_task,
    _register_task,
    all_tasks,
    base_tasks,
    current_task,
)
from collections.abc import Callable, Coroutine, Generator
from contextvars import Context, copy_context
from itertools import count
from typing import Any, TypeVar, cast

from behind.futures import Future, isfuture

__all__ = [
    "Task",
    "TaskMethods",
    "all_tasks",
    "create_eager_task_factory",
    "create_task",
    "current_task",
    "eager_task_factory",
    "sleep",
]

T = TypeVar("T")
numbers = count(1)


class Task(Future[T]):
    """A coroutine in a future: done when the coroutine is.

    Its first step is taken in the loop's next turn; with *eager_start* at
    once, if the loop runs. All its steps run in *context*, by default a copy
    of the current one. Raises TypeError if *coro* is no coroutine.

    Rebuilds asyncio.Task (Lib/asyncio/tasks.py).
    """

    _log_destroy_pending = False

    def __init__(
        self,
        coro: Coroutine[Any, Any, T],
        *,
        loop: asyncio.AbstractEventLoop | None = None,
        name: object = None,
        context: Context | None = None,
        eager_start: bool = False,
    ) -> None:
        super().__init__(loop=loop)
        if self._source_traceback:
            del self._source_traceback[-1]
        if not asyncio.iscoroutine(coro):
            raise TypeError(f"a coroutine was expected, got {coro!r}")
        if context is None:
            context = copy_context()
        elif not isinstance(context, Context):
            kind = type(context).__name__
            raise TypeError(f"a contextvars.Context was expected, got {kind}")
        self._coro = coro
        self._context = context
        self.set_name(f"Task-{next(numbers)}" if name is None else name)
        self._fut_waiter: Any = None
        self._must_cancel = False
        self._num_cancels_requested = 0
        self._schedule(eager_start)

    def _schedule(self: Any, eager_start: bool) -> None:
        _register_task(self)
        self._log_destroy_pending = True
        if eager_start and self._loop.is_running():
            self._start_now()
        else:
            self._loop.call_soon(self._step, context=self._context)

    def _start_now(self) -> None:
        creator = current_task(self._loop)
        if creator is not None:
            _leave_task(self._loop, creator)
        try:
            self._context.run(self._step)
        finally:
            if creator is not None:
                _enter_task(self._loop, creator)

    def _step(self: Any, exc: BaseException | None = None) -> None:
        if self.done():
            raise InvalidStateError(
                f"_step(): already done: {self!r}, {exc!r}"
            )
        if self._must_cancel:
            if not isinstance(exc, CancelledError):
                exc = self._make_cancelled_error()
            self._must_cancel = False
        self._fut_waiter = None
        _enter_task(self._loop, self)
        try:
            self._resume(exc)
        finally:
            _leave_task(self._loop, self)
            del self  # or a traceback and the task keep each other alive

    def _resume(self, exc: BaseException | None) -> None:
        try:
            if exc is None:
                yielded = self._coro.send(None)
            else:
                yielded = self._coro.throw(exc)
        except StopIteration as stop:
            if self._must_cancel:
                self._must_cancel = False
                super().cancel(self._cancel_message)
            else:
                super().set_result(stop.value)
        except CancelledError as error:
            self._cancelled_exc = error
            super().cancel()
        except (KeyboardInterrupt, SystemExit) as error:
            super().set_exception(error)
            raise
        except BaseException as error:
            super().set_exception(error)
        else:
            self._wait_for(yielded)
        finally:
            del self

    def _wait_for(self, yielded: Any) -> None:
        if yielded is None:
            self._loop.call_soon(self._step, context=self._context)
        elif mistake := self._mistake(yielded):
            error = RuntimeError(mistake)
            self._loop.call_soon(self._step, error, context=self._context)
        else:
            yielded._asyncio_future_blocking = False
            yielded.add_done_callback(self._wakeup, context=self._context)
            self._fut_waiter = yielded
            if self._must_cancel and yielded.cancel(msg=self._cancel_message):
                self._must_cancel = False

    def _mistake(self, yielded: Any) -> str | None:
        if not isfuture(yielded):
            return f"Task got bad yield: {yielded!r}"
        if not yielded._asyncio_future_blocking:
            what = "yield was used instead of yield from"
            return f"{what} in task {self!r} with {yielded!r}"
        if yielded.get_loop() is not self._loop:
            what = f"Task {self!r} got Future {yielded!r}"
            return f"{what} attached to a different loop"
        if yielded is self:
            return f"Task cannot await on itself: {self!r}"
        return None

    def _wakeup(self, future: Any) -> None:
        try:
            future.result()
        except BaseException as exc:
            self._step(exc)
        else:
            self._step()
        finally:
            del self

    def cancel(self, msg: object = None) -> bool:
        """Have CancelledError raised in the coroutine, with *msg*.

        Returns False if the task is done already. The coroutine may clean
        up, or go on all the same.
        """
        self._log_traceback = False
        if self.done():
            return False
        self._num_cancels_requested += 1
        if self._fut_waiter is not None and self._fut_waiter.cancel(msg=msg):
            return True
        self._must_cancel = True
        self._cancel_message = msg
        return True

    def cancelling(self) -> int:
        """How many calls of cancel() have not been taken back."""
        return self._num_cancels_requested

    def uncancel(self) -> int:
        """Take back one call of cancel(); returns how many are left."""
        if self._num_cancels_requested > 0:
            self._num_cancels_requested -= 1
            if self._num_cancels_requested == 0:
                self._must_cancel = False
        return self._num_cancels_requested

    def set_result(self, result: object) -> None:
        """Raises RuntimeError: a task's result is its coroutine's."""
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception: object) -> None:
        """Raises RuntimeError: a task's exception is its coroutine's."""
        raise RuntimeError("Task does not support set_exception operation")

    def __del__(self) -> None:
        if not self.done() and self._log_destroy_pending:
            self._complain("Task was destroyed but it is pending!", task=self)
        super().__del__()

    def get_coro(self) -> Coroutine[Any, Any, T]:
        """The coroutine that it runs."""
        return self._coro

    def get_context(self) -> Context:
        """The context in which its steps run."""
        return self._context

    def get_name(self) -> str:
        """Its name, such as "Task-1"."""
        return self._name

    def set_name(self, value: object) -> None:
        """Name it str(value)."""
        self._name = str(value)

    def get_stack(self: Any, *, limit: int | None = None) -> list[Any]:
        """The frames where it stands, or those of its exception."""
        return cast(list[Any], base_tasks._task_get_stack(self, limit))

    def print_stack(
        self: Any, *, limit: int | None = None, file: Any = None
    ) -> None:
        """Print get_stack() to *file*, by default stderr."""
        base_tasks._task_print_stack(self, limit, file)

    def __repr__(self: Any) -> str:
        return base_tasks._task_repr(self)


def create_task(coro: Coroutine[Any, Any, T], **kwargs: Any) -> Any:
    """Run *coro* as a task of the running loop; returns the task.

    *kwargs* are Task's: name, context, eager_start. Raises RuntimeError
    without a running loop.

    Rebuilds asyncio.create_task (Lib/asyncio/tasks.py).
    """
    return asyncio.get_running_loop().create_task(coro, **kwargs)


@types.coroutine
def _one_turn() -> Generator[None, None, None]:
    yield


async def sleep(delay: float, result: Any = None) -> Any:
    """Wait for *delay* seconds, then return *result*.

    Raises ValueError if *delay* is not a number (NaN).

    Rebuilds asyncio.sleep (Lib/asyncio/tasks.py).
    """
    if delay <= 0:
        await _one_turn()
        return result
    if math.isnan(delay):
        raise ValueError("Invalid delay: NaN (not a number)")
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    timer = loop.call_later(delay, _set_unless_done, future, result)
    try:
        return await future
    finally:
        timer.cancel()


def _set_unless_done(future: Any, result: Any) -> None:
    if not future.done():
        future.set_result(result)


def create_eager_task_factory(
    custom_task_constructor: Callable[..., Any],
) -> Callable[..., Any]:
    """A task factory that has each task start at once.

    Rebuilds asyncio.create_eager_task_factory (Lib/asyncio/tasks.py).
    """

    def factory(
        loop: asyncio.AbstractEventLoop,
        coro: Coroutine[Any, Any, Any],
        *,
        eager_start: bool = True,
        **kwargs: Any,
    ) -> Any:
        return custom_task_constructor(
            coro, loop=loop, eager_start=eager_start, **kwargs
        )

    return factory


eager_task_factory = create_eager_task_factory(Task)


class TaskMethods:
    """The methods of an event loop that make our tasks."""

    _task_factory: Callable[..., Any] | None = None

    def create_task(
        self, coro: Coroutine[Any, Any, Any], **kwargs: Any
    ) -> Any:
        """Run *coro* as a task; returns the task.

        *kwargs* are Task's: name, context, eager_start. Those that are None
        do not reach the task factory. Raises RuntimeError if the loop is
        closed.

        Rebuilds asyncio.loop.create_task (Lib/asyncio/base_events.py).
        """
        loop = cast(Any, self)
        loop._check_closed()
        given = {k: v for k, v in kwargs.items() if v is not None}
        if self._task_factory is None:
            return Task(coro, loop=loop, **given)
        return self._task_factory(loop, coro, **given)

    def set_task_factory(self, factory: Callable[..., Any] | None) -> None:
        """Have create_task call *factory*(loop, coro, **kwargs).

        None stands for Task. Raises TypeError if it cannot be called.

        Rebuilds asyncio.loop.set_task_factory (Lib/asyncio/base_events.py).
        """
        if factory is not None and not callable(factory):
            raise TypeError("task factory must be a callable or None")
        self._task_factory = factory

    def get_task_factory(self) -> Callable[..., Any] | None:
        """The task factory, None if that is Task.

        Rebuilds asyncio.loop.get_task_factory (Lib/asyncio/base_events.py).
        """
        return self._task_factory
