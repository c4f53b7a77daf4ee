"""A task: a coroutine that the loop takes on, step by step."""

import asyncio
from collections.abc import Coroutine
from typing import Any


class Task(asyncio.Future[Any]):
    def __init__(self, coro: Coroutine[Any, Any, Any]) -> None:
        super().__init__()
        self._coro = coro
        self.get_loop().call_soon(self._step)

    def _step(self, _: object = None) -> None:
        try:
            future = self._coro.send(None)  # run on, until it awaits
        except StopIteration as stop:
            self.set_result(stop.value)
        except Exception as error:
            self.set_exception(error)
        else:
            if future is None:  # as from asyncio.sleep(0)
                self.get_loop().call_soon(self._step)
            else:
                future._asyncio_future_blocking = False
                future.add_done_callback(self._step)


async def count(name: str, end: int) -> str:
    for n in range(end):
        print(name, n)
        await asyncio.sleep(0)
    return name


async def main() -> None:
    tasks = Task(count("A", 2)), Task(count("B", 3))
    print("created")
    for task in tasks:
        print(await task, "is done")


if __name__ == "__main__":
    asyncio.run(main())
