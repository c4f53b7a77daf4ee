"""A coroutine that lets others run for a while."""

import asyncio
import math
import types
from collections.abc import Generator
from typing import Any

from behind.futures import _set_result_unless_cancelled

__all__ = ["sleep"]


@types.coroutine
def _one_turn() -> Generator[None, None, None]:
    yield


async def sleep(delay: float, result: Any = None) -> Any:
    """Wait for *delay* seconds, then return *result*.

    Raises ValueError if *delay* is not a number (NaN).

    Rebuilds asyncio.sleep (Lib/asyncio/tasks.py).
    """
    if delay <= 0:
        await _one_turn()
        return result
    if math.isnan(delay):
        raise ValueError("Invalid delay: NaN (not a number)")
    loop = asyncio.get_running_loop()
    future = loop.create_future()
    timer = loop.call_later(
        delay, _set_result_unless_cancelled, future, result
    )
    try:
        return await future
    finally:
        timer.cancel()
