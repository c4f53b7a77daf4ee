"""asyncio.as_completed."""

import asyncio
import sys
from collections.abc import Iterator

from parts import Part, put_in_names

CASES = [
    "BehindTaskTests",  # of parts.tasks; there when both are put in
    "CTaskSubclass_PyFuture_Tests",
    "CTask_CFuture_SubclassTests",
    "CTask_CFuture_Tests",
    "CTask_PyFuture_Tests",
    "PyTask_CFutureSubclass_Tests",
    "PyTask_CFuture_Tests",
    "PyTask_PyFuture_SubclassTests",
    "PyTask_PyFuture_Tests",
]


def completing_excepted() -> Iterator[tuple[str, str]]:
    if sys.version_info < (3, 13):
        for case in CASES:
            for test in "invalid_args", "coroutine_without_loop":
                yield (
                    f"test_tasks.{case}.test_as_completed_{test}",
                    "a generator raises at the first next, ours at the call",
                )


PART = Part(
    modules=["test_tasks"],
    select=r"\.test_as_completed",
    put_in=lambda: put_in_names(asyncio.tasks, "as_completed"),
    excepted=dict(completing_excepted()),
)
