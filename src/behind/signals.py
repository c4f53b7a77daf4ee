"""A signal becomes a callback of the loop."""

import asyncio
import signal
import socket
from collections import deque
from collections.abc import Callable
from inspect import iscoroutine, iscoroutinefunction
from typing import Any

from behind.callbacks import Handle

__all__ = ["SignalMethods"]


class SignalMethods(asyncio.AbstractEventLoop):
    """The methods for signals, for any loop that has a self-pipe.

    Put it before the loop's class: `class Loop(SignalMethods, SelectorLoop)`.

    Rebuilds a part of asyncio.SelectorEventLoop (Lib/asyncio/unix_events.py).
    """

    _ready: deque[Handle]
    _csock: socket.socket
    _check_closed: Callable[[], None]

    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self._signal_handlers: dict[int, Handle] = {}

    def close(self) -> None:
        """Drop all that is left, and take no more."""
        if not self.is_running():  # or the loop complains
            for sig in list(self._signal_handlers):
                self.remove_signal_handler(sig)
        super().close()

    def _process_self_data(self, data: bytes) -> None:
        for number in data:
            if number in self._signal_handlers:
                self._ready.append(self._signal_handlers[number])

    def add_signal_handler(  # type: ignore[override]
        self, sig: int, callback: Callable[..., object], *args: Any
    ) -> None:
        """Call *callback* with *args* in the loop when the signal comes.

        It replaces Python's handler, and the loop's older one. Raises
        ValueError for no signal; TypeError for a coroutine; RuntimeError in
        any but the main thread, and for a signal that cannot be caught.
        """
        if iscoroutine(callback) or iscoroutinefunction(callback):
            raise TypeError(
                "coroutines cannot be used with add_signal_handler()"
            )
        self._check_signal(sig)
        self._check_closed()
        try:
            signal.signal(sig, _ignore)
            signal.set_wakeup_fd(self._csock.fileno())
        except (ValueError, OSError) as error:
            raise RuntimeError(f"cannot catch {sig!r}: {error}") from None
        self._signal_handlers[sig] = Handle(callback, args, self)

    def remove_signal_handler(self, sig: int) -> bool:
        """Let the signal do what it did at first; whether it had a handler."""
        self._check_signal(sig)
        if self._signal_handlers.pop(sig, None) is None:
            return False
        default = signal.default_int_handler
        signal.signal(sig, default if sig == signal.SIGINT else signal.SIG_DFL)
        if not self._signal_handlers:
            signal.set_wakeup_fd(-1)
        return True

    def _check_signal(self, sig: int) -> None:
        if not isinstance(sig, int):
            raise TypeError(f"sig must be an int, not {sig!r}")
        if sig not in signal.valid_signals():
            raise ValueError(f"invalid signal number {sig}")


def _ignore(signum: int, frame: object) -> None:
    """Do nothing: the number that Python writes to the pipe does it all."""
