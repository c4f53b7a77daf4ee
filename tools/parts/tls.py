"""TLS: transports of plain text, on the whole loop."""

from asyncio import sslproto
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part, put_in_event_loop


@contextmanager
def put_in_tls() -> Iterator[None]:
    """Our loop; and our transport where a test looks for asyncio's."""
    with (
        put_in_event_loop(),
        mock.patch.object(sslproto, "SSLProtocol", behind.SSLTransport),
    ):
        yield


PART = Part(
    modules=["test_ssl", "test_sslproto", "test_events", "test_streams"],
    # Those left out look into asyncio's transport, and hang without it.
    select=r"test_ssl\.(?!.*(flush_before|trailing_data))|"
    r"test_sslproto\.Selector|test_events.*ssl|"
    r"test_streams.*(ssl|tls)",
    put_in=put_in_tls,
)
