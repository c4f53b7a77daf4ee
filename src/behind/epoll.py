"""Wait for files with epoll, quickly when none of them is ready."""

import select
import selectors
from contextlib import suppress
from select import POLLIN, POLLOUT  # epoll's have the same bits
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey
from typing import Any

__all__ = ["DefaultSelector", "EpollSelector", "notices_closed"]

Base: Any = getattr(selectors, "EpollSelector", object)  # not on macOS

EVENTS = [
    (event & ~POLLOUT and EVENT_READ) | (event & ~POLLIN and EVENT_WRITE)
    for event in range(32)
]
"""What each event of epoll's is for a selector. An error is both."""

BITS = {
    EVENT_READ: POLLIN,
    EVENT_WRITE: POLLOUT,
    EVENT_READ | EVENT_WRITE: POLLIN | POLLOUT,
}
"""What each event of a selector is for epoll."""


class EpollSelector(Base):  # type: ignore[misc]
    """Waits for files with epoll.

    A file may be closed before it is unregistered, even if it lives on under
    another number, or in another process.

    Rebuilds selectors.EpollSelector.select (Lib/selectors.py).
    """

    _selector: Any  # the epoll itself
    _fd_to_key: dict[int, SelectorKey]

    def __init__(self) -> None:
        super().__init__()
        self._poll = self._selector.poll
        self._doubtful: set[int] = set()  # numbers of files closed before
        self._doubts = 0  # events of such numbers since the last _renew

    def select(
        self, timeout: float | None = None
    ) -> list[tuple[SelectorKey, int]]:
        """Wait until files are ready; return their keys, and what for.

        Waits for *timeout* seconds at most, for ever if it is None, and not
        at all if it is 0 or less. Returns up to 1,023 files.
        """
        found = self._poll(timeout and max(timeout, 0))
        if not found:
            return []
        keys = self._fd_to_key
        ready = [
            (key := keys[fd], EVENTS[event] & key.events)
            for fd, event in found
            if fd in keys
        ]
        if len(ready) < len(found) or (
            self._doubtful and self._is_in_doubt(ready)
        ):
            self._renew()
            return self.select(0)
        return ready

    def unregister(self, fileobj: Any) -> SelectorKey:
        """Wait no more for *fileobj*, which may be closed; return its key."""
        key: SelectorKey = self._fd_to_key.pop(self._fileobj_lookup(fileobj))
        try:
            self._selector.unregister(key.fd)
        except OSError:
            self._doubtful.add(key.fd)
        return key

    def modify(
        self, fileobj: Any, events: int, data: Any = None
    ) -> SelectorKey:
        """Wait for other *events*. If that fails, *fileobj* is unregistered."""
        fd = self._fileobj_lookup(fileobj)
        try:
            key: SelectorKey = super().modify(fileobj, events, data)
        except OSError:
            self._doubtful.add(fd)
            raise
        return key

    def _is_in_doubt(self, ready: list[tuple[SelectorKey, int]]) -> bool:
        """Whether an event may be of a file that had the number before."""
        doubts = [one for one in ready if one[0].fd in self._doubtful]
        self._doubts += len(doubts)
        return (
            len({key.fd for key, _ in doubts}) < len(doubts)  # each has one
            or self._doubts > len(self._fd_to_key)  # _renew costs less
            or not all(_is_ready(key) for key, _ in doubts)
        )

    def _renew(self) -> None:
        """Have a new epoll, which knows our files, and no others."""
        self._selector.close()
        self._selector = select.epoll()
        self._poll = self._selector.poll
        for key in self._fd_to_key.values():
            with suppress(OSError):  # it was closed
                self._selector.register(key.fd, BITS[key.events])
        self._doubtful.clear()
        self._doubts = 0


def _is_ready(key: SelectorKey) -> bool:
    """Ask poll, which knows a file by its number alone."""
    poll = select.poll()
    poll.register(key.fd, BITS[key.events])
    return bool(poll.poll(0))


def notices_closed(selector: selectors.BaseSelector) -> bool:
    """Whether files may be closed before *selector* unregisters them."""
    return not isinstance(selector, Base) or isinstance(
        selector, EpollSelector
    )


DefaultSelector = (
    EpollSelector if hasattr(select, "epoll") else selectors.DefaultSelector
)
"""The selector of a loop that gets none."""
