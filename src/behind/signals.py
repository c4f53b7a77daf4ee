"""A signal becomes a callback of the loop."""

import asyncio
import os
import signal
import socket
from collections import deque
from collections.abc import Callable
from functools import partial
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
        self._missed: set[int] = set()  # signals whose number found no room

    def close(self) -> None:
        """Drop all that is left, and take no more."""
        if not self.is_running():  # or the loop complains
            for sig in list(self._signal_handlers):
                self.remove_signal_handler(sig)
        super().close()

    def _process_self_data(self, data: bytes) -> None:
        for number in [*data, *self._missed.difference(data)]:
            if number in self._signal_handlers:
                self._ready.append(self._signal_handlers[number])
        self._missed.clear()

    def _note_signal(self, signum: int, frame: object) -> None:
        """Look after a signal whose number the full pipe has not taken."""
        try:
            self._csock.send(b"\0")
        except BlockingIOError:
            self._missed.add(signum)

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
            signal.signal(sig, self._note_signal)
            signal.siginterrupt(sig, False)
            signal.set_wakeup_fd(
                self._csock.fileno(), warn_on_full_buffer=False
            )
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


# A child process must not write the numbers of its signals into our pipe.
os.register_at_fork(after_in_child=partial(signal.set_wakeup_fd, -1))
