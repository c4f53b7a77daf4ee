"""asyncio.shield."""

import asyncio

from parts import Part, put_in_names

PART = Part(
    modules=["test_tasks", "test_waitfor"],
    select=r"(?<!not_)shield",
    put_in=lambda: put_in_names(asyncio.tasks, "shield"),
)
