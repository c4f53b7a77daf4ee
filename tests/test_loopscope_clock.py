"""The virtual clock, where a page would need luck to show it."""

import asyncio
import threading
from typing import Any

import pytest

from loopscope import clock


def test_a_thread_that_is_in_time_comes_before_a_timer(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """It acts after the loop has found nothing ready, and has a minute."""
    monkeypatch.setattr(clock, "GRACE", 60)
    has_looked = threading.Event()

    class Clock(clock.VirtualClock):
        def _may_be_woken(self, loop: Any) -> bool:
            has_looked.set()
            return super()._may_be_woken(loop)

    async def main() -> float:
        loop = asyncio.get_running_loop()
        loop.call_later(3600, woken.set)
        thread.start()
        await asyncio.to_thread(thread.join)
        return loop.time()

    woken = asyncio.Event()
    thread = threading.Thread(target=has_looked.wait)
    with Clock():
        assert asyncio.run(main()) == 0.0
