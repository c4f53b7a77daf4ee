"""A conversation as a coroutine: a protocol feeds what it reads."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any


class Reader:
    def __init__(self) -> None:
        self.buffer = b""
        self.eof = False
        self.fed = asyncio.Event()

    def feed(self, data: bytes) -> None:
        self.buffer += data
        self.eof = not data
        self.fed.set()

    async def readline(self) -> bytes:
        while b"\n" not in self.buffer and not self.eof:
            self.fed.clear()
            await self.fed.wait()
        line, newline, self.buffer = self.buffer.partition(b"\n")
        return line + newline


Talk = Callable[[Reader, asyncio.WriteTransport], Coroutine[Any, Any, None]]


class Protocol(asyncio.Protocol):
    def __init__(self, talk: Talk) -> None:
        self.talk = talk

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        assert isinstance(transport, asyncio.WriteTransport)
        self.reader = Reader()
        self.task = asyncio.create_task(self.talk(self.reader, transport))

    def data_received(self, data: bytes) -> None:
        self.reader.feed(data)

    def eof_received(self) -> bool:
        self.reader.feed(b"")
        return True  # the transport stays open for the answer


async def talk(reader: Reader, writer: asyncio.WriteTransport) -> None:
    writer.write(b"What is your name?\n")
    name = await reader.readline()
    writer.write(b"What do you like?\n")
    what = await reader.readline()
    writer.write(name.strip() + b" likes " + what)
    writer.close()


async def main() -> None:
    loop = asyncio.get_running_loop()
    # Equal to: asyncio.start_server(talk, "localhost", 5566)
    server = await loop.create_server(
        lambda: Protocol(talk), "localhost", 5566
    )
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(main())
    except KeyboardInterrupt:
        pass
