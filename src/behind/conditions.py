"""Wait until something is so, or until everybody is there."""

from asyncio import BrokenBarrierError, CancelledError
from collections.abc import Callable
from enum import Enum
from typing import TypeVar

from behind.locks import Lock, _ContextManager, _Waiters

__all__ = ["Barrier", "Condition"]

T = TypeVar("T")


class Condition(_ContextManager, _Waiters):
    """A lock, and tasks that gave it up until they are notified.

    *lock* is the lock, by default a new one.

    Rebuilds asyncio.Condition (Lib/asyncio/locks.py).
    """

    def __init__(self, lock: Lock | None = None) -> None:
        super().__init__()
        self._lock = Lock() if lock is None else lock
        self.locked = self._lock.locked
        self.acquire = self._lock.acquire
        self.release = self._lock.release

    async def wait(self) -> bool:
        """Release the lock, wait for a notify(), and acquire it again.

        Returns True, or raises CancelledError, and has the lock either way.
        It may return though nobody has called notify(). Raises RuntimeError
        if the lock is free, or if somebody in another event loop has waited
        for this condition before.
        """
        if not self.locked():
            raise RuntimeError("cannot wait on un-acquired lock")
        waiter = self._new_waiter()
        self.release()
        try:
            try:
                await self._queue(waiter)
            finally:
                await self._acquire_again()
        except BaseException:
            self._wake(1)
            raise
        return True

    async def _acquire_again(self) -> None:
        """Acquire the lock, and only then be cancelled."""
        cancelled = []
        while True:
            try:
                await self.acquire()
                break
            except CancelledError as error:
                cancelled = [error]
        if cancelled:
            raise cancelled.pop()  # or it and this frame hold each other

    async def wait_for(self, predicate: Callable[[], T]) -> T:
        """Wait until *predicate* returns what is true; return that."""
        while not (result := predicate()):
            await self.wait()
        return result

    def notify(self, n: int = 1) -> None:
        """Wake *n* of those who wait, or all if there are fewer.

        They go on when they have the lock. Raises RuntimeError if the lock
        is free.
        """
        if not self.locked():
            raise RuntimeError("cannot notify on un-acquired lock")
        self._wake(n)

    def notify_all(self) -> None:
        """Wake all who wait. Raises RuntimeError if the lock is free."""
        self.notify(len(self._waiters))


class _State(Enum):
    FILLING = "filling"
    DRAINING = "draining"
    RESETTING = "resetting"
    BROKEN = "broken"


class Barrier:
    """Tasks wait here until all are here: as many as *parties*.

    Raises ValueError if that is less than 1.

    Rebuilds asyncio.Barrier (Lib/asyncio/locks.py).
    """

    def __init__(self, parties: int) -> None:
        if parties < 1:
            raise ValueError("parties must be >= 1")
        self._condition = Condition()
        self._parties = parties
        self._state = _State.FILLING
        self._count = 0

    async def wait(self) -> int:
        """Wait until all are here. Returns a number, from 0 up.

        Raises BrokenBarrierError if the barrier is broken, and if somebody
        calls abort() or reset() meanwhile.
        """
        async with self._condition:
            await self._wait_outside()
            index = self._count
            self._count += 1
            try:
                if self._count == self._parties:
                    self._become(_State.DRAINING)
                else:
                    await self._wait_inside()
            finally:
                self._leave()
        return index

    async def _wait_outside(self) -> None:
        closed = _State.DRAINING, _State.RESETTING
        await self._condition.wait_for(lambda: self._state not in closed)
        if self._state is _State.BROKEN:
            raise BrokenBarrierError("Barrier aborted")

    async def _wait_inside(self) -> None:
        await self._condition.wait_for(
            lambda: self._state is not _State.FILLING
        )
        if self._state is not _State.DRAINING:
            raise BrokenBarrierError("Abort or reset of barrier")

    def _leave(self) -> None:
        self._count -= 1
        if self._count == 0 and self._state is not _State.BROKEN:
            self._become(_State.FILLING)

    def _become(self, state: _State) -> None:
        self._state = state
        self._condition.notify_all()

    async def reset(self) -> None:
        """Empty it: all who wait get BrokenBarrierError, who comes waits."""
        async with self._condition:
            self._become(_State.RESETTING if self._count else _State.FILLING)

    async def abort(self) -> None:
        """Break it: all who wait and all who come get BrokenBarrierError."""
        async with self._condition:
            self._become(_State.BROKEN)

    async def __aenter__(self) -> int:
        return await self.wait()

    async def __aexit__(self, *exc_info: object) -> None:
        pass

    @property
    def parties(self) -> int:
        """How many have to come."""
        return self._parties

    @property
    def n_waiting(self) -> int:
        """How many wait for the others."""
        return self._count if self._state is _State.FILLING else 0

    @property
    def broken(self) -> bool:
        """Whether it was aborted, and not reset since."""
        return self._state is _State.BROKEN

    def __repr__(self) -> str:
        extra = self._state.value
        if not self.broken:
            extra += f", waiters:{self.n_waiting}/{self.parties}"
        return f"<{super().__repr__()[1:-1]} [{extra}]>"
