"""A coroutine that runs by itself, step by step."""

import asyncio
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
from collections.abc import Coroutine
from contextvars import Context, copy_context
from itertools import count
from types import TracebackType
from typing import Any, TypeVar, cast

from behind.futures import Future, isfuture

__all__ = ["SteppingTask", "all_tasks", "current_task"]

E = TypeVar("E", bound=BaseException)
T = TypeVar("T")
numbers = count(1)


class SteppingTask(Future[T]):
    """A coroutine in a future: done when the coroutine is.

    Its first step is taken in the loop's next turn; with *eager_start* at
    once, if the loop runs. All its steps run in *context*, by default a copy
    of the current one. Raises TypeError if *coro* is no coroutine.

    Rebuilds asyncio.Task (Lib/asyncio/tasks.py).
    """

    _log_destroy_pending = False
    _must_cancel = False  # the coroutine has to be told

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
            raise TypeError(f"a Context was expected, got {context!r}")
        self._coro: Any = coro
        self._context = context
        self._name = next(numbers) if name is None else str(name)
        self._fut_waiter: Any = None
        _register_task(self)  # type: ignore[arg-type]
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
            if self.done():
                self._coro = None

    def _step(self, exc: BaseException | None = None) -> None:
        if self._state != "PENDING":
            raise InvalidStateError(f"step(): already done: {self!r}, {exc!r}")
        if self._must_cancel:
            exc = self._cancelled_by(exc)
        self._fut_waiter = None
        _enter_task(self._loop, self)  # type: ignore[arg-type]
        try:
            if exc is None:
                yielded = self._coro.send(None)
            else:
                yielded = self._coro.throw(exc)
        except StopIteration as stop:
            if self._must_cancel:
                self._drop_result()
            else:
                self._result = stop.value
                self._finish("FINISHED")
        except CancelledError as error:
            self._cancelled_exc = _without_step(error)
            super().cancel()
        except BaseException as error:
            super().set_exception(_without_step(error))
            if isinstance(error, KeyboardInterrupt | SystemExit):
                raise
        else:
            self._wait_for(yielded)
        finally:
            _leave_task(self._loop, self)  # type: ignore[arg-type]
            del self, exc  # or a traceback keeps alive who keeps it alive

    def _wait_for(self, yielded: Any) -> None:
        if yielded is None:
            self._loop.call_soon(self._step, context=self._context)
        elif (
            getattr(yielded, "_asyncio_future_blocking", None)
            and yielded.get_loop() is self._loop
            and yielded is not self
        ):
            yielded._asyncio_future_blocking = False
            yielded.add_done_callback(self._wakeup, context=self._context)
            self._fut_waiter = yielded
            if self._must_cancel:
                self._cancel_waiter()
        else:
            error = RuntimeError(self._mistake(yielded))
            self._loop.call_soon(self._step, error, context=self._context)

    def _mistake(self, yielded: Any) -> str:
        if not isfuture(yielded):
            return f"Task got bad yield: {yielded!r}"
        if not yielded._asyncio_future_blocking:
            what = "yield was used instead of yield from"
            return f"{what} in task {self!r} with {yielded!r}"
        if yielded.get_loop() is not self._loop:
            what = f"Task {self!r} got Future {yielded!r}"
            return f"{what} attached to a different loop"
        return f"Task cannot await on itself: {self!r}"

    def _wakeup(self, future: Any) -> None:
        try:
            future.result()
        except BaseException as exc:
            self._step(exc)
        else:
            self._step()
        finally:
            del self, future

    def _cancelled_by(self, exc: BaseException | None) -> BaseException:
        self._must_cancel = False
        if isinstance(exc, CancelledError):
            return exc  # it is told anyway
        return self._make_cancelled_error()

    def _drop_result(self) -> None:
        self._must_cancel = False
        self._finish("CANCELLED")

    def _cancel_waiter(self) -> None:
        cancelled = self._fut_waiter.cancel(msg=self._cancel_message)
        self._must_cancel = not cancelled

    def set_result(self, result: object) -> None:
        """Raises RuntimeError: a task's result is its coroutine's."""
        raise RuntimeError("Task does not support set_result operation")

    def set_exception(self, exception: object) -> None:
        """Raises RuntimeError: a task's exception is its coroutine's."""
        raise RuntimeError("Task does not support set_exception operation")

    def __del__(self) -> None:
        if self._state == "PENDING" and self._log_destroy_pending:
            self._complain("Task was destroyed but it is pending!", task=self)
        super().__del__()

    def get_coro(self) -> Coroutine[Any, Any, T] | None:
        """The coroutine that it runs; None if it was done at once."""
        coro: Coroutine[Any, Any, T] | None = self._coro
        return coro

    def get_context(self) -> Context:
        """The context in which its steps run."""
        return self._context

    def get_name(self) -> str:
        """Its name, such as "Task-1"."""
        name = self._name
        return f"Task-{name}" if isinstance(name, int) else name

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


def _without_step(error: E) -> E:
    """Leave out of the traceback the step, whose frame knows its caller."""
    traceback = cast(TracebackType, error.__traceback__)
    return error.with_traceback(traceback.tb_next)
