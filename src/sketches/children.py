"""Start processes; a signal tells when one has ended."""

import asyncio
import os
import signal
import subprocess
import sys


class Children:
    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self.loop = loop
        self.running: dict[int, subprocess.Popen[bytes]] = {}
        loop.add_signal_handler(signal.SIGCHLD, self.one_ended)

    def start(self, command: str) -> None:
        process = subprocess.Popen(command, shell=True)
        self.running[process.pid] = process

    def one_ended(self) -> None:
        pid, status = os.wait()  # of any child that has ended
        process = self.running.pop(pid)
        process.returncode = os.waitstatus_to_exitcode(status)
        print(process.args, "->", process.returncode)
        if not self.running:
            self.loop.stop()


if __name__ == "__main__":
    loop = asyncio.new_event_loop()
    children = Children(loop)
    for argument in sys.argv[1:]:
        children.start(argument)
    loop.run_forever()
    loop.close()
