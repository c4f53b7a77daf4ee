"""Call functions that block in threads, and wait for them in the loop."""

import asyncio
import contextvars
import socket
import threading
import warnings
from collections.abc import Callable
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from typing import Any, ParamSpec, TypeVar

from behind.debugging import _check_callback
from behind.waiting import wait
from behind.wrapping import wrap_future

__all__ = ["ThreadMethods", "to_thread"]

T = TypeVar("T")
P = ParamSpec("P")


async def to_thread(
    func: Callable[P, T], /, *args: P.args, **kwargs: P.kwargs
) -> T:
    """Call *func* in another thread; return its result, or raise its error.

    It is called in a copy of the current context.

    Rebuilds asyncio.to_thread (Lib/asyncio/threads.py).
    """
    context = contextvars.copy_context()
    call = partial(context.run, func, *args, **kwargs)
    return await asyncio.get_running_loop().run_in_executor(None, call)


class ThreadMethods(asyncio.AbstractEventLoop):
    """The methods of an event loop that have threads do what blocks.

    Put it before the loop's class: `class Loop(ThreadMethods,
    asyncio.SelectorEventLoop): pass`.

    Rebuilds a part of BaseEventLoop (Lib/asyncio/base_events.py).
    """

    _check_closed: Callable[[], None]
    _default_executor: ThreadPoolExecutor | None = None
    _executor_shutdown_called = False

    def run_in_executor(  # type: ignore[override]
        self,
        executor: Executor | None,
        func: Callable[..., T],
        *args: Any,
    ) -> asyncio.Future[T]:
        """Call *func* with *args* in another thread; a future of its result.

        The *executor* is the loop's own pool of threads by default. Raises
        RuntimeError if that has been shut down, or the loop is closed.
        """
        self._check_closed()
        if self.get_debug():
            _check_callback(func)
        if executor is None:
            if self._executor_shutdown_called:
                raise RuntimeError("Executor shutdown has been called")
            if self._default_executor is None:
                self._default_executor = ThreadPoolExecutor(
                    thread_name_prefix="asyncio"
                )
            executor = self._default_executor
        return wrap_future(executor.submit(func, *args), loop=self)

    def set_default_executor(self, executor: Executor) -> None:
        """Have *executor* instead of the loop's own pool of threads.

        Raises TypeError for any but a ThreadPoolExecutor.
        """
        if not isinstance(executor, ThreadPoolExecutor):
            raise TypeError("executor must be ThreadPoolExecutor instance")
        self._default_executor = executor

    async def shutdown_default_executor(
        self, timeout: float | None = None
    ) -> None:
        """Take no more calls, and wait until those in threads have returned.

        After *timeout* seconds it warns, and leaves the threads to themselves.
        """
        self._executor_shutdown_called = True
        if self._default_executor is None:
            return
        joined = self.create_future()
        thread = threading.Thread(target=self._join, args=(joined,))
        thread.start()
        await wait([joined], timeout=timeout)
        if joined.done():
            thread.join()
        else:
            warnings.warn(
                "The executor did not finishing joining its threads within "
                f"{timeout} seconds.",
                RuntimeWarning,
                stacklevel=2,
            )

    def _join(self, joined: asyncio.Future[None]) -> None:
        assert self._default_executor is not None
        self._default_executor.shutdown(wait=True)
        with suppress(RuntimeError):  # the loop is closed by now
            self.call_soon_threadsafe(joined.set_result, None)

    def close(self) -> None:
        """Drop all that is left, and take no more; wait for no thread."""
        super().close()
        if self._default_executor is not None:
            self._default_executor.shutdown(wait=False)
            self._default_executor = None

    async def getaddrinfo(
        self,
        host: str | bytes | None,
        port: str | bytes | int | None,
        *,
        family: int = 0,
        type: int = 0,
        proto: int = 0,
        flags: int = 0,
    ) -> list[Any]:
        """Like socket.getaddrinfo, in another thread."""
        return await self.run_in_executor(
            None, socket.getaddrinfo, host, port, family, type, proto, flags
        )

    async def getnameinfo(
        self, sockaddr: Any, flags: int = 0
    ) -> tuple[str, str]:
        """Like socket.getnameinfo, in another thread."""
        return await self.run_in_executor(
            None, socket.getnameinfo, sockaddr, flags
        )
