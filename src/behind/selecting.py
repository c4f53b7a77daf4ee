"""A loop that waits for files, timers and other threads in one call."""

import selectors
import socket
from collections.abc import Callable
from contextvars import Context
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any
from weakref import WeakValueDictionary

from behind.callbacks import Handle
from behind.debugging import _check_callback
from behind.timers import TimerLoop

__all__ = ["SelectorLoop"]

File = Any  # a file descriptor, or what has a fileno()


class SelectorLoop(TimerLoop):
    """A loop that also calls back when a file is ready.

    *selector* is the system's best one by default. Of its methods, other
    threads may call `call_soon_threadsafe`, and no other.

    Rebuilds a part of BaseSelectorEventLoop (Lib/asyncio/selector_events.py).
    """

    def __init__(self, selector: selectors.BaseSelector | None = None) -> None:
        super().__init__()
        self._selector = selector or selectors.DefaultSelector()
        self._transports: WeakValueDictionary[int, Any] = WeakValueDictionary()
        self._ssock, self._csock = socket.socketpair()
        self._csock.setblocking(False)
        self.add_reader(self._ssock, self._read_from_self)

    def close(self) -> None:
        """Drop all callbacks, timers and handlers, and take no more."""
        super().close()
        self._selector.close()
        self._ssock.close()
        self._csock.close()

    def _sleep(self, timeout: float | None) -> None:
        for key, events in self._selector.select(timeout):
            reader, writer = key.data
            if reader and events & EVENT_READ:
                self._ready.append(reader)
            if writer and events & EVENT_WRITE:
                self._ready.append(writer)

    def add_reader(  # type: ignore[override]
        self, fd: File, callback: Callable[..., object], *args: Any
    ) -> None:
        """Call *callback* with *args* whenever *fd* can be read.

        It replaces the reader that *fd* had. Remove it before you close *fd*.

        Raises RuntimeError if the loop is closed, or if a transport that is
        not closing has the file; ValueError for no file.
        """
        self._ensure_fd_no_transport(fd)
        self._add_reader(fd, callback, *args)

    def add_writer(  # type: ignore[override]
        self, fd: File, callback: Callable[..., object], *args: Any
    ) -> None:
        """Call *callback* with *args* whenever *fd* can be written to."""
        self._ensure_fd_no_transport(fd)
        self._add_writer(fd, callback, *args)

    def remove_reader(self, fd: File) -> bool:
        """Stop calling the reader of *fd*; whether there was one."""
        self._ensure_fd_no_transport(fd)
        return self._remove_reader(fd)

    def remove_writer(self, fd: File) -> bool:
        """Stop calling the writer of *fd*; whether there was one."""
        self._ensure_fd_no_transport(fd)
        return self._remove_writer(fd)

    def _ensure_fd_no_transport(self, fd: File) -> None:
        transport = self._transports.get(_fileno(fd))
        if transport is not None and not transport.is_closing():
            raise RuntimeError(
                f"File descriptor {fd!r} is used by transport {transport!r}"
            )

    def _add_reader(
        self, fd: File, callback: Callable[..., object], *args: Any
    ) -> None:
        self._check_closed()
        self._set_handler(fd, EVENT_READ, Handle(callback, args, self))

    def _add_writer(
        self, fd: File, callback: Callable[..., object], *args: Any
    ) -> None:
        self._check_closed()
        self._set_handler(fd, EVENT_WRITE, Handle(callback, args, self))

    def _remove_reader(self, fd: File) -> bool:
        return self._set_handler(fd, EVENT_READ, None)

    def _remove_writer(self, fd: File) -> bool:
        return self._set_handler(fd, EVENT_WRITE, None)

    def _set_handler(
        self, fd: File, event: int, handle: Handle | None
    ) -> bool:
        """Replace the handler of *event*; whether there was one before."""
        if self.is_closed():
            return False
        key = self._selector.get_map().get(fd)
        reader, writer = key.data if key else (None, None)
        if event == EVENT_READ:
            old, reader = reader, handle
        else:
            old, writer = writer, handle
        events = (EVENT_READ if reader else 0) + (EVENT_WRITE if writer else 0)
        if events and key:
            self._selector.modify(fd, events, (reader, writer))
        elif events:
            self._selector.register(fd, events, (reader, writer))
        elif key:
            self._selector.unregister(fd)
        if old:
            old.cancel()
        return old is not None

    def call_soon_threadsafe(  # type: ignore[override]
        self,
        callback: Callable[..., object],
        *args: Any,
        context: Context | None = None,
    ) -> Handle:
        """Like call_soon, but from any thread, or from a signal handler."""
        self._check_closed()
        if self._debug:
            _check_callback(callback)
        handle = Handle(callback, args, self, context)
        self._ready.append(handle)
        self._write_to_self()
        return handle

    def _write_to_self(self) -> None:
        try:  # suppress() costs half as much as the call
            self._csock.send(b"\0")
        except OSError:
            pass  # it is full, or closed by now

    def _read_from_self(self) -> None:
        self._process_self_data(self._ssock.recv(4096))

    def _process_self_data(self, data: bytes) -> None:
        """Do nothing: the bytes have woken the loop, and mean no more."""


def _fileno(fd: File) -> int:
    if isinstance(fd, int):
        return fd
    try:
        return int(fd.fileno())
    except (AttributeError, TypeError, ValueError):
        raise ValueError(f"Invalid file object: {fd!r}") from None
