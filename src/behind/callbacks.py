"""A loop that runs callbacks, one after the other."""

import asyncio
import logging
import os
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from inspect import iscoroutinefunction
from typing import Any

__all__ = ["CallbackLoop", "Handle"]

ExceptionHandler = Callable[
    [asyncio.AbstractEventLoop, dict[str, Any]], object
]

logger = logging.getLogger("asyncio")


class Handle:
    """A callback with its arguments, to be called once, or cancelled.

    It is called in *context*, by default a copy of the context in which the
    handle is made. The loop's exception handler gets what the callback
    raises; SystemExit and KeyboardInterrupt go through.

    Rebuilds asyncio.Handle (Lib/asyncio/events.py).
    """

    def __init__(
        self,
        callback: Callable[..., object],
        args: tuple[Any, ...],
        loop: asyncio.AbstractEventLoop,
        context: Context | None = None,
    ) -> None:
        self._callback: Any = callback
        self._args: Any = args
        self._loop = loop
        self._context = copy_context() if context is None else context
        self._cancelled = False

    def cancel(self) -> None:
        """Do not call the callback, and forget it."""
        self._cancelled = True
        self._callback = self._args = None

    def cancelled(self) -> bool:
        """Whether `cancel` was called."""
        return self._cancelled

    def get_context(self) -> Context:
        """The context in which the callback is called."""
        return self._context

    def _run(self) -> None:
        try:
            self._context.run(self._callback, *self._args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = f"Exception in callback {self!r}"
            self._loop.call_exception_handler(
                {"message": message, "exception": error, "handle": self}
            )

    def __repr__(self) -> str:
        name = getattr(self._callback, "__qualname__", repr(self._callback))
        what = "cancelled" if self._cancelled else name
        return f"<{type(self).__name__} {what}>"


class CallbackLoop(asyncio.AbstractEventLoop):
    """A loop that runs callbacks, in the order in which they were added.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    slow_callback_duration = 0.1  # seconds

    def __init__(self) -> None:
        super().__init__()
        self._ready: deque[Handle] = deque()
        self._stopping = False
        self._closed = False
        self._thread_id: int | None = None  # in which the loop runs
        self._exception_handler: ExceptionHandler | None = None
        self._debug = sys.flags.dev_mode or bool(
            os.environ.get("PYTHONASYNCIODEBUG")
        )

    def call_soon(  # type: ignore[override]
        self,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Handle:
        """Call *callback* with *args* in the loop's next turn.

        Raises RuntimeError if the loop is closed. In debug mode: RuntimeError
        if it runs in another thread, TypeError for what cannot be called.
        """
        self._check_call(callback)
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        return handle

    def run_forever(self) -> None:
        """Run until `stop` is called.

        Raises RuntimeError if the loop is closed, or if a loop, this or
        another, runs in this thread.
        """
        self._check_closed()
        self._check_running()
        self._thread_id = threading.get_ident()
        asyncio._set_running_loop(self)
        try:
            while True:
                self._run_once()
                if self._stopping:
                    break
        finally:
            self._stopping = False
            self._thread_id = None
            asyncio._set_running_loop(None)

    def _check_running(self) -> None:
        if self.is_running():
            raise RuntimeError("This event loop is already running")
        if asyncio._get_running_loop() is not None:
            raise RuntimeError(
                "Cannot run the event loop while another loop is running"
            )

    def _run_once(self) -> None:
        """One turn: what is ready now runs, what it adds has to wait."""
        self._collect()
        for _ in range(len(self._ready)):
            handle = self._ready.popleft()
            if handle.cancelled():
                continue
            if self._debug:
                self._run_and_time(handle)
            else:
                handle._run()

    def _collect(self) -> None:
        """Block until something is ready, and put what is into `_ready`."""

    def stop(self) -> None:
        """End `run_forever` after this turn, or, if none runs, the next."""
        self._stopping = True

    def is_running(self) -> bool:
        """Whether `run_forever` runs."""
        return self._thread_id is not None

    def close(self) -> None:
        """Drop all callbacks, and take no more. Closing twice is harmless.

        Raises RuntimeError if the loop runs.
        """
        if self.is_running():
            raise RuntimeError("Cannot close a running event loop")
        self._closed = True
        self._ready.clear()

    def is_closed(self) -> bool:
        """Whether `close` was called."""
        return self._closed

    def _check_closed(self) -> None:
        if self._closed:
            raise RuntimeError("Event loop is closed")

    def get_exception_handler(self) -> ExceptionHandler | None:
        """The handler that was set, or None for the default one."""
        return self._exception_handler

    def set_exception_handler(self, handler: ExceptionHandler | None) -> None:
        """Have *handler(loop, context)* called; None is the default one.

        Raises TypeError for what cannot be called.
        """
        if handler is not None and not callable(handler):
            raise TypeError(
                f"A callable object or None is expected, got {handler!r}"
            )
        self._exception_handler = handler

    def call_exception_handler(self, context: dict[str, Any]) -> None:
        """Tell the exception handler what went wrong where nobody awaits it.

        *context* has a "message", and what else is known: "exception",
        "handle", "future", "task", "transport" and so on.
        """
        if self._exception_handler is not None:
            try:
                _context_of(context).run(
                    self._exception_handler, self, context
                )
                return
            except (SystemExit, KeyboardInterrupt):
                raise
            except BaseException as error:
                context = {
                    "message": "Unhandled error in exception handler",
                    "exception": error,
                    "context": context,
                }
        try:
            self.default_exception_handler(context)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException:
            logger.exception("Exception in default exception handler")

    def default_exception_handler(self, context: dict[str, Any]) -> None:
        """Log *context*: its message, its exception, and the rest."""
        lines = [context.get("message") or "Unhandled exception in event loop"]
        for key in sorted(context.keys() - {"message", "exception"}):
            lines.append(f"{key}: {context[key]!r}")
        logger.error("\n".join(lines), exc_info=context.get("exception"))

    def get_debug(self) -> bool:
        """Whether the loop is in debug mode."""
        return self._debug

    def set_debug(self, enabled: bool) -> None:
        """Turn debug mode on or off."""
        self._debug = enabled

    def _check_call(self, callback: object) -> None:
        self._check_closed()
        if self._debug:
            self._check_thread()
            _check_callback(callback)

    def _check_thread(self) -> None:
        if self._thread_id not in (None, threading.get_ident()):
            raise RuntimeError(
                "Non-thread-safe operation invoked on an event loop other "
                "than the current one"
            )

    def _run_and_time(self, handle: Handle) -> None:
        owner = getattr(handle._callback, "__self__", None)
        what = owner if asyncio.isfuture(owner) else handle
        start = time.monotonic()
        handle._run()
        seconds = time.monotonic() - start
        if seconds >= self.slow_callback_duration:
            logger.warning("Executing %r took %.3f seconds", what, seconds)


def _context_of(context: dict[str, Any]) -> Context:
    """A copy of the context of the task or handle that *context* is about."""
    for key in "task", "future", "handle":
        if hasattr(context.get(key), "get_context"):
            found: Context = context[key].get_context()
            return found.copy()  # it may be in use, and cannot be used twice
    return copy_context()


def _check_callback(callback: object) -> None:
    if asyncio.iscoroutine(callback) or iscoroutinefunction(callback):
        raise TypeError("coroutines cannot be used as callbacks")
    if not callable(callback):
        raise TypeError(f"a callable object was expected, got {callback!r}")
