"""The methods sock_* of a loop."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


class SocketLoop(behind.SocketMethods, asyncio.SelectorEventLoop):
    """asyncio's loop with our `sock_*` methods."""


@contextmanager
def put_in_sock() -> Iterator[None]:
    with mock.patch.object(asyncio, "SelectorEventLoop", SocketLoop):
        yield


PART = Part(
    modules=["test_sock_lowlevel"],
    select=r"Tests\.",
    put_in=put_in_sock,
)
