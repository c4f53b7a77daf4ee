"""Keep a file registered while a peer talks: what `faster` is about."""

import socket
from contextlib import suppress
from selectors import EVENT_READ, EVENT_WRITE
from typing import Any

from behind.callbacks import Handle
from behind.epoll import notices_closed
from behind.selecting import File, SelectorLoop
from behind.sock import SocketMethods

__all__ = ["KeepingLoop"]


class Wake(Handle):
    """A handle that wakes who waits for *sock*, before the turn begins."""

    _loop: Any
    waiter: Any  # a future, or None if nobody waits
    is_spent = False  # less came than was asked for: no more is there

    def __init__(self, sock: socket.socket, event: int, loop: Any) -> None:
        super().__init__(loop._wake, (self,), loop)
        self.key = sock, event
        self.fd = sock.fileno()

    def cancel(self) -> None:
        """Wake nobody: another handle takes its place, or none."""
        super().cancel()
        self._loop._wakes.pop(self.key, None)


class KeepingLoop(SocketMethods, SelectorLoop):
    """A loop whose `sock_*` methods register a file seldom."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._wakes: dict[tuple[socket.socket, int], Wake] = {}
        self._idle: list[Wake] = []  # whose waiters were woken in this turn
        super().__init__(*args, **kwargs)
        self._keeps = notices_closed(self._selector)

    def _recv(self, sock: socket.socket, nbytes: int) -> bytes:
        data = sock.recv(nbytes)
        if wake := self._wakes.get((sock, EVENT_READ)):
            wake.is_spent = len(data) < nbytes
        return data

    def _waits_first(self, sock: socket.socket, event: int) -> bool:
        wake = self._wakes.get((sock, event))
        return wake is not None and wake.is_spent

    async def _wait_for(self, sock: socket.socket, event: int) -> None:
        wake = self._wakes.get((sock, event)) or self._register(sock, event)
        waiter = wake.waiter = self.create_future()
        try:
            await waiter
        finally:
            # If it is still the waiter, it was not woken, but cancelled. If
            # another one is, that one still needs the handle.
            if wake.waiter is waiter:
                self._remove(wake)

    def _register(self, sock: socket.socket, event: int) -> Wake:
        self._ensure_fd_no_transport(sock)
        wake = Wake(sock, event, self)
        self._set_handler(wake.fd, event, wake)
        self._wakes[wake.key] = wake
        return wake

    def _wake(self, wake: Wake) -> None:
        waiter, wake.waiter = wake.waiter, None
        if self._keeps:
            self._idle.append(wake)
        else:
            self._remove(wake)
        if not waiter.done():  # or it is cancelled
            waiter.set_result(None)

    def _remove(self, wake: Wake) -> None:
        if not wake._cancelled:  # nobody has taken its place
            _, event = wake.key
            with suppress(OSError):  # the file may be closed by now
                super()._set_handler(wake.fd, event, None)
            wake.cancel()

    def _sleep(self, timeout: float | None) -> None:
        if self._idle:
            self._remove_idle()
        for key, events in self._selector.select(timeout):
            reader, writer = key.data
            if reader and events & EVENT_READ:
                self._notice(reader)
            if writer and events & EVENT_WRITE:
                self._notice(writer)

    def _notice(self, handle: Handle) -> None:
        if isinstance(handle, Wake):
            self._wake(handle)
        else:
            self._ready.append(handle)

    def _set_handler(
        self, fd: File, event: int, handle: Handle | None
    ) -> bool:
        self._remove_idle()
        return super()._set_handler(fd, event, handle)

    def _remove_idle(self) -> None:
        """Unregister files for which nobody waits again."""
        idle, self._idle = self._idle, []
        for wake in idle:
            if wake.waiter is None:
                self._remove(wake)
