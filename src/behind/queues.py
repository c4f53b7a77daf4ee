"""Queues: one coroutine puts items in, another one takes them out."""

import asyncio
import heapq
from asyncio import QueueEmpty, QueueFull
from collections import deque
from collections.abc import Callable
from types import GenericAlias
from typing import Any, Generic, TypeVar

from behind.locks import Event, _LoopBound

__all__ = [
    "LifoQueue",
    "PriorityQueue",
    "Queue",
    "QueueEmpty",
    "QueueFull",
    "QueueShutDown",
]

QueueShutDown = getattr(  # asyncio has it from Python 3.13 on
    asyncio, "QueueShutDown", type("QueueShutDown", (Exception,), {})
)

T = TypeVar("T")
Waiters = deque[asyncio.Future[None]]


class Queue(_LoopBound, Generic[T]):
    """A queue: the item that was put first is got first.

    *maxsize* is how many items it takes before `put` waits. If it is zero or
    less, there is no limit.

    Rebuilds asyncio.Queue (Lib/asyncio/queues.py).
    """

    _queue: Any

    def __init__(self, maxsize: int = 0) -> None:
        self._maxsize = maxsize
        self._getters: Waiters = deque()
        self._putters: Waiters = deque()
        self._unfinished_tasks = 0
        self._finished = Event()
        self._finished.set()
        self._is_shutdown = False
        self._init(maxsize)

    # These three are for subclasses to override.

    def _init(self, maxsize: int) -> None:
        self._queue = deque()

    def _put(self, item: T) -> None:
        self._queue.append(item)

    def _get(self) -> T:
        item: T = self._queue.popleft()
        return item

    @property
    def maxsize(self) -> int:
        """How many items it takes; no limit if that is zero or less."""
        return self._maxsize

    def qsize(self) -> int:
        """How many items are in it."""
        return len(self._queue)

    def empty(self) -> bool:
        """Whether no item is in it."""
        return not self._queue

    def full(self) -> bool:
        """Whether it takes no more items for now."""
        return 0 < self._maxsize <= self.qsize()

    def put_nowait(self, item: T) -> None:
        """Put *item* in at once.

        Raises QueueFull if there is no room, QueueShutDown after a shutdown.
        """
        if self._is_shutdown:
            raise QueueShutDown
        if self.full():
            raise QueueFull
        self._put(item)
        self._unfinished_tasks += 1
        self._finished.clear()
        self._wakeup_next(self._getters)

    def get_nowait(self) -> T:
        """Take an item out at once, and return it.

        Raises QueueEmpty if there is none, or QueueShutDown if there will
        never be one again.
        """
        if self.empty():
            raise QueueShutDown if self._is_shutdown else QueueEmpty
        item = self._get()
        self._wakeup_next(self._putters)
        return item

    async def put(self, item: T) -> None:
        """Wait until there is room for *item*, and put it in.

        Raises QueueShutDown after a shutdown.
        """
        await self._wait_while(self.full, self._putters)
        self.put_nowait(item)

    async def get(self) -> T:
        """Wait until there is an item, take it out, and return it.

        Raises QueueShutDown if there will never be one again.
        """
        await self._wait_while(self.empty, self._getters)
        return self.get_nowait()

    async def _wait_while(
        self, blocked: Callable[[], bool], waiters: Waiters
    ) -> None:
        """Wait in the line of *waiters* for as long as *blocked*."""
        while blocked() and not self._is_shutdown:
            waiter = self._new_waiter()
            waiters.append(waiter)
            try:
                await waiter
            except BaseException:
                if waiter in waiters:
                    waiters.remove(waiter)
                elif not waiter.cancelled() and not blocked():
                    self._wakeup_next(waiters)  # we go, and pass it on
                raise

    def _wakeup_next(self, waiters: Waiters) -> None:
        """Wake the first of *waiters* that still waits."""
        while waiters:
            waiter = waiters.popleft()
            if not waiter.done():
                waiter.set_result(None)
                break

    def task_done(self) -> None:
        """Say that the work on one item is done.

        Raises ValueError if that has been said of all items that were put in.
        """
        if self._unfinished_tasks <= 0:
            raise ValueError("task_done() called too many times")
        self._unfinished_tasks -= 1
        if self._unfinished_tasks == 0:
            self._finished.set()

    async def join(self) -> None:
        """Wait until the work on all items that were put in is done."""
        await self._finished.wait()

    def shutdown(self, immediate: bool = False) -> None:
        """Take no more items; those that are in it can still be got.

        Whoever waits in `put`, or in `get` without an item, gets
        QueueShutDown. With *immediate* the items are thrown away, and count
        as done.
        """
        self._is_shutdown = True
        while immediate and not self.empty():
            self._get()
            if self._unfinished_tasks > 0:
                self.task_done()
        for waiters in self._getters, self._putters:
            while waiters:
                self._wakeup_next(waiters)

    def __repr__(self) -> str:
        return f"<{type(self).__name__} at {id(self):#x} {self._format()}>"

    def __str__(self) -> str:
        return f"<{type(self).__name__} {self._format()}>"

    def _format(self) -> str:
        text = f"maxsize={self._maxsize!r}"
        if self._queue:
            text += f" _queue={list(self._queue)!r}"
        if self._getters:
            text += f" _getters[{len(self._getters)}]"
        if self._putters:
            text += f" _putters[{len(self._putters)}]"
        if self._unfinished_tasks:
            text += f" tasks={self._unfinished_tasks}"
        if self._is_shutdown:
            text += " shutdown"
        return text

    def __class_getitem__(cls, item: object) -> GenericAlias:
        return GenericAlias(cls, item)


class PriorityQueue(Queue[T]):
    """A queue from which the smallest item is got first.

    Rebuilds asyncio.PriorityQueue (Lib/asyncio/queues.py).
    """

    def _init(self, maxsize: int) -> None:
        self._queue = []

    def _put(self, item: T) -> None:
        heapq.heappush(self._queue, item)

    def _get(self) -> T:
        item: T = heapq.heappop(self._queue)
        return item


class LifoQueue(Queue[T]):
    """A queue from which the item that was put last is got first.

    Rebuilds asyncio.LifoQueue (Lib/asyncio/queues.py).
    """

    def _init(self, maxsize: int) -> None:
        self._queue = []

    def _get(self) -> T:
        item: T = self._queue.pop()
        return item
