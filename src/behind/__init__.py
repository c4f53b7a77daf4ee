"""asyncio rebuilt: `behind.X` has the name and signature of `asyncio.X`.

A method of asyncio's loop is one of `behind.EventLoop`, and no name here.

The rules:

- A loop is a chain of classes, each the one before and one idea more:
  CallbackLoop, DebugLoop, TimerLoop, SelectorLoop, KeepingLoop, EventLoop.
- A part of a loop that keeps something from one call to the next, or calls
  a hook, is a class of methods, such as ThreadMethods. EventLoop has it for a
  base, before the chain. Where it uses a private attribute of the loop, that
  has asyncio's name, as `_ready` has, and so the part fits asyncio's loops.
- A part that does neither is a function whose first argument is the loop.
  EventLoop takes it up: `create_server = create_server`. It calls none but
  public methods of the loop, and so it fits asyncio's loops, too.
- What is no part of a loop, such as tasks, locks, streams or transports,
  imports no loop, and calls public methods of the one that runs, whoever has
  made that. `runners` alone imports EventLoop, to make one.
- One exception: a transport enters itself in the loop's `_transports`, by the
  number of its file, so that `add_reader` and its like refuse that file to
  everybody else. So it registers by `_add_reader`, `_add_writer`,
  `_remove_reader` and `_remove_writer`. These are asyncio's names, too.

The hooks are methods of a loop that a class further down the chain replaces,
or a loop of yours. A loop calls its own, and nothing else does, but for the
four by which a transport registers its file.

    _collect              begins each turn: it blocks until something is
                          ready, and puts that into `_ready`
    _sleep                waits for so many seconds at most; `_collect` calls
                          it. A virtual clock is another `_sleep`
    _watch                calls a handle, in debug mode
    _check_call           checks a callback before it is taken, if the loop
                          is closed or in debug mode
    _set_handler          registers a file with the selector, or unregisters
                          it, for `add_reader` and its like
    _add_reader           registers the file of a transport, which
                          `add_reader` refuses; asyncio's name, as the next
    _add_writer           does it for `add_writer`
    _remove_reader        unregisters that file, as `remove_reader` will not
    _remove_writer        does it for `remove_writer`
    _process_self_data    gets the bytes that have woken the loop, each the
                          number of a signal if not 0; asyncio's name
    _wait_for             waits until a socket is ready, for `sock_*`
    _waits_first          whether `sock_*` had better not try first
    _recv                 receives, for `sock_recv`
    _sendfile_native      has the kernel send a file, for `sendfile`, or
                          raises SendfileNotAvailableError; asyncio's name
    _sock_sendfile_native the same, for `sock_sendfile`

A transport has hooks of its own: `_read` and `_read_ready` when its file can
be read, `_send` and `_send_eof` to write. By `_force_close` one that lies upon
another, as TLS does, ends that, too. `_start_tls_compatible` and
`_sendfile_compatible` say, as asyncio's do, what may be done with it.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # pragma: no cover
    raise ImportError(
        "behind needs Python 3.11 or later; "
        f"this is Python {sys.version.split()[0]}",
        name="behind",  # so that `python -m behind` shows no traceback
    )

from asyncio import (
    CancelledError,
    InvalidStateError,
    QueueEmpty,
    QueueFull,
    TimeoutError,
    get_running_loop,
)

from behind.callbacks import CallbackLoop, Handle
from behind.cancelling import Task
from behind.children import watch_child
from behind.completing import as_completed
from behind.conditions import Barrier, Condition
from behind.datagrams import DatagramTransport
from behind.debugging import DebugLoop
from behind.encrypting import TLSProtocol
from behind.epoll import EpollSelector
from behind.exceptions import ExceptionMethods
from behind.factories import (
    TaskMethods,
    create_eager_task_factory,
    create_task,
    eager_task_factory,
)
from behind.flows import FlowControl
from behind.futures import Future, isfuture
from behind.gathering import ensure_future, gather
from behind.generators import GeneratorMethods
from behind.groups import TaskGroup
from behind.keeping import KeepingLoop
from behind.locks import BoundedSemaphore, Event, Lock, Semaphore
from behind.loops import EventLoop, SelectorEventLoop, new_event_loop
from behind.paths import UnixServer
from behind.pipes import ReadPipeTransport, WritePipeTransport
from behind.processes import (
    Process,
    SubprocessStreamProtocol,
    create_subprocess_exec,
    create_subprocess_shell,
)
from behind.queues import LifoQueue, PriorityQueue, Queue, QueueShutDown
from behind.races import staggered_race
from behind.readers import StreamReader
from behind.runners import Runner, run
from behind.selecting import SelectorLoop
from behind.sendfile import SendfileMethods, StandIn
from behind.servers import Server
from behind.shielding import shield
from behind.signals import SignalMethods
from behind.sleeping import sleep
from behind.sock import SocketMethods
from behind.sock_sendfile import FileMethods
from behind.streams import (
    StreamReaderProtocol,
    open_connection,
    open_unix_connection,
    start_server,
    start_unix_server,
)
from behind.subprocesses import SubprocessTransport
from behind.tasks import SteppingTask, all_tasks, current_task
from behind.threads import ThreadMethods, to_thread
from behind.timeouts import Timeout, timeout, timeout_at
from behind.timers import TimerHandle, TimerLoop
from behind.tls import SSLTransport
from behind.transports import (
    FileTransport,
    ReadingTransport,
    SocketTransport,
    WritingTransport,
)
from behind.waiting import (
    ALL_COMPLETED,
    FIRST_COMPLETED,
    FIRST_EXCEPTION,
    wait,
)
from behind.waiting_for import wait_for
from behind.wrapping import run_coroutine_threadsafe, wrap_future
from behind.writers import FlowControlMixin, StreamWriter

__all__ = [
    "ALL_COMPLETED",
    "FIRST_COMPLETED",
    "FIRST_EXCEPTION",
    "Barrier",
    "BoundedSemaphore",
    "CallbackLoop",
    "CancelledError",
    "Condition",
    "DatagramTransport",
    "DebugLoop",
    "EpollSelector",
    "Event",
    "EventLoop",
    "ExceptionMethods",
    "FileMethods",
    "FileTransport",
    "FlowControl",
    "FlowControlMixin",
    "Future",
    "GeneratorMethods",
    "Handle",
    "InvalidStateError",
    "KeepingLoop",
    "LifoQueue",
    "Lock",
    "PriorityQueue",
    "Process",
    "Queue",
    "QueueEmpty",
    "QueueFull",
    "QueueShutDown",
    "ReadPipeTransport",
    "ReadingTransport",
    "Runner",
    "SSLTransport",
    "SelectorEventLoop",
    "SelectorLoop",
    "Semaphore",
    "SendfileMethods",
    "Server",
    "SignalMethods",
    "SocketMethods",
    "SocketTransport",
    "StandIn",
    "SteppingTask",
    "StreamReader",
    "StreamReaderProtocol",
    "StreamWriter",
    "SubprocessStreamProtocol",
    "SubprocessTransport",
    "TLSProtocol",
    "Task",
    "TaskGroup",
    "TaskMethods",
    "ThreadMethods",
    "Timeout",
    "TimeoutError",
    "TimerHandle",
    "TimerLoop",
    "UnixServer",
    "WritePipeTransport",
    "WritingTransport",
    "all_tasks",
    "as_completed",
    "create_eager_task_factory",
    "create_subprocess_exec",
    "create_subprocess_shell",
    "create_task",
    "current_task",
    "eager_task_factory",
    "ensure_future",
    "gather",
    "get_running_loop",
    "isfuture",
    "new_event_loop",
    "open_connection",
    "open_unix_connection",
    "run",
    "run_coroutine_threadsafe",
    "shield",
    "sleep",
    "staggered_race",
    "start_server",
    "start_unix_server",
    "timeout",
    "timeout_at",
    "to_thread",
    "wait",
    "wait_for",
    "watch_child",
    "wrap_future",
]

__version__ = "0.1.0"
