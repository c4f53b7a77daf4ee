"""Subprocesses."""

import asyncio
import os
import subprocess
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part, put_in_event_loop

STARTED: list[subprocess.Popen[bytes]] = []


class Popen(subprocess.Popen[bytes]):
    """A process that is noted, so that it does not outlive a failed test."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        STARTED.append(self)


class Watcher:
    """What CPython's loop has, and ours does without: its waiting threads."""

    @property
    def _threads(self) -> dict[int, threading.Thread]:
        names = {thread.name: thread for thread in threading.enumerate()}
        return {
            process.pid: names[f"wait for process {process.pid}"]
            for process in STARTED
            if process.returncode is None
        }


@contextmanager
def put_in_subprocesses() -> Iterator[None]:
    """Our loop, and our processes; no pidfd where CPython wants a thread."""
    tests = sys.modules["test.test_asyncio.test_subprocess"]
    threaded = tests.SubprocessThreadedWatcherTests
    set_up = threaded.setUp

    def set_up_without_pidfd(test: Any) -> None:
        patch = mock.patch.object(os, "pidfd_open", side_effect=OSError)
        patch.start()
        test.addCleanup(patch.stop)
        set_up(test)

    with (
        put_in_event_loop(),
        mock.patch.multiple(asyncio, **PROCESSES),
        mock.patch.multiple(asyncio.subprocess, **PROCESSES),
        mock.patch.object(
            behind.EventLoop, "_watcher", Watcher(), create=True
        ),
        mock.patch.object(subprocess, "Popen", Popen),
        mock.patch.object(threaded, "setUp", set_up_without_pidfd),
    ):
        try:
            yield
        finally:
            for process in STARTED:
                process.kill()
                process.wait()


PROCESSES = {
    "create_subprocess_exec": behind.create_subprocess_exec,
    "create_subprocess_shell": behind.create_subprocess_shell,
}


def subprocesses_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our processes, and why."""
    if sys.version_info >= (3, 14):
        for way in "Pidfd", "Threaded":
            yield (
                f"test_subprocess.Subprocess{way}WatcherTests"
                ".test_watcher_implementation",
                "wants asyncio's private watcher, which ours does without",
            )


PART = Part(
    modules=[
        "test_subprocess",
        "test_events",
        "test_base_events",
        "test_unix_events",
    ],
    select=r"test_subprocess.Subprocess(Threaded|Pidfd)|"
    r"test_events.*LoopTests.test_subprocess|"
    r"test_base_events.*test_subprocess|"
    r"test_unix_events.(TestFork.test_fork_[as]|PidfdChildWatcher)",
    put_in=put_in_subprocesses,
    excepted=dict(subprocesses_excepted()),
)
