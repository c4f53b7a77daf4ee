"""Processes that are forked: with all that this one has imported."""

import contextlib
import gc
import multiprocessing
import os
import signal
import sys
from collections.abc import Callable, Generator, Iterable
from multiprocessing.connection import Connection, wait
from pathlib import Path
from typing import Any, TypeVar

FORK = multiprocessing.get_context("fork")
Place = TypeVar("Place")
Job = TypeVar("Job")
T = TypeVar("T")


def spread(
    work: Callable[[Place, Job], T], jobs: Iterable[Job], places: list[Place]
) -> Generator[tuple[Job, T], None, None]:
    """Yield each of *jobs* and its ``work(place, job)``, as they are done.

    Each of *places* has a process, which does one job after another.
    """
    gc.freeze()  # or each would look for garbage in all that it inherits
    left = iter(jobs)
    doing: dict[Any, Job] = {}
    workers: dict[Connection, Any] = {}

    def send_next(pipe: Connection) -> None:
        for job in left:
            doing[pipe] = job
            pipe.send(job)
            break

    try:
        for place in places:
            ours, theirs = FORK.Pipe()
            ends = theirs, ours
            worker = FORK.Process(target=serve, args=(work, place, *ends))
            worker.start()
            workers[ours] = worker
            theirs.close()
            send_next(ours)
        while doing:
            for pipe in wait(doing):
                assert isinstance(pipe, Connection)
                result = pipe.recv()
                yield doing.pop(pipe), result
                send_next(pipe)
    finally:
        for pipe, worker in workers.items():
            worker.terminate()
            pipe.close()  # a worker that has just begun may miss the signal
        for worker in workers.values():
            worker.join()


def serve(
    work: Callable[[Place, Job], T],
    place: Place,
    pipe: Connection,
    other_end: Connection,
) -> None:
    """Do the jobs that come through *pipe*, until its other end is closed."""
    other_end.close()
    try:
        with contextlib.suppress(EOFError):
            while True:
                pipe.send(work(place, pipe.recv()))
    finally:  # a signal may have come while one was started
        for child in multiprocessing.active_children():
            child.kill()


def stop_on_signals() -> None:
    """Exit at SIGINT or SIGTERM; no second one disturbs the end."""

    def stop(number: int, frame: object) -> None:
        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, signal.SIG_IGN)
        sys.exit(128 + number)

    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)


def in_child(work: Callable[[], T], printed: Path, seconds: float) -> T | None:
    """What *work* returns in a process of its own, or None if that dies.

    It prints to the file *printed*. After *seconds* it is killed, and in any
    case what is left of the process group that it leads.
    """
    ours, theirs = FORK.Pipe(duplex=False)
    child = FORK.Process(target=do, args=(work, printed, theirs))
    child.start()
    theirs.close()
    try:
        return ours.recv() if ours.poll(seconds) else None
    except EOFError:
        return None
    finally:
        assert child.pid
        child.kill()
        with contextlib.suppress(ProcessLookupError):
            os.killpg(child.pid, signal.SIGKILL)
        child.join()
        ours.close()


def do(work: Callable[[], T], printed: Path, result: Connection) -> None:
    os.setsid()
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    # A run in the background ignores SIGINT. CPython's tests count on it.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    with printed.open("w") as file:
        os.dup2(file.fileno(), 1)
        os.dup2(file.fileno(), 2)
    found = work()
    sys.stdout.flush()
    sys.stderr.flush()
    result.send(found)
    os._exit(0)
