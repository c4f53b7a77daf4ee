"""`run` in eight lines: a task that stops its loop when it is done."""

import asyncio
from collections.abc import Coroutine
from typing import Any


def run(main: Coroutine[Any, Any, None]) -> None:
    loop = asyncio.new_event_loop()
    task = loop.create_task(main)
    task.add_done_callback(lambda _: loop.stop())
    try:
        loop.run_forever()
    finally:
        loop.close()
    task.result()  # raises what main raised


async def main() -> None:
    print("Hello")
    await asyncio.sleep(1)
    print("asyncio")


if __name__ == "__main__":
    run(main())
