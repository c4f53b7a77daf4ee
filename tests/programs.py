"""Programs drawn at random, and what each does on asyncio and on ours.

`programs` draws the source of one, as a maintainer would write it. `told`
runs it, on a clock that leaps instead of waiting, and returns all that can be
seen: what each task got, in which order and when, how it ended, and what was
logged.
"""

import asyncio
import contextlib
import gc
import logging
import re
import selectors
import socket
import sys
import textwrap
import warnings
from collections.abc import AsyncIterator, Callable, Iterator
from types import ModuleType
from typing import Any

from hypothesis import strategies as st

import behind

TURNS = 2000
"""So many turns no program has that ends: it spins."""

NAMES = [
    "Barrier",
    "CancelledError",
    "Condition",
    "Event",
    "Lock",
    "Queue",
    "Semaphore",
    "StreamReader",
    "TaskGroup",
    "create_task",
    "current_task",
    "gather",
    "open_connection",
    "shield",
    "sleep",
    "timeout",
    "wait",
    "wait_for",
]


class StuckError(Exception):
    """Nothing is left that could happen, or too much happens."""


class LeapingSelector(selectors.DefaultSelector):
    """Where it would wait, its clock leaps to the time of the next timer."""

    def __init__(self) -> None:
        super().__init__()
        self.now = 0.0
        self.turns = 0

    def select(self, timeout: float | None = None) -> Any:
        self.turns += 1
        ready = super().select(0)
        if self.turns > TURNS or (timeout is None and not ready):
            raise StuckError
        if not ready:
            self.now += max(timeout or 0, 0)
        return ready


class Story(logging.Handler):
    """What a program tells, in its order; and what was logged, in no order.

    When an exception that nobody has asked for is logged depends on when
    Python deletes the future, and that is another thing.
    """

    def __init__(self, lib: ModuleType, selector: LeapingSelector) -> None:
        super().__init__()
        self.lib = lib
        self.selector = selector
        self.ended = False
        self.lines: list[str] = []
        self.logged: list[str] = []

    def say(self, *things: object) -> None:
        """Note who says it, and when."""
        if not self.ended:
            task = self.lib.current_task()
            name = task.get_name() if task else "callback"
            name = re.sub("Task-.*", "main", name)
            self.lines.append(f"{self.selector.now:g} {name}: {things!r}")

    async def whole(self, main: Callable[[], Any]) -> Any:
        """Call *main*, and listen until it has ended: who is left then is
        cancelled in no order. What *main* returns is kept for so long."""
        try:
            kept = await main()
            gc.collect()
            return kept
        finally:
            self.ended = True

    def emit(self, record: logging.LogRecord) -> None:
        message = record.getMessage().partition("\n")[0]
        message = message.partition(" in callback ")[0]
        error = record.exc_info[1] if record.exc_info else None
        if not self.ended:
            self.logged.append(f"logged: {message} {error!r}")

    def note(self, unraisable: Any) -> None:
        if not self.ended:
            self.logged.append(f"ignored: {unraisable.exc_value!r}")


class PromptGroup(behind.TaskGroup):
    """Ends at once when it has cancelled its block: not a turn later."""

    async def _wait(self) -> None:
        while self._tasks:
            self._waiter = self._loop.create_future()
            await self._listen_in(self._waiter)


LIKE_ASYNCIO = {"TaskGroup": PromptGroup}
"""What programs get in place of a part of ours that is known to differ."""


def told(
    source: str, lib: ModuleType, *, like_asyncio: bool = True
) -> list[str]:
    """All that can be seen of the program *source*.

    Its tasks, its loop and so on are those of *lib*, asyncio or behind; with
    *like_asyncio*, ours are without the differences that are known.
    """
    selector = LeapingSelector()
    story = Story(lib, selector)
    names = {name: getattr(lib, name) for name in NAMES}
    if lib is behind and like_asyncio:
        names |= LIKE_ASYNCIO
    namespace = names | {
        "Protocol": asyncio.Protocol,
        "get_running_loop": asyncio.get_running_loop,
        "keep_open": True,
        "outcome": outcome,
        "received": received,
        "pair": pair,
        "say": story.say,
        "spawned": spawned,
    }
    with listening(story):
        exec(compile(source, "<program>", "exec"), namespace)
        run(lib, selector, story.whole(namespace.pop("main")))
        del namespace
        gc.collect()
    return story.lines + sorted(story.logged)


