"""What blocks gets a thread of its own, and the loop gets a callback."""

import asyncio
import threading
import time
from collections.abc import Callable
from typing import Any


async def to_thread(func: Callable[..., Any], *args: Any) -> Any:
    loop = asyncio.get_running_loop()
    future = loop.create_future()

    def call() -> None:
        result = func(*args)
        loop.call_soon_threadsafe(future.set_result, result)

    threading.Thread(target=call).start()
    return await future


def boil(what: str) -> str:
    time.sleep(0.5)  # a thread sleeps, and not the loop
    return what


async def main() -> None:
    tea = asyncio.create_task(to_thread(boil, "tea"))
    await asyncio.sleep(0.1)
    print("the loop goes on")
    print(await tea, "is ready")


if __name__ == "__main__":
    asyncio.run(main())
