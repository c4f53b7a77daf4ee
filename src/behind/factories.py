"""What makes tasks, and what a loop can make instead."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

from behind.cancelling import Task

__all__ = [
    "TaskMethods",
    "create_eager_task_factory",
    "create_task",
    "eager_task_factory",
]

T = TypeVar("T")


def create_task(coro: Coroutine[Any, Any, T], **kwargs: Any) -> Any:
    """Run *coro* as a task of the running loop; returns the task.

    *kwargs* are Task's: name, context, eager_start. Raises RuntimeError
    without a running loop.

    Rebuilds asyncio.create_task (Lib/asyncio/tasks.py).
    """
    return asyncio.get_running_loop().create_task(coro, **kwargs)


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
        self: Any, coro: Coroutine[Any, Any, Any], **kwargs: Any
    ) -> Any:
        """Run *coro* as a task; returns the task.

        *kwargs* are Task's: name, context, eager_start. Those that are None
        do not reach the task factory. Raises RuntimeError if the loop is
        closed.

        Rebuilds asyncio.loop.create_task (Lib/asyncio/base_events.py).
        """
        self._check_closed()
        if self._task_factory is None:
            return Task(coro, loop=self, **kwargs)
        given = {k: v for k, v in kwargs.items() if v is not None}
        return self._task_factory(self, coro, **given)

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
