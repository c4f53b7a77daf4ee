"""Transports of plain text on transports of TLS."""

import asyncio
import ssl
from asyncio.selector_events import _SelectorSocketTransport
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from unittest import mock

from behind.tls import SSLTransport, TLSMethods
from parts import Part, put_in_event_loop


def make(
    loop: Any,
    rawsock: Any,
    protocol: Any,
    sslcontext: Any,
    waiter: Any = None,
    *,
    server_side: bool = False,
    server_hostname: str | None = None,
    extra: Any = None,
    server: Any = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> SSLTransport:
    if sslcontext is True:
        sslcontext = ssl.create_default_context()
    tls = SSLTransport(
        loop,
        protocol,
        sslcontext,
        waiter,
        server_side=server_side,
        server_hostname=server_hostname,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    _SelectorSocketTransport(loop, rawsock, tls, extra=extra, server=server)
    return tls


@contextmanager
def put_in_tls() -> Iterator[None]:
    loop = asyncio.SelectorEventLoop
    with (
        mock.patch.object(loop, "_make_ssl_transport", make),
        mock.patch.object(loop, "start_tls", TLSMethods.start_tls),
    ):
        yield


PART = Part(
    modules=["test_ssl", "test_sslproto", "test_events", "test_streams"],
    select=r"test_ssl\.|test_sslproto|test_events.*ssl|test_streams.*ssl",
    put_in=put_in_event_loop,
)
