"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`."""

from asyncio import (
    CancelledError,
    InvalidStateError,
    TimeoutError,
    get_running_loop,
)

from behind.callbacks import CallbackLoop, Handle
from behind.flows import FlowControl
from behind.futures import Future, FutureMethods, isfuture, wrap_future
from behind.generators import GeneratorMethods
from behind.loops import EventLoop, SelectorEventLoop, new_event_loop
from behind.runners import Runner, run
from behind.selecting import SelectorLoop
from behind.servers import Server, ServerMethods
from behind.signals import SignalMethods
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
from behind.threads import ThreadMethods, to_thread
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
    "EventLoop",
    "FileTransport",
    "FlowControl",
    "Future",
    "FutureMethods",
    "GeneratorMethods",
    "Handle",
    "InvalidStateError",
    "Runner",
    "SelectorEventLoop",
    "SelectorLoop",
    "Server",
    "ServerMethods",
    "SignalMethods",
    "SocketMethods",
    "SocketTransport",
    "Task",
    "TaskMethods",
    "ThreadMethods",
    "TimeoutError",
    "TimerHandle",
    "TimerLoop",
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
    "to_thread",
    "wait",
    "wrap_future",
]