@contextlib.contextmanager
def listening(handler: Story) -> Iterator[None]:
    logger = logging.getLogger("asyncio")
    before = logger.propagate
    logger.addHandler(handler)
    logger.propagate = False
    gc.disable()
    gc.freeze()  # so that to collect takes no time
    sys.unraisablehook = handler.note
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # what is left open, and so on
            yield
    finally:
        sys.unraisablehook = sys.__unraisablehook__
        gc.unfreeze()
        gc.enable()
        logger.propagate = before
        logger.removeHandler(handler)


def run(lib: ModuleType, selector: LeapingSelector, main: Any) -> None:
    def new_loop() -> Any:
        loop = lib.SelectorEventLoop(selector)
        loop.time = lambda: selector.now
        return loop

    with (
        contextlib.suppress(StuckError),
        lib.Runner(loop_factory=new_loop) as runner,
    ):
        runner.run(main)


def pair() -> tuple[socket.socket, socket.socket]:
    """Two connected sockets with little room between them."""
    here, there = socket.socketpair()
    for sock in here, there:
        sock.setblocking(False)
        sock.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, 4096)
    return here, there


@contextlib.asynccontextmanager
async def spawned(
    group: Any, *functions: Callable[[], Any]
) -> AsyncIterator[None]:
    """A task of *group* for each of the *functions*."""
    for function in functions:
        group.create_task(function(), name=function.__name__)
    yield


async def received(there: socket.socket) -> int:
    """How many bytes come within some turns."""
    size = 0
    for _ in range(40):
        with contextlib.suppress(BlockingIOError):
            size += len(there.recv(100_000))
        await asyncio.sleep(0)
    return size


def outcome(task: Any) -> object:
    """How *task* has ended, or that it has not."""
    if not task.done():
        return "pending"
    if task.cancelled():
        return "cancelled"
    return task.exception() or task.result()


Lines = list[str]
Block = st.SearchStrategy[Lines]


class Family:
    """A kind of programs: what `main` makes, and what its tasks may do.

    Of *steps* each is an expression, and of *blocks* each a header. With
    *only_a*, task a takes such steps, and no other task does.
    """

    def __init__(
        self, setup: str, steps: str, blocks: str = "", only_a: str = ""
    ) -> None:
        self.setup = lines(setup)
        self.steps = lines(steps)
        self.blocks = lines(blocks)
        self.only_a = lines(only_a)


def lines(text: str) -> Lines:
    return textwrap.dedent(text).strip().splitlines() if text else []


TASKS = Family(
    "",
    """
    await sleep(0)
    await sleep(1)
    await c()
    await tasks["b"]
    await shield(tasks["b"])
    await wait_for(c(), 1)
    await wait_for(tasks["b"], 1)
    await gather(c(), d())
    await gather(c(), d(), return_exceptions=True)
    await gather(tasks["b"], c())
    len(await wait([tasks["a"], tasks["b"]], timeout=1))
    tasks["a"].cancel()
    tasks["b"].cancel("why")
    tasks["b"].done()
    current_task().cancel()
    current_task().cancelling()
    current_task().uncancel()
    """,
    """
    async with timeout(1):
    async with timeout(0):
    async with TaskGroup() as group, spawned(group, c, d):
    for n in range(3):
    """,
)
ENDS = ["raise KeyError", "return 1"]
FAMILIES = {
    "tasks": TASKS,
    "queues": Family(
        "queue = Queue(1)",
        """
        await queue.get()
        await queue.put("one")
        await queue.join()
        queue.get_nowait()
        queue.put_nowait(2)
        queue.task_done()
        queue.qsize()
        """,
    ),
    "locks": Family(
        """
        lock = Lock()
        semaphore = Semaphore(1)
        """,
        """
        await lock.acquire()
        lock.release()
        await semaphore.acquire()
        semaphore.release()
        """,
        """
        async with lock:
        async with semaphore:
        """,
    ),
    "conditions": Family(
        """
        event = Event()
        condition = Condition()
        barrier = Barrier(2)
        """,
        """
        await event.wait()
        event.set()
        event.clear()
        await condition.acquire()
        await condition.wait()
        condition.notify()
        condition.notify_all()
        await barrier.wait()
        await barrier.abort()
        await barrier.reset()
        """,
        """
        async with condition:
        """,
    ),
    "streams": Family(
        """
        here, there = pair()
        reader, writer = await open_connection(sock=here, limit=8)
        """,
        """
        reader.at_eof()
        writer.write(b"one\\n")
        writer.write(bytes(100_000))
        await writer.drain()
        writer.write_eof()
        writer.close()
        writer.is_closing()
        writer.transport.abort()
        there.send(b"two--\\n")
        there.send(b"3\\n")
        await received(there)
        there.close()
        """,
        only_a="""
        await reader.readline()
        await reader.readexactly(3)
        await reader.readuntil(b"--")
        await reader.read(5)
        """,
    ),
    "transports": Family(
        """
        class Diary(Protocol):
            def connection_made(self, transport):
                say("connection_made")

            def data_received(self, data):
                say("data_received", data)

            def eof_received(self):
                say("eof_received")
                return keep_open

            def pause_writing(self):
                say("pause_writing")

            def resume_writing(self):
                say("resume_writing")

            def connection_lost(self, error):
                say("connection_lost", error)

        here, there = pair()
        loop = get_running_loop()
        transport, _ = await loop.create_connection(Diary, sock=here)
        """,
        """
        transport.write(b"one")
        transport.write(bytes(100_000))
        transport.get_write_buffer_size()
        transport.set_write_buffer_limits(10, 5)
        transport.pause_reading()
        transport.resume_reading()
        transport.is_reading()
        transport.write_eof()
        transport.close()
        transport.abort()
        transport.is_closing()
        there.send(b"four")
        await received(there)
        there.shutdown(1)
        there.close()
        """,
    ),
}


