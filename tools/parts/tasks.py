"""Tasks."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part, behind_case


def behind_task(test: Any, coro: Any) -> behind.Task[Any]:
    return behind.Task(coro, loop=test.loop)


@contextmanager
def put_in_tasks() -> Iterator[None]:
    with ExitStack() as stack:
        enter = stack.enter_context
        enter(
            behind_case(
                "test_tasks",
                "BaseTaskTests",
                "SetMethodsTest",
                Task=behind.Task,
                Future=behind.Future,
                all_tasks=staticmethod(behind.all_tasks),
                current_task=staticmethod(behind.current_task),
            )
        )
        enter(
            behind_case(
                "test_tasks",
                "BaseCurrentLoopTests",
                current_task=staticmethod(behind.current_task),
                new_task=behind_task,
            )
        )
        enter(
            behind_case(
                "test_futures2",
                "FutureTests",
                isolated=True,
                cls=behind.Task,
            )
        )
        if sys.version_info >= (3, 12):
            for tests in (
                "EagerTaskFactoryLoopTests",
                "BaseEagerTaskFactoryTests",
                "BaseNonEagerTaskFactoryTests",
            ):
                enter(
                    behind_case(
                        "test_eager_task_factory", tests, Task=behind.Task
                    )
                )
            enter(
                mock.patch.object(
                    asyncio,
                    "create_eager_task_factory",
                    behind.create_eager_task_factory,
                )
            )
        for name in ("sleep", "create_task"):
            enter(mock.patch.object(asyncio, name, getattr(behind, name)))
        for name in ("create_task", "set_task_factory", "get_task_factory"):
            enter(
                mock.patch.object(
                    asyncio.base_events.BaseEventLoop,
                    name,
                    getattr(behind.TaskMethods, name),
                )
            )
        yield


PART = Part(
    modules=[
        "test_tasks",
        "test_futures2",
        "test_timeouts",
        "test_taskgroups",
        *(["test_eager_task_factory"] if sys.version_info >= (3, 12) else []),
    ],
    select=r"\.Behind|\.(RunCoroutineThreadsafe|Sleep|CoroutineGather)Tests|"
    r"^test_(timeouts|taskgroups)",
    put_in=put_in_tasks,
    excepted={
        "test_tasks.BehindTaskTests.test_log_traceback": (
            "sets the private _log_traceback to True"
        )
    },
)
