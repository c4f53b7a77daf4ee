"""The whole loop with all that waits on it: each test is counted once.

These are CPython's tests of all that serves, and of all that tasks wait with.
Left out are the tests of asyncio's own classes for handles, policies and
watchers, and of its transports with a mock for their socket.
"""

import asyncio
import importlib
import selectors
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from unittest import mock

import behind
from parts import LoggerOfBaseEvents, Part
from parts.connections import connections_excepted, put_in_connections
from parts.create_server import (
    PRIVATE,
    create_server_excepted,
    put_in_create_server,
)
from parts.datagrams import datagrams_excepted, put_in_datagrams
from parts.loops import NO_LOCK, loops_excepted
from parts.sendfile import HANGING, put_in_sendfile, sendfile_excepted
from parts.subprocesses import put_in_subprocesses, subprocesses_excepted

WAITING = [
    importlib.import_module(f"parts.{name}").PART
    for name in (
        "completing",
        "conditions",
        "gathering",
        "groups",
        "locks",
        "queues",
        "shielding",
        "sleeping",
        "streams",
        "tasks",
        "timeouts",
        "wait",
        "wait_for",
        "wrapping",
    )
]
"""The parts that are functions and classes, and no methods of the loop."""


@contextmanager
def put_in_whole() -> Iterator[None]:
    with ExitStack() as stack:
        for put_in in (
            put_in_connections,
            put_in_create_server,
            put_in_datagrams,
            put_in_subprocesses,
            put_in_sendfile,
            *(part.put_in for part in WAITING),
        ):
            stack.enter_context(put_in())
        for module, name, ours in (
            (asyncio.sslproto, "SSLProtocol", behind.SSLTransport),
            (asyncio, "to_thread", behind.to_thread),
            (behind.debugging, "logger", LoggerOfBaseEvents()),
        ):
            stack.enter_context(mock.patch.object(module, name, ours))
        yield


def whole_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our loop, and why."""
    for excepted in (
        connections_excepted,
        create_server_excepted,
        datagrams_excepted,
        loops_excepted,
        sendfile_excepted,
        subprocesses_excepted,
    ):
        for test, reason in excepted():
            if "multiple_hosts" not in test:  # here our create_server is whole
                yield test, reason
    base = "test_base_events.BaseEventLoopWithSelectorTests.test_accept"
    for test in "exception", "retry":
        yield f"{base}_connection_{test}", "calls a private method"
    for part in WAITING:
        yield from part.excepted.items()


UNFIT = f"{NO_LOCK}|{PRIVATE}|flush_before|trailing_data|Proactor"
"""Tests that would wait for ever, or are of another loop."""


def tests_of(part: Part) -> str:
    """A regular expression for the tests of *part*, and for no others."""
    modules = "|".join(part.modules)
    return rf"^(?!.*({UNFIT}))(?=({modules})\.)(?=.*({part.select}))"


SERVING = Part(
    modules=[
        "test_events",
        "test_sock_lowlevel",
        "test_server",
        "test_streams",
        "test_subprocess",
        "test_sendfile",
        "test_buffered_proto",
        "test_unix_events",
        "test_ssl",
        "test_sslproto",
        "test_base_events",
    ],
    select=rf"{HANGING}("
    r"test_events.*(Select|Poll|EPoll|Kqueue)EventLoopTests|"
    r"test_(sock_lowlevel|server|streams|sendfile|buffered_proto|ssl)\.|"
    r"test_subprocess.Subprocess(Threaded|Pidfd)|"
    r"test_unix_events.(TestFu|TestFork|SelectorEventLoopUnix)|"
    r"test_sslproto.*StartTLS|"
    r"test_base_events.*WithSelector)",
    put_in=put_in_whole,
    excepted=dict(whole_excepted()),
)

PARTS = [SERVING, *WAITING]

PART = Part(
    modules=list(dict.fromkeys(m for part in PARTS for m in part.modules)),
    select="|".join(map(tests_of, PARTS)),
    put_in=SERVING.put_in,
    excepted=SERVING.excepted,
    in_detail=True,
)


def with_selector(name: str) -> Part:
    """What serves, with another selector where a test does not choose one."""

    @contextmanager
    def put_in() -> Iterator[None]:
        selector = getattr(selectors, name)
        with (
            SERVING.put_in(),
            mock.patch.object(selectors, "DefaultSelector", selector),
        ):
            yield

    chosen = r"(Select|Poll|EPoll|Kqueue)EventLoopTests"
    return replace(
        PART,
        select=rf"^(?!.*{chosen}){tests_of(SERVING)}",
        put_in=put_in,
        in_detail=False,
    )
