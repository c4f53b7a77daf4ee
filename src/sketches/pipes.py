"""What comes in through one pipe goes out through another, in capitals."""

import asyncio
import os


async def read(fd: int) -> bytes:
    loop = asyncio.get_running_loop()
    readable = loop.create_future()
    loop.add_reader(fd, readable.set_result, None)
    try:
        await readable
    finally:
        loop.remove_reader(fd)
    return os.read(fd, 65536)


async def main() -> None:
    while data := await read(0):  # 0 is the standard input
        os.write(1, data.upper())  # 1 is the standard output


if __name__ == "__main__":
    asyncio.run(main())
