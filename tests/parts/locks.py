"""asyncio's locks, events and semaphores."""

import asyncio
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_locks(*names: str) -> Iterator[None]:
    with ExitStack() as stack:
        for name in names:
            ours = getattr(behind, name)
            for module in asyncio, asyncio.locks:
                stack.enter_context(mock.patch.object(module, name, ours))
        yield


PART = Part(
    modules=["test_locks"],
    select=r"\.(Lock|Event|Semaphore)Tests\.",
    put_in=lambda: put_in_locks(
        "BoundedSemaphore", "Event", "Lock", "Semaphore"
    ),
)
