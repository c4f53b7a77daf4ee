"""Be there when a loop runs, whichever loop it is."""

import asyncio
import threading
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager
from typing import Any

MISSING = object()


@contextmanager
def replaced(owner: Any, name: str, new: object) -> Iterator[None]:
    """Within it, *owner* has *new* under *name*."""
    old = vars(owner).get(name, MISSING)
    setattr(owner, name, new)
    try:
        yield
    finally:
        if old is MISSING:
            delattr(owner, name)
        else:
            setattr(owner, name, old)


class Running(threading.local):
    """What this thread is in, as long as its loop runs; *all* has each."""

    def __init__(self, all: list[ExitStack]) -> None:
        self.stack = ExitStack()
        all.append(self.stack)


@contextmanager
def each_loop(
    while_running: Callable[[Any], AbstractContextManager[object]],
) -> Iterator[None]:
    """Within it, each loop runs within ``while_running(loop)``.

    Loops say so when they begin to run, and when they end: otherwise
    asyncio.get_running_loop would not know. One that runs already counts from
    now on, if it is this thread's, and one that runs on counts no more.
    """
    note = asyncio._set_running_loop
    stacks: list[ExitStack] = []
    running = Running(stacks)

    def changed(loop: Any) -> None:
        note(loop)
        running.stack.close()
        if loop is not None:
            running.stack.enter_context(while_running(loop))

    with (
        replaced(asyncio, "_set_running_loop", changed),
        replaced(asyncio.events, "_set_running_loop", changed),
    ):
        if loop := asyncio._get_running_loop():
            running.stack.enter_context(while_running(loop))
        try:
            yield
        finally:
            for stack in stacks:
                stack.close()
