"""Wait for your turn, or for a word: locks, events and semaphores."""

import asyncio
from collections import deque
from typing import Any

__all__ = ["BoundedSemaphore", "Event", "Lock", "Semaphore"]


class _LoopBound:
    """What can be waited for in one loop only."""

    def _new_waiter(self) -> asyncio.Future[None]:
        """A future of the running loop, which has to be the same each time."""
        loop = asyncio.get_running_loop()
        bound: object = vars(self).setdefault("_loop", loop)
        if bound is not loop:
            raise RuntimeError(f"{self!r} is bound to a different event loop")
        return loop.create_future()


class _Waiters(_LoopBound):
    """The futures of all who wait, in the order in which they came."""

    def __init__(self) -> None:
        self._waiters: deque[asyncio.Future[None]] = deque()

    async def _queue(self, waiter: asyncio.Future[None]) -> None:
        self._waiters.append(waiter)
        try:
            await waiter
        finally:
            self._waiters.remove(waiter)

    def _is_awaited(self) -> bool:
        return any(not waiter.cancelled() for waiter in self._waiters)

    def _wake(self, n: int) -> int:
        """Wake the first *n* who sleep, or all; return how many."""
        asleep = (waiter for waiter in self._waiters if not waiter.done())
        woken = [waiter for _, waiter in zip(range(n), asleep)]
        for waiter in woken:
            waiter.set_result(None)
        return len(woken)

    def __repr__(self) -> str:
        extra = self._state()
        if self._waiters:
            extra += f", waiters:{len(self._waiters)}"
        return f"<{super().__repr__()[1:-1]} [{extra}]>"

    def _state(self: Any) -> str:
        return "locked" if self.locked() else "unlocked"


class _ContextManager:
    """``async with`` acquires it, and releases it at the end."""

    async def __aenter__(self: Any) -> None:
        await self.acquire()

    async def __aexit__(self: Any, *exc_info: object) -> None:
        self.release()


class Lock(_ContextManager, _Waiters):
    """A lock: one task has it, and others wait until it is released.

    They get it in the order in which they came. It is not safe for threads.

    Rebuilds asyncio.Lock (Lib/asyncio/locks.py).
    """

    def __init__(self) -> None:
        super().__init__()
        self._locked = False

    def locked(self) -> bool:
        """Whether someone has it."""
        return self._locked

    async def acquire(self) -> bool:
        """Wait until it is free and all who came before have had it.

        Returns True. Raises RuntimeError if it has to wait, and somebody in
        another event loop has waited for this lock before.
        """
        if self._locked or self._is_awaited():
            try:
                await self._queue(self._new_waiter())
            except asyncio.CancelledError:
                if not self._locked:
                    self._wake_first()
                raise
        self._locked = True
        return True

    def release(self) -> None:
        """Let the next one have it. Raises RuntimeError if it is free."""
        if not self._locked:
            raise RuntimeError("Lock is not acquired.")
        self._locked = False
        self._wake_first()

    def _wake_first(self) -> None:
        if self._waiters and not self._waiters[0].done():
            self._waiters[0].set_result(None)


class Event(_Waiters):
    """A flag, and tasks that wait until somebody sets it.

    Rebuilds asyncio.Event (Lib/asyncio/locks.py).
    """

    def __init__(self) -> None:
        super().__init__()
        self._value = False

    def is_set(self) -> bool:
        """Whether the flag is set."""
        return self._value

    def set(self) -> None:
        """Set the flag, and wake all who wait."""
        self._value = True
        self._wake(len(self._waiters))

    def clear(self) -> None:
        """Take the flag down: who comes from now on has to wait."""
        self._value = False

    async def wait(self) -> bool:
        """Wait until somebody calls set(), unless the flag is set.

        Returns True. Raises RuntimeError if it has to wait, and somebody in
        another event loop has waited for this event before.
        """
        if not self._value:
            await self._queue(self._new_waiter())
        return True

    def _state(self) -> str:
        return "set" if self._value else "unset"


class Semaphore(_ContextManager, _Waiters):
    """A number of places: each task takes one, and others wait for one.

    *value* is how many there are at first. Raises ValueError if that is
    less than 0.

    Rebuilds asyncio.Semaphore (Lib/asyncio/locks.py).
    """

    def __init__(self, value: int = 1) -> None:
        if value < 0:
            raise ValueError("Semaphore initial value must be >= 0")
        super().__init__()
        self._value = value

    def locked(self) -> bool:
        """Whether acquire() would have to wait."""
        return self._value == 0 or self._is_awaited()

    async def acquire(self) -> bool:
        """Wait for a place, and until all who came before have theirs.

        Returns True. Raises RuntimeError if it has to wait, and somebody in
        another event loop has waited for this semaphore before.
        """
        if self.locked():
            await self._wait_for_place(self._new_waiter())
        else:
            self._value -= 1
        return True

    async def _wait_for_place(self, waiter: asyncio.Future[None]) -> None:
        try:
            await self._queue(waiter)
        except asyncio.CancelledError:
            if not waiter.cancelled():  # a place was kept for us
                self._value += 1
            raise
        finally:
            self._hand_out(self._value)

    def release(self) -> None:
        """Give a place back, or add one."""
        self._value += 1
        self._hand_out(1)

    def _hand_out(self, places: int) -> None:
        self._value -= self._wake(places)

    def _state(self) -> str:
        state = super()._state()
        return state if self.locked() else f"{state}, value:{self._value}"


class BoundedSemaphore(Semaphore):
    """A semaphore that never has more places than at first.

    Rebuilds asyncio.BoundedSemaphore (Lib/asyncio/locks.py).
    """

    def __init__(self, value: int = 1) -> None:
        super().__init__(value)
        self._bound_value = value

    def release(self) -> None:
        """Give a place back. Raises ValueError if all are there."""
        if self._value >= self._bound_value:
            raise ValueError("BoundedSemaphore released too many times")
        super().release()
