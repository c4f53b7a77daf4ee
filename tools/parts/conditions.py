"""asyncio.Condition and asyncio.Barrier."""

import asyncio

from parts import Part, put_in_names

PART = Part(
    modules=["test_locks"],
    select=r"\.(Condition|Barrier)Tests\.",
    put_in=lambda: put_in_names(asyncio.locks, "Barrier", "Condition", "Lock"),
)
