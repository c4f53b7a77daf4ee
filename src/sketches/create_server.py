"""`create_server` in one callback: accept, and let asyncio have the socket."""

import asyncio
import socket
from collections.abc import Callable


async def create_server(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], asyncio.Protocol],
    host: str,
    port: int,
) -> socket.socket:
    sock = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    sock.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    sock.setblocking(False)
    sock.bind((host, port))
    sock.listen(10)

    def accept() -> None:
        conn, _ = sock.accept()
        loop.create_task(loop.connect_accepted_socket(protocol_factory, conn))

    loop.add_reader(sock, accept)  # call it when someone connects
    return sock


class EchoProtocol(asyncio.Protocol):
    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        peername = transport.get_extra_info("peername")
        print(f"Connection from {peername}")
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self.transport.write(data)


async def main() -> None:
    loop = asyncio.get_running_loop()
    # Equal to: loop.create_server(EchoProtocol, "localhost", 5566)
    sock = await create_server(loop, EchoProtocol, "localhost", 5566)
    try:
        await loop.create_future()  # nothing sets it: serve until Ctrl-C
    finally:
        loop.remove_reader(sock)
        sock.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
