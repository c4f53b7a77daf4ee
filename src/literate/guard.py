"""Ends the process of a block that nothing within that process can end.

It reads from a pipe that the process holds open, a line each: in how many
seconds the block that now begins has to be over, and what to say if it is
not. An empty line says that it is over.
"""

import os
import select
import signal
import sys


def main(process: int, ended: str) -> None:
    seconds, message = None, ""
    while select.select([0], [], [], seconds)[0]:
        if not (lines := os.read(0, 65536).decode().splitlines()):
            return
        time, _, message = lines[-1].partition(" ")
        seconds = float(time) if time else None
    with open(ended, "a", encoding="utf-8") as file:
        print(message.partition(": ")[0], file=file)
    print(f"\n{message}", file=sys.stderr, flush=True)
    os.kill(process, signal.SIGKILL)


if __name__ == "__main__":
    if os.fork() == 0:  # the guarded process has no child to wait for
        main(int(sys.argv[1]), sys.argv[2])
