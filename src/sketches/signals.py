"""Ctrl-C is something to read: one call waits for you and for signals."""

import select
import signal
import socket


def main() -> None:
    reading, writing = socket.socketpair()
    writing.setblocking(False)
    signal.set_wakeup_fd(writing.fileno())
    signal.signal(signal.SIGINT, lambda signum, frame: None)
    print("type, or press Ctrl-C")
    while True:
        ready, _, _ = select.select([0, reading.fileno()], [], [])
        if 0 not in ready:
            break
        print("you typed", input())
    print("signal", reading.recv(1)[0])
    print("the end")


if __name__ == "__main__":
    main()
