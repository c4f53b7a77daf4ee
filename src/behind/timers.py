"""A loop that also runs callbacks at a given time."""

import heapq
import math
import time
from collections.abc import Callable
from contextvars import Context
from typing import Any

from behind.callbacks import Handle
from behind.debugging import DebugLoop

__all__ = ["TimerHandle", "TimerLoop"]

MAXIMUM_TIMEOUT = 24 * 3600  # seconds: no system can wait for years
MIN_SCHEDULED = 100  # so many timers are kept, cancelled or not


class TimerHandle(Handle):
    """A callback with the time at which it is due.

    Rebuilds asyncio.TimerHandle (Lib/asyncio/events.py).
    """

    _loop: "TimerLoop"

    def __init__(
        self,
        when: float,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: "TimerLoop",
        context: Context | None = None,
    ) -> None:
        super().__init__(callback, args, loop, context)
        self._when = when
        self._scheduled = False

    def when(self) -> float:
        """When it is due, in seconds of the loop's clock."""
        return self._when

    def cancel(self) -> None:
        """Do not call the callback, and forget it."""
        if not self._cancelled and self._scheduled:
            self._loop._timer_cancelled_count += 1
        super().cancel()

    def __lt__(self, other: "TimerHandle") -> bool:
        return self._when < other._when


class TimerLoop(DebugLoop):
    """A loop that runs callbacks at once, or when their time has come.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    def __init__(self) -> None:
        super().__init__()
        self._scheduled: list[TimerHandle] = []  # a heap: the next is first
        self._timer_cancelled_count = 0  # of those in _scheduled
        self._clock_resolution = time.get_clock_info("monotonic").resolution

    def time(self) -> float:
        """The loop's clock: seconds since some start."""
        return time.monotonic()

    def call_later(  # type: ignore[override]
        self,
        delay: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> TimerHandle:
        """Call *callback* with *args* in *delay* seconds; less than 0 is 0.

        Raises what `call_at` raises.
        """
        when = self.time() + delay
        timer = TimerHandle(when, callback, args, self, context)
        return self._set_timer(timer)

    def call_at(  # type: ignore[override]
        self,
        when: float,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> TimerHandle:
        """Call *callback* with *args* when the loop's clock shows *when*.

        Of timers that are due at the same time, any may be the first. Raises
        ValueError for NaN, and otherwise what `call_soon` raises.
        """
        timer = TimerHandle(when, callback, args, self, context)
        return self._set_timer(timer)

    def _set_timer(self, timer: TimerHandle) -> TimerHandle:
        if self._closed or self._debug:
            self._check_call(timer._callback)
        if math.isnan(timer._when):
            raise ValueError("a timer is never due at NaN")
        heapq.heappush(self._scheduled, timer)
        timer._scheduled = True
        return timer

    def close(self) -> None:
        """Drop all callbacks and timers, and take no more.

        Raises RuntimeError if the loop runs.
        """
        super().close()
        self._scheduled.clear()

    def _collect(self) -> None:
        if self._scheduled:
            self._sweep()
        self._sleep(0 if self._ready else self._timeout())
        if self._scheduled:
            self._collect_timers()

    def _collect_timers(self) -> None:
        end = self.time() + self._clock_resolution
        while self._scheduled and self._scheduled[0]._when <= end:
            timer = heapq.heappop(self._scheduled)
            timer._scheduled = False
            self._ready.append(timer)

    def _timeout(self) -> float | None:
        """How many seconds nothing is due, or None for no end."""
        if self._ready or self._stopping:
            return 0
        if not self._scheduled:
            return None
        wait = self._scheduled[0]._when - self.time()
        return min(max(0, wait), MAXIMUM_TIMEOUT)

    def _sleep(self, timeout: float | None) -> None:
        time.sleep(MAXIMUM_TIMEOUT if timeout is None else timeout)

    def _sweep(self) -> None:
        """Remove cancelled timers: all, if most are, or else the first ones."""
        many = len(self._scheduled) > MIN_SCHEDULED
        if many and self._timer_cancelled_count > len(self._scheduled) / 2:
            self._scheduled = [t for t in self._scheduled if not t._cancelled]
            heapq.heapify(self._scheduled)
            self._timer_cancelled_count = 0
        while self._scheduled and self._scheduled[0]._cancelled:
            heapq.heappop(self._scheduled)
            self._timer_cancelled_count -= 1
