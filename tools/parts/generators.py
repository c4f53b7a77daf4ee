"""Asynchronous generators that are left over."""

import behind
from parts import Part, put_in_methods

PART = Part(
    modules=["test_asyncgen", "test_base_events"],
    select=r"AsyncGenAsyncioTest|asyncgen_finalization",
    put_in=lambda: put_in_methods(behind.GeneratorMethods),
)
