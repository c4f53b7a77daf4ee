"""A loop that runs callbacks, one after the other."""

import asyncio
import threading
from collections import deque
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

from behind.exceptions import ExceptionMethods

__all__ = ["CallbackLoop", "Handle"]


class Handle:
    """A callback with its arguments, to be called once, or cancelled.

    It is called in *context*, by default a copy of the context in which the
    handle is made. The loop's exception handler gets what the callback
    raises; SystemExit and KeyboardInterrupt go through.

    Rebuilds asyncio.Handle (Lib/asyncio/events.py).
    """

    _cancelled = False

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
        callback, args = self._callback, self._args
        if self._cancelled:  # by another thread, since the loop has looked
            return
        try:
            if args:
                self._context.run(callback, *args)
            else:  # a star has its price, even if nothing is below it
                self._context.run(callback)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            message = f"Exception in callback {self!r}"
            self._loop.call_exception_handler(
                {"message": message, "exception": error, "handle": self}
            )
        finally:
            del self, callback, args  # or a traceback keeps them alive

    def __repr__(self) -> str:
        name = getattr(self._callback, "__qualname__", repr(self._callback))
        what = "cancelled" if self._cancelled else name
        return f"<{type(self).__name__} {what}>"


class CallbackLoop(ExceptionMethods, asyncio.AbstractEventLoop):
    """A loop that runs callbacks, in the order in which they were added.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    _debug = False  # whether to check calls, and to watch what runs

    def __init__(self) -> None:
        super().__init__()
        self._ready: deque[Handle] = deque()
        self._stopping = False
        self._closed = False
        self._thread_id: int | None = None  # in which the loop runs

    def call_soon(  # type: ignore[override]
        self,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Handle:
        """Call *callback* with *args* in the loop's next turn.

        Raises RuntimeError if the loop is closed.
        """
        if self._closed or self._debug:
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
        ready, watch = self._ready, self._debug
        for _ in range(len(ready)):
            handle = ready.popleft()
            if handle._cancelled:
                continue
            if watch:
                self._watch(handle)
            else:
                handle._run()
            del handle  # or a traceback keeps it alive

    def _collect(self) -> None:
        """Block until something is ready, and put what is into `_ready`."""

    def _watch(self, handle: Handle) -> None:
        handle._run()
        del handle

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

    def _check_call(self, callback: object) -> None:
        self._check_closed()
