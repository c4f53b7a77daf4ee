"""An echo server on `sock_*` methods of its own."""

import asyncio
import socket
from contextlib import suppress
from socket import socket as Socket
from typing import Any


class EventLoop(asyncio.SelectorEventLoop):
    def sock_accept(self, sock: Socket, fut: Any = None) -> Any:
        fut = fut or self.create_future()
        self.remove_reader(sock)
        try:
            conn, address = sock.accept()
            conn.setblocking(False)
            fut.set_result((conn, address))
        except BlockingIOError:
            self.add_reader(sock, self.sock_accept, sock, fut)
        except Exception as error:
            fut.set_exception(error)
        return fut

    def sock_recv(self, sock: Socket, n: int, fut: Any = None) -> Any:
        fut = fut or self.create_future()
        self.remove_reader(sock)
        try:
            fut.set_result(sock.recv(n))
        except BlockingIOError:
            self.add_reader(sock, self.sock_recv, sock, n, fut)
        except Exception as error:
            fut.set_exception(error)
        return fut

    def sock_sendall(self, sock: Socket, data: Any, fut: Any = None) -> Any:
        fut = fut or self.create_future()
        self.remove_writer(sock)
        try:
            while data:
                data = data[sock.send(data) :]
            fut.set_result(None)
        except BlockingIOError:
            self.add_writer(sock, self.sock_sendall, sock, data, fut)
        except Exception as error:
            fut.set_exception(error)
        return fut


async def handler(loop: EventLoop, conn: Socket) -> None:
    with conn:
        while msg := await loop.sock_recv(conn, 1024):
            await loop.sock_sendall(conn, msg)


async def server(loop: EventLoop) -> None:
    with socket.create_server(("localhost", 9527)) as sock:
        sock.setblocking(False)
        while True:
            conn, _ = await loop.sock_accept(sock)
            loop.create_task(handler(loop, conn))


if __name__ == "__main__":
    loop = EventLoop()
    with suppress(KeyboardInterrupt):
        loop.run_until_complete(server(loop))
