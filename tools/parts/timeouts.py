"""asyncio.timeout."""

import asyncio

from parts import Part, put_in_names

PART = Part(
    modules=["test_timeouts"],
    select=r"^test_timeouts",
    put_in=lambda: put_in_names(
        asyncio.timeouts, "Timeout", "timeout", "timeout_at"
    ),
)
