"""asyncio.Condition and asyncio.Barrier."""

from parts import Part
from parts.locks import put_in_locks

PART = Part(
    modules=["test_locks"],
    select=r"\.(Condition|Barrier)Tests\.",
    put_in=lambda: put_in_locks("Barrier", "Condition", "Lock"),
)
