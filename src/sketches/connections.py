"""`create_connection` in a loop: the first address that answers."""

import asyncio
import socket
import sys
from collections.abc import Callable


async def create_connection(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], asyncio.Protocol],
    host: str,
    port: int | str,
) -> tuple[asyncio.Transport, asyncio.Protocol]:
    infos = await loop.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    for family, kind, proto, _, address in infos:
        sock = socket.socket(family, kind, proto)
        sock.setblocking(False)
        try:
            await loop.sock_connect(sock, address)
        except OSError:
            continue
        return await loop.create_connection(protocol_factory, sock=sock)
    raise OSError(f"nobody answers at {host}")


class Typing(asyncio.Protocol):
    """Sends what you type, and prints what comes back."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.Transport)
        print("Connected to", transport.get_extra_info("peername"))
        self.loop = asyncio.get_running_loop()
        self.loop.add_reader(sys.stdin, self.typed)
        self.transport = transport
        self.ended = self.loop.create_future()

    def typed(self) -> None:
        if line := sys.stdin.readline():
            self.transport.write(line.encode())
        else:
            self.transport.write_eof()

    def data_received(self, data: bytes) -> None:
        print(data.decode(), end="")

    def connection_lost(self, exc: Exception | None) -> None:
        self.loop.remove_reader(sys.stdin)
        self.ended.set_result(None)


async def main(host: str, port: str) -> None:
    loop = asyncio.get_running_loop()
    # Equal to: loop.create_connection(Typing, host, port)
    _, protocol = await create_connection(loop, Typing, host, port)
    assert isinstance(protocol, Typing)
    await protocol.ended
    print("Goodbye")


if __name__ == "__main__":
    asyncio.run(main(*sys.argv[1:]))
