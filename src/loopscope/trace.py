"""A trace is plain data, which JSON can hold: what is in it."""

from typing import Any, TypedDict, cast

VERSION = 1
"""Of the form of traces: another one says that it has changed."""

Place = tuple[str, int, str]
"""The last two parts of a file's path, a line of it, and the function."""


class Future(TypedDict):
    """A future. Its *state* is pending, done, failed or cancelled."""

    name: str
    state: str | None
    callbacks: list[str]


class Task(TypedDict):
    """A task that is not done: where it stands, and what it *waits* for.

    The innermost function of the *stack* is the last. The *place* is the
    innermost one in the program.
    """

    name: str
    place: Place | None
    stack: list[str]
    waits: str | None
    callbacks: list[str]


class Snapshot(TypedDict):
    """What stands in a loop at one moment.

    - now: callbacks that run in this turn, in this order;
    - next: callbacks that run in the next;
    - timers: a time and a callback each, from the top of the heap. Times are
      in seconds since the recorder began;
    - files: a name, "read" or "write", and a callback each;
    - tasks: those that are not done;
    - futures: those that the others mention;
    - more: how many there are of each besides those above.
    """

    now: list[str]
    next: list[str]
    timers: list[tuple[float, str]]
    files: list[tuple[str, str, str]]
    tasks: list[Task]
    futures: list[Future]
    more: dict[str, int]


class Begin(TypedDict, total=False):
    """A turn's begin: the selector's *timeout*, how long it *slept*, and why.

    Both are in seconds; a *timeout* of None has no end. *woken* are files.
    """

    timeout: float | None
    slept: float
    woken: list[str]


Way = TypedDict(
    "Way",
    {
        "task": str,
        "starts": bool,
        "from": Place | None,
        "to": Place | None,
        "ended": str | None,
    },
    total=False,
)
"""What a task's step has besides: from where to where, or how it *ended*."""


class Call(Way, total=False):
    """A call: the *callback*, the *work* it did, and the seconds it *took*."""

    callback: str
    work: str
    took: float


class Step(Snapshot, Begin, Call):
    """A turn's begin, or a call; and what stood in the loop after it."""

    number: int
    loop: int
    run: int
    turn: int
    time: float
    printed: str


class Spent(TypedDict):
    """For how many *seconds* in all *what* ran, or waited in a *place*.

    *count* is how often, *longest* how many seconds at most, and *step* the
    number of the step that ended the longest.
    """

    what: str
    place: Place | None
    count: int
    seconds: float
    longest: float
    step: int


class Trace(TypedDict):
    """All that was recorded.

    *count* is the number of steps, of which the first and the last are in
    *steps*. *printed* was printed after the last.
    """

    version: int
    program: str
    python: str
    count: int
    steps: list[Step]
    printed: str
    calls: list[Spent]
    waits: list[Spent]


def read(found: Any) -> Trace:
    """The trace *found*, if its form is the one that is read here.

    Raises ValueError if it is another.
    """
    if found["version"] != VERSION:
        raise ValueError(
            f"this trace has form {found['version']}, and only form {VERSION} "
            "can be read: record it again"
        )
    return cast(Trace, found)
