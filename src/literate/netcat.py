"""nc HOST PORT: what you type goes to the server, what it sends is printed.

Pages use it where a machine has no netcat of its own. Like OpenBSD's, it
stays until both have ended, the server's side and yours, or until Ctrl-C.
With -u each line that you type is a datagram.
"""

import os
import selectors
import socket
import sys


def connect(host: str, port: str, udp: bool) -> socket.socket:
    """A socket to *port* of *host*: TCP, or UDP if *udp*."""
    if not udp:
        return socket.create_connection((host, int(port)))
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.connect((host, int(port)))
    return sock


def main(host: str, port: str, udp: bool) -> None:
    """Connect to *host* and *port*; copy both ways until both sides end."""
    with (
        connect(host, port, udp) as sock,
        selectors.SelectSelector() as selector,
    ):
        selector.register(0, selectors.EVENT_READ)
        selector.register(sock, selectors.EVENT_READ)
        while selector.get_map():
            for key, _ in selector.select():
                if key.fileobj == 0 and (typed := os.read(0, 65536)):
                    sock.sendall(typed)
                elif key.fileobj == sock and (received := sock.recv(65536)):
                    os.write(1, received)
                else:
                    selector.unregister(key.fileobj)


if __name__ == "__main__":
    udp = "-u" in sys.argv
    if len(sys.argv) != 3 + udp:
        sys.exit("usage: nc [-u] HOST PORT")
    try:
        main(sys.argv[-2], sys.argv[-1], udp)
    except OSError as error:
        sys.exit(f"nc: {error}")
    except KeyboardInterrupt:
        sys.exit(130)
