"""A transport for datagrams in one callback: receive, and tell a protocol."""

import asyncio
import socket
from collections.abc import Callable
from typing import Any

Address = tuple[str, int]


class DatagramTransport:
    def __init__(
        self, sock: socket.socket, protocol: asyncio.DatagramProtocol
    ) -> None:
        self.sock = sock
        self.protocol = protocol
        self.loop = asyncio.get_running_loop()
        self.loop.add_reader(sock, self.receive)

    def receive(self) -> None:
        data, addr = self.sock.recvfrom(1000)
        self.protocol.datagram_received(data, addr)

    def sendto(self, data: bytes, addr: Address) -> None:
        self.sock.sendto(data, addr)

    def close(self) -> None:
        self.loop.remove_reader(self.sock)
        self.sock.close()


def create_datagram_endpoint(
    protocol_factory: Callable[[], Any], local_addr: Address
) -> DatagramTransport:
    sock = socket.socket(type=socket.SOCK_DGRAM)
    sock.setblocking(False)
    sock.bind(local_addr)
    protocol = protocol_factory()
    transport = DatagramTransport(sock, protocol)
    protocol.connection_made(transport)
    return transport


class EchoProtocol(asyncio.DatagramProtocol):
    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, addr: Address) -> None:
        print(f"{len(data)} bytes from {addr}")
        self.transport.sendto(data, addr)


async def main() -> None:
    # Equal to: loop.create_datagram_endpoint(EchoProtocol, ...)
    transport = create_datagram_endpoint(EchoProtocol, ("127.0.0.1", 9999))
    try:
        await asyncio.get_running_loop().create_future()  # until Ctrl-C
    finally:
        transport.close()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
