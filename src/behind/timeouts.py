"""A block of code that has so many seconds, and no more."""

import asyncio
from asyncio import CancelledError
from enum import StrEnum, auto
from types import TracebackType
from typing import Any, Self

__all__ = ["Timeout", "timeout", "timeout_at"]


def timeout(delay: float | None) -> "Timeout":
    """A Timeout that gives its block *delay* seconds; None for ever.

    Rebuilds asyncio.timeout (Lib/asyncio/timeouts.py).
    """
    loop = asyncio.get_running_loop()
    return Timeout(None if delay is None else loop.time() + delay)


def timeout_at(when: float | None) -> "Timeout":
    """A Timeout that ends its block at *when*, by the loop's clock.

    Rebuilds asyncio.timeout_at (Lib/asyncio/timeouts.py).
    """
    return Timeout(when)


class State(StrEnum):
    """How far a timeout has come."""

    CREATED = auto()
    ACTIVE = auto()
    EXPIRING = auto()  # the task is cancelled, and still in the block
    EXPIRED = auto()
    FINISHED = auto()


class Timeout:
    """An asynchronous context manager that cancels a block at a time.

    *when* is that time in seconds by the loop's clock, or None for never. The
    block then ends in TimeoutError, unless it lets no CancelledError out, or
    others have cancelled its task as well.

    Rebuilds asyncio.Timeout (Lib/asyncio/timeouts.py).
    """

    _task: asyncio.Task[Any]
    _timer: asyncio.Handle | None = None

    def __init__(self, when: float | None) -> None:
        self._state = State.CREATED
        self._when = when

    async def __aenter__(self) -> Self:
        if self._state is not State.CREATED:
            raise RuntimeError("Timeout has already been entered")
        task = asyncio.current_task()
        if task is None:
            raise RuntimeError("Timeout should be used inside a task")
        self._task = task
        self._cancelling = task.cancelling()
        self._state = State.ACTIVE
        self.reschedule(self._when)
        return self

    def reschedule(self, when: float | None) -> None:
        """Let the block end at *when*, or at no time, instead.

        Raises RuntimeError before the block, after it, and if the timeout
        has expired.
        """
        if self._state is State.CREATED:
            raise RuntimeError("Timeout has not been entered")
        if self._state is not State.ACTIVE:
            raise RuntimeError(f"Cannot change state of {self._state} Timeout")
        self._stop_timer()
        self._when = when
        if when is not None:
            self._start_timer(when)

    def _start_timer(self, when: float) -> None:
        loop = asyncio.get_running_loop()
        if when <= loop.time():
            self._timer = loop.call_soon(self._expire)
        else:
            self._timer = loop.call_at(when, self._expire)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()

    def _expire(self) -> None:
        self._task.cancel()
        self._state = State.EXPIRING

    async def __aexit__(
        self,
        exc_type: type[BaseException] | None,
        exc_val: BaseException | None,
        exc_tb: TracebackType | None,
    ) -> None:
        self._stop_timer()
        if self._end():
            _tell_of_timeout(exc_val)

    def _end(self) -> bool:
        """Whether the block is to end in TimeoutError."""
        task = self._task
        del self._task  # it has an error that leads to us: a cycle
        if self._state is State.ACTIVE:
            self._state = State.FINISHED
            return False
        self._state = State.EXPIRED
        return task.uncancel() <= self._cancelling

    def when(self) -> float | None:
        """The time at which it expires, by the loop's clock, or None."""
        return self._when

    def expired(self) -> bool:
        """Whether it has cancelled its block."""
        return self._state in (State.EXPIRING, State.EXPIRED)

    def __repr__(self) -> str:
        if self._state is not State.ACTIVE:
            return f"<Timeout [{self._state}]>"
        when = None if self._when is None else round(self._when, 3)
        return f"<Timeout [{self._state}] when={when}>"


def _tell_of_timeout(exc: BaseException | None) -> None:
    """Raise TimeoutError for a CancelledError; chain one into others."""
    if isinstance(exc, CancelledError):
        raise TimeoutError from exc
    if exc is not None:
        _insert_timeout_error(exc)
    if isinstance(exc, ExceptionGroup):
        for member in exc.exceptions:
            _insert_timeout_error(member)


def _insert_timeout_error(exc: BaseException) -> None:
    """Put a TimeoutError between *exc* and the CancelledError behind it."""
    while (context := exc.__context__) is not None:
        if isinstance(context, CancelledError):
            exc.__context__ = error = TimeoutError()
            error.__context__ = error.__cause__ = context
            return
        exc = context
