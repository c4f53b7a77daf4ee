"""asyncio.TaskGroup."""

import asyncio
import sys

from parts import Part, put_in_names

AWAITS_REFUSED = "awaits a coroutine that was refused; ours closes it, as 3.13"

PART = Part(
    modules=["test_taskgroups"],
    select="",
    put_in=lambda: put_in_names(asyncio.taskgroups, "TaskGroup"),
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
