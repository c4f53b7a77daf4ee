"""A nursery: a block that waits for the tasks which are made in it."""

import asyncio
from collections.abc import Coroutine
from typing import Any, Self


class Nursery:
    def __init__(self) -> None:
        self.tasks: list[asyncio.Task[Any]] = []

    async def __aenter__(self) -> Self:
        return self

    def create_task(self, coro: Coroutine[Any, Any, Any]) -> None:
        self.tasks.append(asyncio.create_task(coro))

    async def __aexit__(self, *_: object) -> None:
        try:
            await asyncio.gather(*self.tasks)  # raises the first error
        finally:
            for task in self.tasks:
                task.cancel()
            await asyncio.gather(*self.tasks, return_exceptions=True)
