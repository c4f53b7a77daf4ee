"""A result that is not there yet."""

import asyncio
from asyncio import AbstractEventLoop, CancelledError, InvalidStateError
from asyncio.base_futures import _future_repr  # type: ignore[attr-defined]
from collections.abc import Callable, Generator
from contextvars import Context, copy_context
from traceback import FrameSummary, extract_stack
from types import GenericAlias
from typing import Any, Generic, Self, TypeVar, cast

__all__ = ["Future", "create_future", "isfuture"]

T = TypeVar("T")
Callback = Callable[[Any], object]

STOP_ITERATION = (
    "StopIteration interacts badly with generators "
    "and cannot be raised into a Future"
)


class Future(Generic[T]):
    """A result that someone will set later, or an exception.

    It belongs to the event loop *loop*, by default the one that runs. It is
    not safe for threads: use it in the loop's thread only.

    Rebuilds asyncio.Future (Lib/asyncio/futures.py).
    """

    _asyncio_future_blocking = False
    _asyncio_awaited_by = None
    _state = "PENDING"
    _cancel_message: object = None
    _cancelled_exc: CancelledError | None = None
    _log_traceback = False
    _source_traceback: list[FrameSummary] | None = None

    def __init__(self, *, loop: AbstractEventLoop | None = None) -> None:
        if hasattr(self, "_loop"):
            name = type(self).__name__
            raise RuntimeError(f"{name} object is already initialized")
        self._loop = asyncio.get_event_loop() if loop is None else loop
        self._callbacks: list[tuple[Callback, Context]] = []
        self._exception: BaseException | None = None
        if self._loop.get_debug():
            self._source_traceback = extract_stack()[:-1]  # who calls

    def get_loop(self) -> AbstractEventLoop:
        """The loop it belongs to."""
        try:
            return self._loop
        except AttributeError:
            raise RuntimeError("Future object is not initialized.") from None

    def done(self) -> bool:
        """Whether it has a result or an exception, or is cancelled."""
        return self._state != "PENDING"

    def cancelled(self) -> bool:
        """Whether it was cancelled."""
        return self._state == "CANCELLED"

    def set_result(self, result: T) -> None:
        """Make it done. Raises InvalidStateError if it is done already."""
        if self._state != "PENDING":
            raise self._done_already()
        self._result = result
        self._finish("FINISHED")

    def set_exception(self, exception: type | BaseException) -> None:
        """Make it done with *exception*, a class or an instance.

        Raises InvalidStateError if it is done already. A StopIteration
        becomes the cause of a RuntimeError.
        """
        if self._state != "PENDING":
            raise self._done_already()
        error = exception() if isinstance(exception, type) else exception
        if isinstance(error, StopIteration):
            stop, error = error, RuntimeError(STOP_ITERATION)
            error.__cause__ = error.__context__ = stop
        self._exception = error
        self._exception_tb = error.__traceback__
        self._finish("FINISHED")
        self._log_traceback = True

    def cancel(self, msg: object = None) -> bool:
        """Make it done as cancelled, unless it is done: then return False.

        *msg* becomes the argument of the CancelledError.
        """
        self._log_traceback = False
        if self.done():
            return False
        self._cancel_message = msg
        self._finish("CANCELLED")
        return True

    def _done_already(self) -> InvalidStateError:
        return InvalidStateError(f"{self._state}: {self!r}")

    def _finish(self, state: str) -> None:
        self._state = state
        for callback, context in self._callbacks:
            self._loop.call_soon(callback, self, context=context)
        self._callbacks.clear()

    def add_done_callback(
        self, fn: Callback, *, context: Context | None = None
    ) -> None:
        """Have the loop call *fn* with this future, once it is done.

        It is called in *context*, by default a copy of the current one.
        """
        if context is None:
            context = copy_context()
        if self._state == "PENDING":
            self._callbacks.append((fn, context))
        else:
            self._loop.call_soon(fn, self, context=context)

    def remove_done_callback(self, fn: Callback) -> int:
        """Forget *fn*; returns how many times it had been added."""
        before = len(self._callbacks)
        self._callbacks = [pair for pair in self._callbacks if pair[0] != fn]
        return before - len(self._callbacks)

    def result(self) -> T:
        """The result. Raises its exception; InvalidStateError if not done."""
        if self._state != "FINISHED":
            raise self._unfinished("Result is not ready.")
        if self._exception is None:
            return self._result
        self._log_traceback = False
        try:
            raise self._exception.with_traceback(self._exception_tb)
        finally:
            del self  # or the traceback that it has keeps it alive

    def exception(self) -> BaseException | None:
        """The exception, or None. Raises CancelledError if it is cancelled."""
        if self._state != "FINISHED":
            raise self._unfinished("Exception is not set.")
        self._log_traceback = False
        return self._exception

    def _unfinished(self, message: str) -> BaseException:
        if self._state == "CANCELLED":
            return self._make_cancelled_error()
        return InvalidStateError(message)

    def _make_cancelled_error(self) -> CancelledError:
        error, self._cancelled_exc = self._cancelled_exc, None
        message = self._cancel_message
        args = () if message is None else (message,)
        return error or CancelledError(*args)

    def __await__(self) -> Generator[Self, None, T]:
        try:
            if self._state == "PENDING":
                self._asyncio_future_blocking = True
                yield self
                if self._state == "PENDING":
                    raise RuntimeError("await wasn't used with future")
            return self.result()
        finally:
            del self

    __iter__ = __await__

    def __del__(self) -> None:
        if self._log_traceback:
            message = f"{type(self).__name__} exception was never retrieved"
            self._complain(message, exception=self._exception, future=self)

    def _complain(self, message: str, **context: Any) -> None:
        context["message"] = message
        if self._source_traceback:
            context["source_traceback"] = self._source_traceback
        self._loop.call_exception_handler(context)

    def __repr__(self) -> str:
        return cast(str, _future_repr(self))

    def __class_getitem__(cls, item: object) -> GenericAlias:
        return GenericAlias(cls, item)


def isfuture(obj: Any) -> bool:
    """Whether *obj* is a future: asyncio's, ours or anybody's.

    Rebuilds asyncio.isfuture (Lib/asyncio/base_futures.py).
    """
    name = "_asyncio_future_blocking"
    return hasattr(obj.__class__, name) and getattr(obj, name) is not None


def _set_result_unless_cancelled(future: Any, result: Any = None) -> None:
    """Make *future* done with *result*, unless it is done by now.

    Rebuilds _set_result_unless_cancelled (Lib/asyncio/futures.py).
    """
    if not future.done():
        future.set_result(result)


def create_future(loop: AbstractEventLoop) -> Any:
    """A new Future of the *loop*.

    Rebuilds loop.create_future (Lib/asyncio/base_events.py).
    """
    return Future(loop=loop)
