"""Bytes arrive in pieces, and leave as lines, or as many as asked for."""

import asyncio
import copy
from typing import Any, Self, TypeVar

__all__ = ["StreamReader"]

LIMIT = 64 * 1024  # bytes that a line may have

Data = bytes | bytearray
E = TypeVar("E", bound=BaseException)


class StreamReader:
    """A buffer, and a coroutine that waits until there is enough in it.

    The *limit* is the most bytes that readline and readuntil return, the
    separator apart. Above twice the limit, the transport is paused.

    Rebuilds asyncio.StreamReader (Lib/asyncio/streams.py).
    """

    def __init__(
        self,
        limit: int = LIMIT,
        loop: asyncio.AbstractEventLoop | None = None,
    ) -> None:
        if limit <= 0:
            raise ValueError("Limit cannot be <= 0")
        self._limit = limit
        self._loop = asyncio.get_event_loop() if loop is None else loop
        self._buffer = bytearray()
        self._eof = False
        self._exception: BaseException | None = None
        self._waiter: asyncio.Future[None] | None = None
        self._transport: Any = None
        self._paused = False

    def __repr__(self) -> str:
        facts = {
            type(self).__name__: True,
            f"{len(self._buffer)} bytes": self._buffer,
            "eof": self._eof,
            f"limit={self._limit}": self._limit != LIMIT,
            f"waiter={self._waiter!r}": self._waiter,
            f"exception={self._exception!r}": self._exception,
            f"transport={self._transport!r}": self._transport,
            "paused": self._paused,
        }
        return f"<{' '.join(fact for fact, holds in facts.items() if holds)}>"

    def set_transport(self, transport: asyncio.BaseTransport) -> None:
        """Have *transport* to pause when the buffer is too full."""
        self._transport = transport

    def feed_data(self, data: Data) -> None:
        """Add *data*, which has arrived, to the buffer."""
        assert not self._eof, "feed_data after feed_eof"
        self._buffer += data
        self._wake_up()
        if len(self._buffer) > 2 * self._limit:
            self._pause()

    def feed_eof(self) -> None:
        """No more data will arrive."""
        self._eof = True
        self._wake_up()

    def set_exception(self, exc: BaseException) -> None:
        """Have each read raise *exc* from now on."""
        self._exception = exc
        self._wake_up()

    def exception(self) -> BaseException | None:
        """What set_exception has set."""
        return self._exception

    def at_eof(self) -> bool:
        """Whether all has arrived and been read."""
        return self._eof and not self._buffer

    def _wake_up(self) -> None:
        if self._waiter is not None and not self._waiter.done():
            self._waiter.set_result(None)

    async def _wait_for_data(self) -> None:
        """Wait until something is fed."""
        self._check()
        self._resume()  # or what is waited for would never come
        waiter = self._waiter = self._loop.create_future()
        try:
            await waiter
        finally:
            if self._waiter is waiter:  # or it was cancelled, and is forgotten
                self._waiter = None

    def _begin(self, func_name: str) -> None:
        """Begin to read, which takes what comes away from any other one."""
        if self._waiter is not None and not self._waiter.cancelled():
            raise RuntimeError(
                f"{func_name}() called while another coroutine is already "
                "waiting for incoming data"
            )
        self._check()

    def _check(self) -> None:
        if self._exception is not None:
            raise copied(self._exception)

    def _pause(self) -> None:
        if self._transport is None or self._paused:
            return
        try:
            self._transport.pause_reading()
            self._paused = True
        except NotImplementedError:
            self._transport = None  # it cannot pause: ask no more

    def _resume(self) -> None:
        if self._paused:
            self._paused = False
            self._transport.resume_reading()

    def _take(self, n: int | None = None) -> bytes:
        """Up to *n* bytes off the buffer, by default all."""
        data = bytes(self._buffer[:n])
        del self._buffer[:n]
        if len(self._buffer) <= self._limit:
            self._resume()
        return data

    async def read(self, n: int = -1) -> bytes:
        """Read what there is, up to *n* bytes; all to the end if negative.

        Waits until there is something. Returns b'' at the end.
        """
        self._begin("read")
        while not self._eof and (n < 0 or (n > 0 and not self._buffer)):
            await self._wait_for_data()
        return self._take(None if n < 0 else n)

    async def readexactly(self, n: int) -> bytes:
        """Read *n* bytes.

        Raises IncompleteReadError, with what there was, if the end comes
        before; ValueError if *n* is negative.
        """
        if n < 0:
            raise ValueError("readexactly size can not be less than zero")
        self._begin("readexactly")
        while len(self._buffer) < n:
            if self._eof:
                raise asyncio.IncompleteReadError(self._take(), n)
            await self._wait_for_data()
        return self._take(n)

    async def readuntil(
        self, separator: Data | tuple[Data, ...] = b"\n"
    ) -> bytes:
        """Read to the end of *separator*, or of the first of several to end.

        Raises IncompleteReadError, with what there was, if the end comes
        before; LimitOverrunError, and leaves all in the buffer, if there is
        more than the limit before the separator; ValueError if that is empty.
        """
        separators = _separators(separator)
        longest = max(map(len, separators))
        self._begin("readuntil")
        start = 0  # before here no separator begins
        while (found := self._find(separators, start)) is None:
            start = max(0, len(self._buffer) + 1 - longest)
            if start > self._limit:
                raise asyncio.LimitOverrunError(
                    "Separator is not found, and chunk exceed the limit", start
                )
            if self._eof:
                raise asyncio.IncompleteReadError(self._take(), None)
            await self._wait_for_data()
        end, length = found
        if end - length > self._limit:
            raise asyncio.LimitOverrunError(
                "Separator is found, but chunk is longer than limit",
                end - length,
            )
        return self._take(end)

    def _find(
        self, separators: tuple[Data, ...], start: int
    ) -> tuple[int, int] | None:
        """Where the first separator to end ends, and its length."""
        found = [
            (at + len(one), len(one))
            for one in separators
            if (at := self._buffer.find(one, start)) >= 0
        ]
        return min(found, default=None)

    async def readline(self) -> bytes:
        r"""Read a line, with its b'\n'.

        At the end that is missing, and after the end the line is b''. Raises
        ValueError, and drops the line, if it is longer than the limit; what
        has not arrived of it will be the next line.
        """
        try:
            return await self.readuntil(b"\n")
        except asyncio.IncompleteReadError as exc:
            return exc.partial
        except asyncio.LimitOverrunError as exc:
            found = self._buffer.startswith(b"\n", exc.consumed)
            self._take(exc.consumed + 1 if found else None)
            raise ValueError(exc.args[0]) from None

    def __aiter__(self) -> Self:
        return self

    async def __anext__(self) -> bytes:
        line = await self.readline()
        if not line:
            raise StopAsyncIteration
        return line


def _separators(separator: Data | tuple[Data, ...]) -> tuple[Data, ...]:
    separators = separator if isinstance(separator, tuple) else (separator,)
    if not separators:
        raise ValueError("Separator should contain at least one element")
    if not all(separators):
        raise ValueError("Separator should be at least one-byte string")
    return separators


def copied(exc: E) -> E:
    """A copy of *exc*, to be raised where that one is kept.

    An exception that is raised leads to the frames that it has left, and so
    to whoever keeps it. One that cannot be copied comes back as it is.
    """
    try:
        new = copy.copy(exc)
    except Exception:
        return exc
    new.__cause__ = exc.__cause__
    return new.with_traceback(exc.__traceback__)
