"""A future: a result that comes later, and those who wait for it."""

import asyncio
from collections.abc import Callable, Generator
from typing import Any


class Future:
    _asyncio_future_blocking = False  # by this asyncio knows a future

    def __init__(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._done = False
        self._result: Any = None
        self._callbacks: list[Callable[[Any], object]] = []

    def get_loop(self) -> asyncio.AbstractEventLoop:
        return self._loop

    def add_done_callback(
        self, fn: Callable[[Any], object], context: object = None
    ) -> None:
        self._callbacks.append(fn)

    def set_result(self, result: object) -> None:
        self._result = result
        self._done = True
        for callback in self._callbacks:
            callback(self)

    def result(self) -> Any:
        return self._result

    def __await__(self) -> Generator[Any, None, Any]:
        if not self._done:
            self._asyncio_future_blocking = True
            yield self  # to the task, which adds a callback
        return self._result


async def main() -> None:
    future = Future()
    future.add_done_callback(lambda future: print("it is done"))
    asyncio.get_running_loop().call_later(0.01, future.set_result, "tea")
    print("waiting")
    print("here is", await future)


if __name__ == "__main__":
    asyncio.run(main())
