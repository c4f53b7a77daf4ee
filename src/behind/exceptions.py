"""What becomes of an exception that nobody catches."""

import logging
from collections.abc import Callable
from contextvars import Context, copy_context
from typing import Any

__all__ = ["ExceptionMethods"]

ExceptionHandler = Callable[[Any, dict[str, Any]], object]

logger = logging.getLogger("asyncio")


class ExceptionMethods:
    """The methods of an event loop that take the errors nobody awaits.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    _exception_handler: ExceptionHandler | None = None

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


def _context_of(context: dict[str, Any]) -> Context:
    """A copy of the context of the task or handle that *context* is about."""
    for key in "task", "future", "handle":
        if hasattr(context.get(key), "get_context"):
            found: Context = context[key].get_context()
            return found.copy()  # it may be in use, and cannot be used twice
    return copy_context()
