"""asyncio.TaskGroup."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_groups() -> Iterator[None]:
    with (
        mock.patch.object(asyncio, "TaskGroup", behind.TaskGroup),
        mock.patch.object(asyncio.taskgroups, "TaskGroup", behind.TaskGroup),
    ):
        yield


AWAITS_REFUSED = "awaits a coroutine that was refused; ours closes it, as 3.13"

PART = Part(
    modules=["test_taskgroups"],
    select="",
    put_in=put_in_groups,
    excepted={
        f"test_taskgroups.TestTaskGroup.test_taskgroup_{test}": AWAITS_REFUSED
        for test in (
            "finished",
            "no_create_task_after_failure",
            "not_entered",
            "without_parent_task",
        )
        if sys.version_info < (3, 13)
    },
)
