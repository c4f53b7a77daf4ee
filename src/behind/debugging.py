"""A loop that looks, in debug mode, for common mistakes."""

import asyncio
import os
import sys
import threading
import time
from inspect import iscoroutinefunction
from typing import Any

from behind.callbacks import CallbackLoop
from behind.exceptions import logger

__all__ = ["DebugLoop"]


class DebugLoop(CallbackLoop):
    """A loop that checks its callbacks, and times them, in debug mode.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    slow_callback_duration = 0.1  # seconds

    def __init__(self) -> None:
        super().__init__()
        self._debug = sys.flags.dev_mode or bool(
            os.environ.get("PYTHONASYNCIODEBUG")
        )

    def get_debug(self) -> bool:
        """Whether the loop is in debug mode."""
        return self._debug

    def set_debug(self, enabled: bool) -> None:
        """Turn debug mode on or off."""
        self._debug = enabled

    def run_forever(self) -> None:
        """Run until `stop` is called; in debug mode, note who makes coroutines.

        Raises what CallbackLoop.run_forever does.
        """
        before = sys.get_coroutine_origin_tracking_depth()
        if self._debug:
            sys.set_coroutine_origin_tracking_depth(10)  # frames
        try:
            super().run_forever()
        finally:
            sys.set_coroutine_origin_tracking_depth(before)

    def _check_call(self, callback: object) -> None:
        super()._check_call(callback)
        self._check_thread()
        _check_callback(callback)

    def _check_thread(self) -> None:
        if self._thread_id not in (None, threading.get_ident()):
            raise RuntimeError(
                "Non-thread-safe operation invoked on an event loop other "
                "than the current one"
            )

    def _watch(self, handle: Any) -> None:
        owner = getattr(handle._callback, "__self__", None)
        what = owner if asyncio.isfuture(owner) else handle
        start = time.monotonic()
        super()._watch(handle)
        seconds = time.monotonic() - start
        if seconds >= self.slow_callback_duration:
            logger.warning("Executing %r took %.3f seconds", what, seconds)
        del handle, owner, what  # or a traceback keeps them alive


def _check_callback(callback: object) -> None:
    if asyncio.iscoroutine(callback) or iscoroutinefunction(callback):
        raise TypeError("coroutines cannot be used as callbacks")
    if not callable(callback):
        raise TypeError(f"a callable object was expected, got {callback!r}")
