"""A lock in one flag and a list of futures, and asyncio's own beside it."""

import asyncio


class Lock:
    def __init__(self) -> None:
        self.is_locked = False
        self.waiters: list[asyncio.Future[None]] = []

    async def acquire(self) -> None:
        while self.is_locked:
            waiter = asyncio.get_running_loop().create_future()
            self.waiters.append(waiter)
            await waiter
        self.is_locked = True

    def release(self) -> None:
        self.is_locked = False
        if self.waiters:
            self.waiters.pop(0).set_result(None)


async def visit(lock: Lock | asyncio.Lock, name: str) -> None:
    print(name, "comes")
    await lock.acquire()
    print(name, "enters")
    await asyncio.sleep(0)
    print(name, "leaves")
    lock.release()


async def main() -> None:
    for lock in Lock(), asyncio.Lock():
        print("--->", type(lock).__module__)
        await asyncio.gather(visit(lock, "Ada"), visit(lock, "Bob"))


if __name__ == "__main__":
    asyncio.run(main())
