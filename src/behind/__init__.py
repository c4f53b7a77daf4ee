"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""

from behind.callbacks import CallbackLoop, Handle
from behind.servers import Server, ServerMethods
from behind.sockets import SocketMethods
from behind.timers import TimerHandle, TimerLoop
from behind.transports import SocketTransport
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
    "CallbackLoop",
    "Handle",
    "Server",
    "ServerMethods",
    "SocketMethods",
    "SocketTransport",
    "TimerHandle",
    "TimerLoop",
    "wait",
]
