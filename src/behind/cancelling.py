"""A task that can be cancelled."""

from asyncio.base_futures import _future_repr_info
from asyncio.coroutines import (  # type: ignore[attr-defined]
    _format_coroutine,
)
from reprlib import recursive_repr
from typing import Any, TypeVar, cast

from behind.tasks import SteppingTask

__all__ = ["Task"]

T = TypeVar("T")


class Task(SteppingTask[T]):
    """A coroutine in a future, which can be cancelled.

    The arguments are those of SteppingTask.

    Rebuilds asyncio.Task (Lib/asyncio/tasks.py).
    """

    _num_cancels_requested = 0

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

    @recursive_repr()
    def __repr__(self) -> str:
        state, *facts = _future_repr_info(cast(Any, self))
        if self.cancelling() and not self.done():
            state = "cancelling"
        if self._fut_waiter is not None:
            facts.insert(0, f"wait_for={self._fut_waiter!r}")
        if self._coro is not None:
            facts.insert(0, f"coro=<{_format_coroutine(self._coro)}>")
        facts = [
            type(self).__name__,
            state,
            f"name={self.get_name()!r}",
            *facts,
        ]
        return f"<{' '.join(facts)}>"
