"""Join a transport to a reader and a writer, for a client or a server."""

import asyncio
from collections.abc import Callable, Sequence
from functools import partial
from os import PathLike
from typing import Any

from behind.readers import LIMIT, StreamReader
from behind.writers import FlowControlMixin, StreamWriter

__all__ = [
    "StreamReaderProtocol",
    "open_connection",
    "open_unix_connection",
    "start_server",
    "start_unix_server",
]

ClientConnected = Callable[[StreamReader, StreamWriter], Any]
Path = str | PathLike[str]
Streams = tuple[StreamReader, StreamWriter]


class StreamReaderProtocol(FlowControlMixin):
    """The protocol that feeds *stream_reader*.

    A server's has *client_connected_cb*: it is called with the reader and a
    writer when the connection is made. If it returns a coroutine, that
    becomes a task.

    Rebuilds asyncio.StreamReaderProtocol (Lib/asyncio/streams.py).
    """

    def __init__(
        self,
        stream_reader: StreamReader,
        client_connected_cb: ClientConnected | None = None,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        super().__init__(loop)
        self._stream_reader = stream_reader
        self._client_connected_cb = client_connected_cb
        self._closed: asyncio.Future[None] = self._loop.create_future()

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self._replace_transport(transport)
        if self._client_connected_cb is not None:
            self._serve(self._client_connected_cb)

    def _replace_transport(self, transport: asyncio.BaseTransport) -> None:
        self._transport = transport
        self._stream_reader.set_transport(transport)
        self._over_ssl = transport.get_extra_info("sslcontext") is not None

    def data_received(self, data: bytes) -> None:
        self._stream_reader.feed_data(data)

    def eof_received(self) -> bool:
        self._stream_reader.feed_eof()
        return not self._over_ssl  # True: stay open for writing

    def connection_lost(self, exc: Exception | None) -> None:
        if exc is None:
            self._stream_reader.feed_eof()
        else:
            self._stream_reader.set_exception(exc)
        self._end_closed(exc)
        super().connection_lost(exc)

    def _end_closed(self, exc: Exception | None) -> None:
        if self._closed.done():
            return
        if exc is None:
            self._closed.set_result(None)
        else:
            self._closed.set_exception(exc)
            self._closed.exception()  # nobody has to ask for it

    def _get_close_waiter(self, stream: StreamWriter) -> asyncio.Future[None]:
        return self._closed

    def _serve(self, client_connected_cb: ClientConnected) -> None:
        reader = self._stream_reader
        writer = StreamWriter(self._transport, self, reader, self._loop)
        try:
            result = client_connected_cb(reader, writer)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._fail(exc)
        else:
            if asyncio.iscoroutine(result):
                task = self._loop.create_task(result)
                self._task: asyncio.Task[Any] | None = (
                    task  # the loop's is weak
                )
                task.add_done_callback(self._task_done)

    def _task_done(self, task: asyncio.Task[Any]) -> None:
        self._task = None  # it has the writer, which has the protocol
        if task.cancelled():
            self._transport.close()
        elif (exc := task.exception()) is not None:
            self._fail(exc)

    def _fail(self, exc: BaseException) -> None:
        self._loop.call_exception_handler(
            {
                "message": "Unhandled exception in client_connected_cb",
                "exception": exc,
                "transport": self._transport,
            }
        )
        self._transport.close()


async def open_connection(
    host: str | None = None,
    port: int | str | None = None,
    *,
    limit: int = LIMIT,
    **kwds: Any,
) -> Streams:
    """Connect; return a reader and a writer.

    All but *limit*, in bytes, goes to loop.create_connection, which also says
    what is raised.

    Rebuilds asyncio.open_connection (Lib/asyncio/streams.py).
    """
    connect = asyncio.get_running_loop().create_connection
    return await _open(limit, connect, host, port, **kwds)


async def open_unix_connection(
    path: Path | None = None, *, limit: int = LIMIT, **kwds: Any
) -> Streams:
    """Connect to the socket at *path*; return a reader and a writer.

    All but *limit*, in bytes, goes to loop.create_unix_connection.

    Rebuilds asyncio.open_unix_connection (Lib/asyncio/streams.py).
    """
    connect = asyncio.get_running_loop().create_unix_connection
    return await _open(limit, connect, path, **kwds)


async def _open(
    limit: int, connect: Callable[..., Any], *args: Any, **kwds: Any
) -> Streams:
    loop = asyncio.get_running_loop()
    reader = StreamReader(limit, loop)
    protocol = StreamReaderProtocol(reader, loop=loop)
    transport, _ = await connect(lambda: protocol, *args, **kwds)
    return reader, StreamWriter(transport, protocol, reader, loop)


async def start_server(
    client_connected_cb: ClientConnected,
    host: str | Sequence[str] | None = None,
    port: int | str | None = None,
    *,
    limit: int = LIMIT,
    **kwds: Any,
) -> Any:
    """Serve each connection with a call of *client_connected_cb*.

    It takes a reader and a writer, and may be a coroutine function. All but
    *limit*, in bytes, goes to loop.create_server, whose Server is returned.

    Rebuilds asyncio.start_server (Lib/asyncio/streams.py).
    """
    factory = partial(_server_protocol, client_connected_cb, limit)
    listen: Any = asyncio.get_running_loop().create_server
    return await listen(factory, host, port, **kwds)


async def start_unix_server(
    client_connected_cb: ClientConnected,
    path: Path | None = None,
    *,
    limit: int = LIMIT,
    **kwds: Any,
) -> Any:
    """Serve each connection to the socket at *path*, as start_server does.

    All but *limit*, in bytes, goes to loop.create_unix_server.

    Rebuilds asyncio.start_unix_server (Lib/asyncio/streams.py).
    """
    factory = partial(_server_protocol, client_connected_cb, limit)
    listen: Any = asyncio.get_running_loop().create_unix_server
    return await listen(factory, path, **kwds)


def _server_protocol(
    client_connected_cb: ClientConnected, limit: int
) -> StreamReaderProtocol:
    return StreamReaderProtocol(StreamReader(limit), client_connected_cb)
