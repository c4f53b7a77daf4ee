"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""

from asyncio import (
    CancelledError,
    InvalidStateError,
    TimeoutError,
    get_running_loop,
)

from behind.callbacks import CallbackLoop, Handle
from behind.connections import ConnectionMethods
from behind.flows import FlowControl
from behind.futures import Future, FutureMethods, isfuture, wrap_future
from behind.listening import ServerMethods
from behind.loops import EventLoop, new_event_loop
from behind.paths import UnixMethods
from behind.races import staggered_race
from behind.runners import Runner, run
from behind.selecting import SelectorLoop
from behind.servers import Server
from behind.sockets import SocketMethods
from behind.tasks import (
    Task,
    TaskMethods,
    all_tasks,
    create_eager_task_factory,
    create_task,
    current_task,
    eager_task_factory,
    sleep,
)
from behind.timers import TimerHandle, TimerLoop
from behind.transports import FileTransport, SocketTransport
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
    "CancelledError",
    "ConnectionMethods",
    "EventLoop",
    "FileTransport",
    "FlowControl",
    "Future",
    "FutureMethods",
    "Handle",
    "InvalidStateError",
    "Runner",
    "SelectorLoop",
    "Server",
    "ServerMethods",
    "SocketMethods",
    "SocketTransport",
    "Task",
    "TaskMethods",
    "TimeoutError",
    "TimerHandle",
    "TimerLoop",
    "UnixMethods",
    "all_tasks",
    "create_eager_task_factory",
    "create_task",
    "current_task",
    "eager_task_factory",
    "get_running_loop",
    "isfuture",
    "new_event_loop",
    "run",
    "sleep",
    "staggered_race",
    "wait",
    "wrap_future",
]
