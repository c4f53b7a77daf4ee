"""Wait for files with epoll, quickly when none of them is ready."""

import select
import selectors
from select import POLLIN, POLLOUT  # epoll's have the same bits
from selectors import EVENT_READ, EVENT_WRITE, SelectorKey
from typing import Any

__all__ = ["DefaultSelector", "EpollSelector"]

Base: Any = getattr(selectors, "EpollSelector", object)  # not on macOS

EVENTS = [
    (event & ~POLLOUT and EVENT_READ) | (event & ~POLLIN and EVENT_WRITE)
    for event in range(32)
]
"""What each event of epoll's is for a selector. An error is both."""


class EpollSelector(Base):  # type: ignore[misc]
    """Waits for files with epoll.

    Rebuilds selectors.EpollSelector.select (Lib/selectors.py).
    """

    def __init__(self) -> None:
        super().__init__()
        self._poll = self._selector.poll

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
        return [
            (key := keys[fd], EVENTS[event] & key.events)
            for fd, event in found
            if fd in keys
        ]


DefaultSelector = (
    EpollSelector if hasattr(select, "epoll") else selectors.DefaultSelector
)
"""The selector of a loop that gets none."""
