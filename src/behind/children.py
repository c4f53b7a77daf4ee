"""Notice that a child process has ended, and leave no zombie."""

import asyncio
import logging
import os
import sys
from collections.abc import Callable
from contextlib import suppress
from io import FileIO
from subprocess import Popen
from threading import Thread
from typing import Any

__all__ = ["watch_child"]

logger = logging.getLogger("asyncio")


def watch_child(
    loop: asyncio.AbstractEventLoop,
    process: Popen[Any],
    callback: Callable[[int], object],
) -> None:
    """Have *loop* call *callback* with the return code of *process*.

    Rebuilds the child watchers (Lib/asyncio/unix_events.py).
    """
    try:
        pidfd = FileIO(os.pidfd_open(process.pid))
    except (AttributeError, OSError):  # the system has none, or allows none
        _watch_in_thread(loop, process, callback)
    else:
        loop.add_reader(pidfd, _read_pidfd, loop, pidfd, process, callback)


def _read_pidfd(
    loop: asyncio.AbstractEventLoop,
    pidfd: FileIO,
    process: Popen[Any],
    callback: Callable[[int], object],
) -> None:
    loop.remove_reader(pidfd)
    pidfd.close()
    callback(_reap(process))


def _watch_in_thread(
    loop: asyncio.AbstractEventLoop,
    process: Popen[Any],
    callback: Callable[[int], object],
) -> None:
    def ended() -> None:
        callback(_reap(process))

    def wait() -> None:
        _wait(process)
        try:
            loop.call_soon_threadsafe(ended)
        except RuntimeError:  # the loop is closed
            _reap(process)

    name = f"wait for process {process.pid}"
    Thread(target=wait, name=name, daemon=True).start()


def _wait(process: Popen[Any]) -> None:
    """Wait for the end; on Linux, leave the zombie, which keeps the pid."""
    if sys.platform == "linux":
        with suppress(ChildProcessError):  # somebody else was faster
            os.waitid(os.P_PID, process.pid, os.WEXITED | os.WNOWAIT)
    else:
        process.wait()


def _reap(process: Popen[Any]) -> int:
    """The return code of *process*, which has ended. No zombie is left."""
    try:
        _, status = os.waitpid(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
    except ChildProcessError:
        if process.returncode is None:
            message = "somebody else has read the exit status of process %d"
            logger.warning(message, process.pid)
            process.returncode = 255
    return process.returncode
