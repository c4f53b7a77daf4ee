"""What a loop does without a socket: each step returns how often it did it."""

import asyncio


async def nothing() -> None:
    pass


async def call_soon() -> int:
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    for _ in range(10_000):
        loop.call_soon(int)
    loop.call_soon(done.set_result, None)
    await done
    return 10_000


async def sleep_0() -> int:
    for _ in range(10_000):
        await asyncio.sleep(0)
    return 10_000


async def create_task() -> int:
    loop = asyncio.get_running_loop()
    for _ in range(10_000):
        await loop.create_task(nothing())
    return 10_000


async def gather() -> int:
    for _ in range(100):
        await asyncio.gather(*(nothing() for _ in range(100)))
    return 10_000


async def ping_pong() -> int:
    """Two tasks wake each other in turn, by a new future each time."""
    loop = asyncio.get_running_loop()
    table = loop.create_future()

    async def play() -> None:
        nonlocal table
        for _ in range(5_000):
            ball, table = table, loop.create_future()
            waiter = table
            ball.set_result(None)
            await waiter

    first, second = loop.create_task(play()), loop.create_task(play())
    await first
    second.cancel()
    return 10_000


async def timers_cancelled() -> int:
    loop = asyncio.get_running_loop()
    handles = [
        loop.call_later(60 + number % 7, int) for number in range(100_000)
    ]
    for handle in handles:
        handle.cancel()
    await asyncio.sleep(0)
    return 100_000


async def timers_fired() -> int:
    """All are due by the time that the last of them is set."""
    loop = asyncio.get_running_loop()
    done = loop.create_future()
    for number in range(10_000):
        loop.call_later(number * 1e-7, int)
    loop.call_later(1e-3, done.set_result, None)
    await done
    return 10_000


async def call_soon_threadsafe() -> int:
    loop = asyncio.get_running_loop()

    def thread() -> None:
        for _ in range(10_000):
            loop.call_soon_threadsafe(int)

    await loop.run_in_executor(None, thread)
    return 10_000


async def trio_sleep_0() -> int:
    import trio

    for _ in range(10_000):
        await trio.lowlevel.checkpoint()
    return 10_000


async def trio_create_task() -> int:
    return await trio_tasks(1)


async def trio_gather() -> int:
    return await trio_tasks(100)


async def trio_tasks(at_once: int) -> int:
    import trio

    for _ in range(10_000 // at_once):
        async with trio.open_nursery() as nursery:
            for _ in range(at_once):
                nursery.start_soon(nothing)
    return 10_000


async def trio_call_soon_threadsafe() -> int:
    import trio

    token = trio.lowlevel.current_trio_token()

    def thread() -> None:
        for _ in range(10_000):
            token.run_sync_soon(int)

    await trio.to_thread.run_sync(thread)
    return 10_000
