"""asyncio's locks, events and semaphores."""

import asyncio

from parts import Part, put_in_names

PART = Part(
    modules=["test_locks"],
    select=r"\.(Lock|Event|Semaphore)Tests\.",
    put_in=lambda: put_in_names(
        asyncio.locks, "BoundedSemaphore", "Event", "Lock", "Semaphore"
    ),
)
