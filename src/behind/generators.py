"""Close asynchronous generators that nobody iterates to the end."""

import asyncio
import sys
import warnings
import weakref
from collections.abc import AsyncGenerator
from typing import Any

from behind.waiting import wait

__all__ = ["GeneratorMethods"]


class GeneratorMethods(asyncio.AbstractEventLoop):
    """The methods of an event loop that close asynchronous generators.

    Put it before the loop's class: `class Loop(GeneratorMethods,
    asyncio.SelectorEventLoop): pass`.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._asyncgens: weakref.WeakSet[AsyncGenerator[Any, Any]]
        self._asyncgens = weakref.WeakSet()
        self._asyncgens_shutdown_called = False

    def run_forever(self) -> None:
        """Run until `stop` is called.

        Raises RuntimeError if the loop is closed, or if a loop, this or
        another, runs in this thread.
        """
        before = sys.get_asyncgen_hooks()
        sys.set_asyncgen_hooks(
            self._asyncgen_firstiter_hook, self._asyncgen_finalizer_hook
        )
        try:
            super().run_forever()
        finally:
            sys.set_asyncgen_hooks(*before)

    def _asyncgen_firstiter_hook(self, agen: AsyncGenerator[Any, Any]) -> None:
        """Note that *agen* begins; warn if nobody will close it any more."""
        if self._asyncgens_shutdown_called:
            warnings.warn(
                f"asynchronous generator {agen!r} was scheduled after "
                "loop.shutdown_asyncgens() call",
                ResourceWarning,
                source=self,
            )
        self._asyncgens.add(agen)

    def _asyncgen_finalizer_hook(self, agen: AsyncGenerator[Any, Any]) -> None:
        """Close *agen*, which the garbage collector has found, in a task."""
        if not self.is_closed():
            self.call_soon_threadsafe(self.create_task, agen.aclose())

    async def shutdown_asyncgens(self) -> None:
        """Close all asynchronous generators that were begun and not ended.

        The loop's exception handler gets what they raise.
        """
        self._asyncgens_shutdown_called = True
        closing = {
            self.create_task(agen.aclose()): agen
            for agen in list(self._asyncgens)
        }
        if closing:
            await wait(closing)
        for task, agen in closing.items():
            if not task.cancelled() and task.exception():
                self.call_exception_handler(
                    {
                        "message": "an error occurred during closing of "
                        f"asynchronous generator {agen!r}",
                        "exception": task.exception(),
                        "asyncgen": agen,
                    }
                )