def indented(body: Lines) -> Lines:
    return [f"    {line}" for line in body]


def programs(name: str) -> st.SearchStrategy[str]:
    """Programs of the family *name*.

    Task a may await b and c, and both a and b may call c and d: no circle can
    come of that. Both begin with the same step, so that they meet, and c with
    one that may wake them.
    """
    family = FAMILIES[name]
    own, common = said(family.steps), [*said(TASKS.steps), *ENDS]
    blocks = [*family.blocks, *TASKS.blocks]
    waits, calls = "await.*tasks", "await.*tasks|c\\(\\)"
    openings = [step for step in without(waits, own) if "await" in step]
    helper = body(without(calls, own), without(calls, common), [], 1)
    return st.builds(
        program,
        st.just(family.setup),
        st.sampled_from(openings),
        st.sampled_from([*without("await", own), "say(await sleep(0))"]),
        body(said(family.only_a) or own, common, blocks, 2),
        body(without(waits, own), without(waits, common), blocks, 2),
        helper,
        helper,
    )


def without(pattern: str, steps: Lines) -> Lines:
    return [step for step in steps if not re.search(pattern, step)]


def body(own: Lines, common: Lines, blocks: Lines, depth: int) -> Block:
    """Some statements, and others within them, up to *depth* levels."""
    one = st.sampled_from(own) | st.sampled_from(common)
    statement: Block = one.map(lambda step: [step])
    if depth:
        inner = body(own, common, blocks, depth - 1)
        caught = st.sampled_from(["Exception", "CancelledError"])
        statement |= st.builds(handling, inner, caught, inner)
        statement |= st.builds(finishing, inner, inner)
    if depth and blocks:
        statement |= st.builds(within, st.sampled_from(blocks), inner)
    return st.lists(statement, min_size=1, max_size=3).map(joined)


def said(steps: Lines) -> Lines:
    return [f"say({step})" for step in steps]


def joined(statements: list[Lines]) -> Lines:
    return [line for statement in statements for line in statement]


def within(header: str, inner: Lines) -> Lines:
    return [header, *indented(inner)]


def handling(inner: Lines, caught: str, handler: Lines) -> Lines:
    return [
        *within("try:", inner),
        *within(f"except {caught} as error:", ["say(repr(error))", *handler]),
    ]


def finishing(inner: Lines, end: Lines) -> Lines:
    return [*within("try:", inner), *within("finally:", end)]


def program(
    setup: Lines,
    wait: str,
    wake: str,
    a: Lines,
    b: Lines,
    c: Lines,
    d: Lines,
) -> str:
    bodies = {"a": [wait, *a], "b": [wait, *b], "c": [wake, *c], "d": d}
    functions = [
        line
        for name, body in bodies.items()
        for line in ["", *within(f"async def {name}():", body)]
    ]
    return "\n".join(
        within(
            "async def main():",
            [
                *setup,
                "tasks = {}",
                *functions,
                "",
                "for f in a, b, c:",
                "    tasks[f.__name__] = create_task(f(), name=f.__name__)",
                "await wait(tasks.values(), timeout=100)",
                "for name, task in tasks.items():",
                "    say(name, outcome(task))",
                "    task.cancel()",
                "await wait(tasks.values(), timeout=100)",
                "return locals()",
                "",
            ],
        )
    )
