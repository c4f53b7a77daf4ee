"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""

from behind.callbacks import CallbackLoop, Handle
from behind.futures import Future, FutureMethods, isfuture, wrap_future
from behind.servers import Server, ServerMethods
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
    "Future",
    "FutureMethods",
    "Handle",
    "Server",
    "ServerMethods",
    "SocketMethods",
    "SocketTransport",
    "Task",
    "TaskMethods",
    "TimerHandle",
    "TimerLoop",
    "all_tasks",
    "create_eager_task_factory",
    "create_task",
    "current_task",
    "eager_task_factory",
    "isfuture",
    "sleep",
    "wait",
    "wrap_future",
]
