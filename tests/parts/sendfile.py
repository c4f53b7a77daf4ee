"""The loop's sendfile and sock_sendfile."""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part, put_in_event_loop

ORIGINAL = asyncio.base_events.BaseEventLoop


class OsOfUnixEvents:
    """The module `os`, or what a test put there for asyncio to use."""

    def __getattr__(self, name: str) -> Any:
        return getattr(asyncio.unix_events.os, name)


class WithoutNative(behind.EventLoop):
    """A loop that has no os.sendfile, as asyncio's base has none."""

    _sock_sendfile_native = ORIGINAL._sock_sendfile_native


@contextmanager
def put_in_sendfile() -> Iterator[None]:
    with (
        put_in_event_loop(),
        mock.patch.object(asyncio.base_events, "BaseEventLoop", ORIGINAL),
        mock.patch.object(
            asyncio.selector_events, "BaseSelectorEventLoop", WithoutNative
        ),
        mock.patch.object(behind.files, "os", OsOfUnixEvents()),
    ):
        yield


PART = Part(
    modules=["test_sendfile", "test_base_events", "test_unix_events"],
    select=r"SendfileTests|test_sendfile",
    put_in=put_in_sendfile,
    excepted={},
)
