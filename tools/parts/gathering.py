"""asyncio.gather and asyncio.ensure_future."""

import asyncio
import sys

from parts import Part, put_in_names

PART = Part(
    modules=[
        "test_tasks",
        *(["test_eager_task_factory"] if sys.version_info >= (3, 12) else []),
    ],
    select=r"gather|Gather|ensure_future",
    put_in=lambda: put_in_names(asyncio.tasks, "gather", "ensure_future"),
)
