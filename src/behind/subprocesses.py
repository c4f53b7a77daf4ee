"""Start a process, and tell a protocol what becomes of it."""

import asyncio
import os
import signal
import subprocess
import warnings
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from subprocess import PIPE
from typing import Any, TypeVar

from behind.children import watch_child

__all__ = ["SubprocessTransport", "subprocess_exec", "subprocess_shell"]

P = TypeVar("P", bound=asyncio.BaseProtocol)
BYTES_ONLY = "universal_newlines", "text", "encoding", "errors", "bufsize"


async def subprocess_exec(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    program: Any,
    *args: Any,
    stdin: Any = PIPE,
    stdout: Any = PIPE,
    stderr: Any = PIPE,
    **options: Any,
) -> tuple["SubprocessTransport", P]:
    """Run *program* with *args*; return transport and new protocol.

    *stdin*, *stdout* and *stderr* are what subprocess.Popen takes: None is
    this process's own, PIPE a new pipe. So are the other options. Raises
    what Popen raises, and ValueError for options that are about text.

    Rebuilds loop.subprocess_exec (Lib/asyncio/base_events.py).
    """
    options |= {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    command = (program, *args)
    return await _start(loop, protocol_factory, command, False, options)


async def subprocess_shell(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    cmd: str | bytes,
    *,
    stdin: Any = PIPE,
    stdout: Any = PIPE,
    stderr: Any = PIPE,
    **options: Any,
) -> tuple["SubprocessTransport", P]:
    """Have a shell run *cmd*; return transport and new protocol.

    The rest is as with subprocess_exec.

    Rebuilds loop.subprocess_shell (Lib/asyncio/base_events.py).
    """
    options |= {"stdin": stdin, "stdout": stdout, "stderr": stderr}
    _refuse(not isinstance(cmd, str | bytes), "cmd must be a string")
    return await _start(loop, protocol_factory, cmd, True, options)


async def _start(
    loop: asyncio.AbstractEventLoop,
    protocol_factory: Callable[[], P],
    command: Any,
    shell: bool,
    options: dict[str, Any],
) -> tuple["SubprocessTransport", P]:
    protocol = protocol_factory()
    process = _open(command, shell, options)
    transport = SubprocessTransport(loop, process, protocol)
    await transport._connect()
    return transport, protocol


def _open(
    command: Any, shell: bool, options: dict[str, Any]
) -> subprocess.Popen[bytes]:
    _refuse(options.pop("shell", shell) != shell, f"shell must be {shell}")
    for name in BYTES_ONLY:
        is_set = bool(options.pop(name, None))
        _refuse(is_set, f"{name} cannot be set: pipes carry bytes as they are")
    return subprocess.Popen(command, shell=shell, bufsize=0, **options)


def _refuse(is_wrong: bool, why: str) -> None:
    if is_wrong:
        raise ValueError(why)


class SubprocessTransport(asyncio.SubprocessTransport):
    """A process, its pipes, and *protocol*, which hears of them.

    get_extra_info knows 'subprocess', the Popen.

    Rebuilds BaseSubprocessTransport (Lib/asyncio/base_subprocess.py).
    """

    def __init__(
        self,
        loop: asyncio.AbstractEventLoop,
        process: subprocess.Popen[bytes],
        protocol: asyncio.BaseProtocol,
    ) -> None:
        super().__init__({"subprocess": process})
        self._loop = loop
        self._proc = process
        self._protocol: Any = protocol
        self._pipes: dict[int, Any] = {}  # the transports
        self._left = 1 + len(dict(self._files()))  # to end: process and pipes
        self._connected = loop.create_future()
        self._exited = loop.create_future()
        self._closed = False
        self._call(protocol.connection_made, self)
        watch_child(loop, process, self._process_exited)

    def __repr__(self) -> str:
        pid, returncode = self._proc.pid, self._proc.returncode
        return f"<{type(self).__name__} {pid=} {returncode=}>"

    def _files(self) -> Iterator[tuple[int, Any]]:
        """Our end of each pipe, by the number that it has in the process."""
        files = self._proc.stdin, self._proc.stdout, self._proc.stderr
        return ((fd, file) for fd, file in enumerate(files) if file)

    async def _connect(self) -> None:
        """Connect all pipes; connection_made() has been called then."""
        try:
            for fd, file in self._files():
                await self._connect_pipe(fd, file)
            self._connected.set_result(None)
            await asyncio.sleep(0)
        except BaseException:
            self.close()
            await self._wait()
            raise

    async def _connect_pipe(self, fd: int, file: Any) -> None:
        connect: Any = self._loop.connect_read_pipe
        if fd == 0:
            connect = self._loop.connect_write_pipe
        factory = partial(PipeProtocol, self, fd)
        self._pipes[fd], _ = await connect(factory, file)

    def _call(self, callback: Callable[..., object], *args: Any) -> None:
        """Call soon, but not before all pipes are connected."""
        self._connected.add_done_callback(lambda _: callback(*args))

    def _process_exited(self, returncode: int) -> None:
        self._exited.set_result(returncode)
        self._call(self._protocol.process_exited)
        self._one_ended()

    def _one_ended(self) -> None:
        self._left -= 1
        if not self._left:
            self._call(self._call_connection_lost)

    def _call_connection_lost(self) -> None:
        try:
            self._protocol.connection_lost(None)
        finally:
            self._protocol = None  # it has the transport: this ends the cycle

    async def _wait(self) -> int:
        """Wait until the process has ended; return its code."""
        code: int = await asyncio.shield(self._exited)
        return code

    def get_protocol(self) -> asyncio.BaseProtocol:
        protocol: asyncio.BaseProtocol = self._protocol
        return protocol

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self._protocol = protocol

    def get_pid(self) -> int:
        return self._proc.pid

    def get_returncode(self) -> int | None:
        return self._exited.result() if self._exited.done() else None

    def get_pipe_transport(self, fd: int) -> Any:
        return self._pipes.get(fd)

    def send_signal(self, signal: int) -> None:
        if not self._left:
            raise ProcessLookupError
        if self._proc.returncode is None:
            os.kill(self._proc.pid, signal)

    def terminate(self) -> None:
        self.send_signal(signal.SIGTERM)

    def kill(self) -> None:
        self.send_signal(signal.SIGKILL)

    def is_closing(self) -> bool:
        return self._closed

    def close(self) -> None:
        self._closed = True
        self._kill()
        for fd, file in self._files():
            self._pipes.get(fd, file).close()

    def _kill(self) -> None:
        if self._proc.returncode is None:
            with suppress(PermissionError):  # it has become another user's
                self._proc.kill()

    def __del__(self) -> None:
        if not self._closed:
            message = f"unclosed transport {self!r}"
            warnings.warn(message, ResourceWarning, source=self)
            self._kill()


class PipeProtocol(asyncio.Protocol):
    """What a process says in one pipe, and that the pipe has ended."""

    def __init__(self, process: SubprocessTransport, fd: int) -> None:
        self._process = process
        self._fd = fd

    def data_received(self, data: bytes) -> None:
        protocol = self._process._protocol
        self._process._call(protocol.pipe_data_received, self._fd, data)

    def connection_lost(self, exc: Exception | None) -> None:
        protocol = self._process._protocol
        self._process._call(protocol.pipe_connection_lost, self._fd, exc)
        self._process._one_ended()

    def pause_writing(self) -> None:
        self._process._protocol.pause_writing()

    def resume_writing(self) -> None:
        self._process._protocol.resume_writing()
