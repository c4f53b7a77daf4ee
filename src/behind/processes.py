"""A process with streams: write to it, read from it, wait for its end."""

import asyncio
from functools import partial
from typing import Any

from behind.readers import LIMIT, StreamReader
from behind.writers import FlowControlMixin, StreamWriter

__all__ = [
    "Process",
    "SubprocessStreamProtocol",
    "create_subprocess_exec",
    "create_subprocess_shell",
]


async def create_subprocess_exec(
    program: Any,
    *args: Any,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int = LIMIT,
    **kwds: Any,
) -> "Process":
    """Run *program* with *args*, as a Process.

    *limit* is that of the StreamReaders, in bytes. All else goes to
    loop.subprocess_exec, which also says what is raised.

    Rebuilds asyncio.create_subprocess_exec (Lib/asyncio/subprocess.py).
    """
    kwds |= {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    loop = asyncio.get_running_loop()
    factory = partial(SubprocessStreamProtocol, limit, loop)
    return Process(
        *await loop.subprocess_exec(factory, program, *args, **kwds)
    )


async def create_subprocess_shell(
    cmd: str | bytes,
    stdin: Any = None,
    stdout: Any = None,
    stderr: Any = None,
    limit: int = LIMIT,
    **kwds: Any,
) -> "Process":
    """Have a shell run *cmd*, as a Process.

    The rest is as for create_subprocess_exec.

    Rebuilds asyncio.create_subprocess_shell (Lib/asyncio/subprocess.py).
    """
    kwds |= {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    loop = asyncio.get_running_loop()
    factory = partial(SubprocessStreamProtocol, limit, loop)
    return Process(*await loop.subprocess_shell(factory, cmd, **kwds))


class SubprocessStreamProtocol(FlowControlMixin, asyncio.SubprocessProtocol):
    """The protocol that has a stream for each pipe of a process.

    *limit*, in bytes, is that of the StreamReaders.

    Rebuilds asyncio.subprocess.SubprocessStreamProtocol
    (Lib/asyncio/subprocess.py).
    """

    def __init__(self, limit: int, loop: asyncio.AbstractEventLoop) -> None:
        super().__init__(loop)
        self._limit = limit
        self._left = 1  # to end: the process, and each pipe that we read
        self._stdin_closed = loop.create_future()

    def connection_made(self, transport: Any) -> None:
        self._transport = transport
        self.stdin = self._writer()
        self.stdout = self._reader(1)
        self.stderr = self._reader(2)

    def _writer(self) -> StreamWriter | None:
        pipe = self._transport.get_pipe_transport(0)
        return pipe and StreamWriter(pipe, self, None, self._loop)

    def _reader(self, fd: int) -> StreamReader | None:
        pipe = self._transport.get_pipe_transport(fd)
        if pipe is None:
            return None
        self._left += 1
        reader = StreamReader(self._limit, self._loop)
        reader.set_transport(pipe)
        return reader

    def pipe_data_received(self, fd: int, data: bytes) -> None:
        self._stream(fd).feed_data(data)

    def pipe_connection_lost(self, fd: int, exc: Exception | None) -> None:
        if fd == 0:
            self._stdin_lost(exc)
            return
        if exc is None:
            self._stream(fd).feed_eof()
        else:
            self._stream(fd).set_exception(exc)
        self._one_ended()

    def _stream(self, fd: int) -> Any:
        return self.stdout if fd == 1 else self.stderr

    def _stdin_lost(self, exc: Exception | None) -> None:
        self.connection_lost(exc)
        if exc is None:
            self._stdin_closed.set_result(None)
        else:
            self._stdin_closed.set_exception(exc)
            self._stdin_closed.exception()  # nobody has to ask for it

    def _get_close_waiter(self, stream: StreamWriter) -> asyncio.Future[None]:
        return self._stdin_closed

    def process_exited(self) -> None:
        self._one_ended()

    def _one_ended(self) -> None:
        self._left -= 1
        if not self._left:
            self._transport.close()
            self.stdin = None  # it has this protocol: a cycle


class Process:
    """A process that runs, or has run.

    *stdin* is a StreamWriter, *stdout* and *stderr* are StreamReaders; each is
    None where there is no pipe.

    Rebuilds asyncio.subprocess.Process (Lib/asyncio/subprocess.py).
    """

    def __init__(
        self, transport: Any, protocol: SubprocessStreamProtocol
    ) -> None:
        self._transport = transport
        self.stdin = protocol.stdin
        self.stdout = protocol.stdout
        self.stderr = protocol.stderr
        self.pid: int = transport.get_pid()

    def __repr__(self) -> str:
        return f"<{type(self).__name__} {self.pid}>"

    @property
    def returncode(self) -> int | None:
        """What it returned, or -N if signal N ended it; None if it runs."""
        code: int | None = self._transport.get_returncode()
        return code

    async def wait(self) -> int:
        """Wait until it has ended; return its returncode.

        It may never end while a pipe is full that nobody reads.
        """
        code: int = await self._transport._wait()
        return code

    def send_signal(self, signal: int) -> None:
        """Send it a signal. Raises ProcessLookupError when it is gone."""
        self._transport.send_signal(signal)

    def terminate(self) -> None:
        """Ask it to end, with SIGTERM."""
        self._transport.terminate()

    def kill(self) -> None:
        """End it, with SIGKILL."""
        self._transport.kill()

    async def communicate(
        self, input: bytes | None = None
    ) -> tuple[bytes | None, bytes | None]:
        """Write *input*, read all output, and wait until it has ended.

        Returns what came through *stdout* and *stderr*, None where there is
        no pipe. If cancelled, it leaves the process as it is.
        """
        if self.stdin is not None:
            self.stdin.write(input or b"")
            self.stdin.close()  # when all of it has been written
        stdout, stderr = await asyncio.gather(
            _read(self.stdout), _read(self.stderr)
        )
        await self.wait()
        return stdout, stderr


async def _read(stream: StreamReader | None) -> bytes | None:
    return None if stream is None else await stream.read()
