"""The loop's sendfile and sock_sendfile."""

import asyncio
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

import behind
from parts import Part, put_in_event_loop

# Two tests wait for ever: they count on 3.11's wait_closed not to wait.
NO_WAITING = r"^(?!.*(_native_failure|no_fallback$))"
HANGING = NO_WAITING if sys.version_info < (3, 12) else ""
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
        mock.patch.object(behind.sock_sendfile, "os", OsOfUnixEvents()),
    ):
        yield


def sendfile_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our methods, and why."""
    for test in (
        "blocking_error",
        "cancel1",
        "cancel2",
        "exception",
        "os_error_first_call",
        "os_error_next_call",
    ):
        yield (
            "test_unix_events.SelectorEventLoopUnixSockSendfileTests."
            f"test_sock_sendfile_{test}",
            "calls a private callback",
        )


PART = Part(
    modules=["test_sendfile", "test_base_events", "test_unix_events"],
    select=rf"{HANGING}.*(SendfileTests|test_sendfile)",
    put_in=put_in_sendfile,
    excepted=dict(sendfile_excepted()),
)
