"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""

from behind.sockets import SocketMethods
from behind.waiting import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    wait,
)

__all__ = [
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "SocketMethods",
    "wait",
]
