"""asyncio.timeout."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_timeouts() -> Iterator[None]:
    with ExitStack() as stack:
        for name in "Timeout", "timeout", "timeout_at":
            for there in asyncio, asyncio.timeouts:
                ours = mock.patch.object(there, name, getattr(behind, name))
                stack.enter_context(ours)
        yield


PART = Part(
    modules=["test_timeouts"],
    select=r"^test_timeouts",
    put_in=put_in_timeouts,
)
