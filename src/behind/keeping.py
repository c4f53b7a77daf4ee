"""A file that stays registered while a peer talks."""

import os
import socket
from collections.abc import Awaitable
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any
from weakref import WeakSet

from behind.callbacks import Handle
from behind.sockets import SocketMethods

__all__ = ["KeepingMethods"]

Key = tuple[int, int]  # a file descriptor, and an event


class Wake(Handle):
    """A handle that wakes who waits for *sock*, before the turn begins."""

    _at_once = True
    waiter: Any = None  # a future, if somebody waits

    def __init__(self, sock: socket.socket, key: Key, loop: Any) -> None:
        super().__init__(loop._wake, (self,), loop)
        self.sock = sock
        self.key = key


class KeepingMethods(SocketMethods):
    """The `sock_*` methods for our loop: they register a file seldom."""

    _forked = False  # there is a process that has our files, too

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        _loops.add(self)
        self._wakes: dict[Key, Wake] = {}
        self._idle: list[Wake] = []  # whose waiters were woken in this turn
        super().__init__(*args, **kwargs)

    def _readable(self, sock: socket.socket) -> Awaitable[None]:
        return self._wait_for(sock, EVENT_READ)

    def _writable(self, sock: socket.socket) -> Awaitable[None]:
        return self._wait_for(sock, EVENT_WRITE)

    async def _wait_for(self, sock: socket.socket, event: int) -> None:
        """Wait until *event* comes for *sock*."""
        wake = self._registered(sock, (sock.fileno(), event))
        waiter = wake.waiter = self.create_future()
        try:
            await waiter
        finally:
            # If it is still the waiter, it was not woken, but cancelled. If
            # another one is, that one still needs the handle.
            if wake.waiter is waiter or (self._forked and not wake.waiter):
                self._remove(wake)

    def _registered(self, sock: socket.socket, key: Key) -> Wake:
        """The handle of *sock* that is registered, or a new one."""
        wake = self._wakes.get(key)
        if wake is None or wake._cancelled or wake.sock is not sock:
            wake = Wake(sock, key, self)
            self._set_handler(*key, wake)
            self._wakes[key] = wake
        return wake

    def _wake(self, wake: Wake) -> None:
        waiter, wake.waiter = wake.waiter, None
        self._idle.append(wake)
        if not waiter.done():  # or it is cancelled
            waiter.set_result(None)

    def _remove(self, wake: Wake) -> None:
        if self._wakes.get(wake.key) is wake:
            del self._wakes[wake.key]
        if not wake._cancelled:  # nobody has taken its place
            with suppress(OSError):  # the file may be closed by now
                super()._set_handler(*wake.key, None)  # type: ignore[misc]

    def _sleep(self, timeout: float | None) -> None:
        if self._idle:
            self._remove_idle()
        super()._sleep(timeout)  # type: ignore[misc]

    def _set_handler(self, fd: Any, event: int, handle: Any) -> bool:
        self._remove_idle()
        had: bool = super()._set_handler(  # type: ignore[misc]
            fd, event, handle
        )
        return had

    def _remove_idle(self) -> None:
        """Unregister files for which nobody waits again."""
        idle, self._idle = self._idle, []
        for wake in idle:
            if wake.waiter is None:
                self._remove(wake)


_loops: WeakSet[KeepingMethods] = WeakSet()


def _note_fork() -> None:
    for loop in _loops:
        loop._forked = True


os.register_at_fork(after_in_parent=_note_fork)
