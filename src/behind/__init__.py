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
from behind.loops import EventLoop, new_event_loop
from behind.pipes import PipeMethods, ReadPipeTransport, WritePipeTransport
from behind.processes import (
    Process,
    SubprocessStreamProtocol,
    create_subprocess_exec,
    create_subprocess_shell,
)
from behind.runners import Runner, run
from behind.selecting import SelectorLoop
from behind.servers import Server, ServerMethods
from behind.sockets import SocketMethods
from behind.subprocesses import SubprocessMethods, SubprocessTransport
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
    "EventLoop",
    "FileTransport",
    "FlowControl",
    "Future",
    "FutureMethods",
    "Handle",
    "InvalidStateError",
    "PipeMethods",
    "Process",
    "ReadPipeTransport",
    "Runner",
    "SelectorLoop",
    "Server",
    "ServerMethods",
    "SocketMethods",
    "SocketTransport",
    "SubprocessMethods",
    "SubprocessStreamProtocol",
    "SubprocessTransport",
    "Task",
    "TaskMethods",
    "TimeoutError",
    "TimerHandle",
    "TimerLoop",
    "WritePipeTransport",
    "all_tasks",
    "create_eager_task_factory",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "create_task",
    "current_task",
    "eager_task_factory",
    "get_running_loop",
    "isfuture",
    "new_event_loop",
    "run",
    "sleep",
    "wait",
    "wrap_future",
]
