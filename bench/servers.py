"""Echo servers: in a form that asyncio's users know, in trio's, in none.

Each gets a socket that listens, and serves until it is killed.
"""

import asyncio
import select
import socket
from typing import Any

SIZE = 64 * 1024  # bytes that one read takes at most


class Echo(asyncio.Protocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


async def protocol(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()
    await loop.create_server(Echo, sock=listener, backlog=1024)
    await loop.create_future()


async def streams(listener: socket.socket) -> None:
    async def echo(
        reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        while data := await reader.read(SIZE):
            writer.write(data)
            await writer.drain()
        writer.close()

    await asyncio.start_server(echo, sock=listener, backlog=1024)
    await asyncio.get_running_loop().create_future()


async def sock(listener: socket.socket) -> None:
    loop = asyncio.get_running_loop()

    async def echo(conn: socket.socket) -> None:
        with conn:
            while data := await loop.sock_recv(conn, SIZE):
                await loop.sock_sendall(conn, data)

    listener.setblocking(False)
    tasks = []
    while True:
        conn, _ = await loop.sock_accept(listener)
        tasks.append(loop.create_task(echo(conn)))


async def trio_streams(listener: socket.socket) -> None:
    import trio

    async def echo(stream: trio.SocketStream) -> None:
        while data := await stream.receive_some(SIZE):
            await stream.send_all(data)

    listening = trio.SocketListener(trio.socket.from_stdlib_socket(listener))
    await trio.serve_listeners(echo, [listening])


async def trio_sock(listener: socket.socket) -> None:
    import trio

    async def echo(conn: trio.socket.SocketType) -> None:
        while data := await conn.recv(SIZE):
            while data:
                data = data[await conn.send(data) :]

    listening = trio.socket.from_stdlib_socket(listener)
    async with trio.open_nursery() as nursery:
        while True:
            conn, _ = await listening.accept()
            nursery.start_soon(echo, conn)


def epoll_protocol(listener: socket.socket) -> None:
    """Do the least that a server in Python can do, without a loop."""
    socks = {listener.fileno(): listener}
    epoll = select.epoll()
    epoll.register(listener, select.EPOLLIN)
    while True:
        for fd, _ in epoll.poll():
            if fd == listener.fileno():
                conn, _ = listener.accept()
                socks[conn.fileno()] = conn
                epoll.register(conn, select.EPOLLIN)
            elif data := socks[fd].recv(SIZE):
                socks[fd].sendall(data)
            else:
                socks.pop(fd).close()
