"""A program as tutorials have it, to be run on either asyncio."""

import asyncio
import threading
import time


async def brew(what: str, seconds: float) -> str:
    print("put on the", what)
    await asyncio.sleep(seconds)
    return what


def grind() -> str:
    time.sleep(0.1)  # blocks: so it has a thread of its own
    return "coffee"


async def for_ever(what: str) -> None:
    try:
        await asyncio.sleep(3600)
    except asyncio.CancelledError:
        print("cancelled:", what)
        raise


async def main() -> str:
    loop = asyncio.get_running_loop()

    tea = asyncio.create_task(brew("tea", 0.3))
    milk = asyncio.create_task(brew("milk", 0.1))
    await asyncio.wait([tea, milk], return_when=asyncio.FIRST_COMPLETED)
    print(milk.result(), "first, then", await tea)

    print("ground in a thread:", await loop.run_in_executor(None, grind))

    bell = loop.create_future()
    loop.call_later(0.1, bell.set_result, "a timer")
    print("the bell rings:", await bell)

    bell = loop.create_future()
    ring = loop.call_soon_threadsafe
    threading.Thread(target=ring, args=(bell.set_result, "a thread")).start()
    print("the bell rings:", await bell)

    asyncio.create_task(for_ever("the task left over"))
    await asyncio.sleep(0)
    print(len(asyncio.all_tasks()), "tasks are left, and main ends")
    return "the loop is closed"


if __name__ == "__main__":
    print(asyncio.run(main()))
