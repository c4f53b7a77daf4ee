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
from behind.readers import StreamReader
from behind.runners import EventLoop, Runner, new_event_loop, run
from behind.selecting import SelectorLoop
from behind.servers import Server, ServerMethods
from behind.sockets import SocketMethods
from behind.streams import (
    StreamReaderProtocol,
    open_connection,
    open_unix_connection,
    start_server,
    start_unix_server,
)
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
from behind.writers import StreamWriter

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
    "Handle",
    "InvalidStateError",
    "Runner",
    "SelectorLoop",
    "Server",
    "ServerMethods",
    "SocketMethods",
    "SocketTransport",
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "Task",
    "TaskMethods",
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
    "open_connection",
    "open_unix_connection",
    "run",
    "sleep",
    "start_server",
    "start_unix_server",
    "wait",
    "wrap_future",
]
