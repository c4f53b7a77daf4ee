"""asyncio.wait."""

import asyncio

from parts import Part, put_in_names

PART = Part(
    modules=["test_tasks"],
    select=r"\.test_wait(?!_?for)",
    put_in=lambda: put_in_names(asyncio.tasks, "wait"),
)
