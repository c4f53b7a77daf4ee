"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""

from behind.callbacks import CallbackLoop, Handle
from behind.runners import EventLoop, Runner, new_event_loop, run
from behind.selecting import SelectorLoop
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
    "EventLoop",
    "Handle",
    "Runner",
    "SelectorLoop",
    "Server",
    "ServerMethods",
    "SocketMethods",
    "SocketTransport",
    "TimerHandle",
    "TimerLoop",
    "new_event_loop",
    "run",
    "wait",
]
