"""asyncio.wait_for."""

import asyncio

from parts import Part, put_in_names

PART = Part(
    modules=["test_waitfor"],
    select=r"^test_waitfor",
    put_in=lambda: put_in_names(asyncio.tasks, "wait_for"),
    excepted={
        "test_waitfor.AsyncioWaitForTest.test_wait_for_self_cancellation": (
            "drops the result of a task that refuses to be cancelled"
        )
    },
)
