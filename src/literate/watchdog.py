"""Ends a page's processes when the test run is killed and cannot do so.

It reads from a pipe that the test run holds open: ``+GROUP`` or ``-GROUP``,
a line each, as process groups begin and end. When the test run dies, however
it dies, the pipe closes; the watchdog ends the groups that are left, and
removes the page's directory, which it is told at its start.
"""

import contextlib
import os
import shutil
import signal
import sys
import time
from collections.abc import Collection

PATIENCE = 1.0
"""Seconds between asking a process group to end and ending it."""


def main(directory: str) -> None:
    """Wait until the run is gone; then end what it left in *directory*."""
    groups: set[int] = set()
    for line in sys.stdin:
        change = groups.add if line[0] == "+" else groups.discard
        change(int(line[1:]))
    end(groups)
    shutil.rmtree(directory, ignore_errors=True)


def end(groups: Collection[int]) -> None:
    """End each process group: SIGTERM, then SIGKILL for those that stay."""
    for group in groups:
        send(group, signal.SIGTERM)
    deadline = time.monotonic() + PATIENCE
    while any(send(group, 0) for group in groups):
        if time.monotonic() > deadline:
            for group in groups:
                send(group, signal.SIGKILL)
            return
        time.sleep(0.01)


def send(group: int, number: int) -> bool:
    """Send signal *number* to *group*; return whether it is still there."""
    with contextlib.suppress(ProcessLookupError, PermissionError):
        os.killpg(group, number)
        return True
    return False


if __name__ == "__main__":
    main(sys.argv[1])
