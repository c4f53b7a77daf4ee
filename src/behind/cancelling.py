"""A task that can be cancelled."""

from asyncio.base_tasks import _task_repr
from typing import Any, TypeVar

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

    def __repr__(self: Any) -> str:
        return _task_repr(self)
