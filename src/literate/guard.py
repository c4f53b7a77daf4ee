"""Tells a block that its time is over, and ends a process that will not hear.

It reads from a pipe that the process holds open, a line for each block that
begins or ends: where the block is, what to say if it does not end, and the
moments at which to tell it so. The last of them is its process's end. Empty
fields say that no block runs. When the process is gone, however it went, the
pipe closes, and the guard removes the folder that it made at its start.
"""

import contextlib
import os
import select
import shutil
import signal
import sys
import time

TELL = getattr(signal, "SIGRTMAX", signal.SIGUSR2)
"""The signal that tells a block. It has to be one that no page sets."""

GONE = "the run's process ended in this block: the block or a signal ended it"


def main(process: int, folder: str, ended: str) -> None:
    """Watch *process*, as the lines on standard input say."""
    place, late, moments = "", "", list[float]()
    while True:
        if moments:
            seconds = max(0, moments[0] - time.monotonic())
        if select.select([0], [], [], seconds if moments else None)[0]:
            if not (lines := os.read(0, 65536).decode().splitlines()):
                break
            place, late, told = lines[-1].split("\t")
            moments = [float(moment) for moment in told.split()]
        elif len(moments) > 1:
            del moments[0]
            send(process, TELL)
        else:
            say(place, late, ended)
            send(process, signal.SIGKILL)
            place, moments = "", []
    if place:
        say(place, GONE, ended)
    shutil.rmtree(folder, ignore_errors=True)


def send(process: int, number: int) -> None:
    """Send *process* the signal *number*, if it is there."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(process, number)


def say(place: str, message: str, ended: str) -> None:
    """Say that a block ends its process, and note that in the file *ended*."""
    with open(ended, "a", encoding="utf-8") as file:
        print(place, file=file)
    print(f"\n{place}: {message}", file=sys.stderr, flush=True)


if __name__ == "__main__":
    os.mkdir(sys.argv[2], 0o700)
    if os.fork() == 0:  # the guarded process has no child to wait for
        main(int(sys.argv[1]), *sys.argv[2:])
