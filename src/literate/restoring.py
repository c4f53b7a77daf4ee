"""What a page finds in its process is there again at the page's end.

A ``Look`` looks at one thing, and returns what puts that back.
"""

import decimal
import gc
import locale
import logging
import os
import re
import resource
import signal
import socket
import sys
import tempfile
import threading
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from functools import partial
from types import ModuleType
from typing import Any

from literate.limits import Overtime
from literate.private import event_loop, finalizers

PutBack = Callable[[], object]
Look = Callable[[], PutBack]

ATTRIBUTES = [
    *((sys, name) for name in ("stdin", "stdout", "stderr", "displayhook")),
    *((sys, f"__{name}__") for name in ("stdin", "stdout", "stderr")),
    *((sys, name) for name in ("excepthook", "unraisablehook")),
    *((sys, name) for name in ("breakpointhook", "dont_write_bytecode")),
    (threading, "excepthook"),
    (tempfile, "tempdir"),
]

LISTS = ("argv", "meta_path", "path", "path_hooks")

TIMERS = signal.ITIMER_REAL, signal.ITIMER_VIRTUAL, signal.ITIMER_PROF

RESOURCES = [
    getattr(resource, name) for name in dir(resource) if "RLIMIT_" in name
]


def umask() -> int:
    """The umask, which can only be asked for by setting another."""
    before = os.umask(0o77)
    os.umask(before)
    return before


SETTINGS: list[tuple[Callable[[], Any], Callable[[Any], object]]] = [
    (umask, os.umask),
    (
        partial(os.getpriority, os.PRIO_PROCESS, 0),
        partial(os.setpriority, os.PRIO_PROCESS, 0),
    ),
    (
        partial(locale.setlocale, locale.LC_ALL),
        partial(locale.setlocale, locale.LC_ALL),
    ),
    (
        partial(signal.pthread_sigmask, signal.SIG_BLOCK, ()),
        partial(signal.pthread_sigmask, signal.SIG_SETMASK),
    ),
    (lambda: decimal.getcontext().copy(), decimal.setcontext),
    (gc.get_debug, gc.set_debug),
    (gc.get_threshold, lambda counts: gc.set_threshold(*counts)),
    (gc.isenabled, lambda on: gc.enable() if on else gc.disable()),
    (socket.getdefaulttimeout, socket.setdefaulttimeout),
    (sys.get_asyncgen_hooks, lambda hooks: sys.set_asyncgen_hooks(*hooks)),
    (
        sys.get_coroutine_origin_tracking_depth,
        sys.set_coroutine_origin_tracking_depth,
    ),
    (sys.get_int_max_str_digits, sys.set_int_max_str_digits),
    (sys.getprofile, sys.setprofile),
    (sys.getrecursionlimit, sys.setrecursionlimit),
    (sys.getswitchinterval, sys.setswitchinterval),
    (sys.gettrace, sys.settrace),
    (threading.getprofile, threading.setprofile),
    (threading.gettrace, threading.settrace),
    (threading.stack_size, threading.stack_size),
    (
        tracemalloc.is_tracing,
        lambda on: tracemalloc.start() if on else tracemalloc.stop(),
    ),
    *((partial(getattr, *one), partial(setattr, *one)) for one in ATTRIBUTES),
    *(
        (partial(signal.getsignal, one), partial(signal.signal, one))
        for one in signal.valid_signals()
    ),
    *(
        (
            partial(signal.getitimer, one),
            lambda times, one=one: signal.setitimer(one, *times),
        )
        for one in TIMERS
    ),
    *(
        (partial(resource.getrlimit, one), partial(resource.setrlimit, one))
        for one in RESOURCES
    ),
]
"""What has a function that tells it, and one that sets it."""


def setting(get: Callable[[], Any], put: Callable[[Any], object]) -> PutBack:
    """What puts back, by *put*, what *get* tells now."""
    before = get()

    def put_back() -> None:
        if get() != before:
            put(before)

    return put_back


def working_folder() -> PutBack:
    """The folder in which relative paths begin."""
    return partial(os.chdir, os.getcwd())


def environment() -> PutBack:
    """The environment, and the time zone that follows from it."""
    before = dict(os.environ)

    def put_back() -> None:
        os.environ.clear()
        os.environ.update(before)
        time.tzset()

    return put_back


def lists() -> PutBack:
    """The lists of `sys`: others have them, and see what is put back."""
    before = [(name, one := getattr(sys, name), one[:]) for name in LISTS]

    def put_back() -> None:
        for name, one, items in before:
            one[:] = items
            setattr(sys, name, one)

    return put_back


def modules() -> PutBack:
    """`sys.modules`: what a page imports stays, unless only it can do so."""
    before = sys.modules.copy()

    def put_back() -> None:
        new = {name.partition(".")[0] for name in sys.modules.keys() - before}
        own = {name for name in new - before.keys() if not stays(name)}
        for name in [*sys.modules]:
            if name.partition(".")[0] in own:
                del sys.modules[name]
        sys.modules.update(before)

    return put_back


def stays(name: str) -> bool:
    """Whether every page can import the module *name*, and gets this one."""
    spec = getattr(sys.modules[name], "__spec__", None)
    specs = (finder.find_spec(name, None) for finder in sys.meta_path)
    found = next(filter(None, specs), None)
    return bool(spec and found and spec.origin == found.origin)


def wakeup_fd() -> PutBack:
    """The file into which Python writes the numbers of signals."""
    before = signal.set_wakeup_fd(-1)
    signal.set_wakeup_fd(before)
    return partial(signal.set_wakeup_fd, before)


def loggers() -> PutBack:
    """Each logger's level and handlers, and those that were not there."""
    none: tuple[Any, ...] = logging.NOTSET, [], [], True, False
    before = {one: facts(one) for one in known_loggers()}
    disabled = logging.root.manager.disable

    def put_back() -> None:
        for one in known_loggers():
            if facts(one) != (was := before.get(one, none)):
                level, one.handlers[:], one.filters[:], *flags = was
                one.propagate, one.disabled = flags
                one.setLevel(level)
        logging.disable(disabled)

    return put_back


def known_loggers() -> Iterator[logging.Logger]:
    """The root, and each logger that somebody has asked for."""
    yield logging.root
    for one in logging.root.manager.loggerDict.values():
        if isinstance(one, logging.Logger):
            yield one


def facts(one: logging.Logger) -> tuple[Any, ...]:
    """What can be set of a logger: level, handlers, filters and flags."""
    lists = one.handlers[:], one.filters[:]
    return one.level, *lists, one.propagate, one.disabled


def replaced(text: str) -> PutBack:
    """Functions and classes of the modules that *text* names, and methods.

    A page that replaces one (`asyncio.sleep = ...`) has to name the module.
    """
    owners: dict[int, tuple[Any, dict[str, Any]]] = {}
    for module in named_modules(text):
        owners[id(module)] = module, vars(module).copy()
        for one in vars(module).values():
            if isinstance(one, type):
                owners[id(one)] = one, vars(one).copy()

    def put_back() -> None:
        for owner, before in owners.values():
            now = vars(owner)
            for name, one in before.items():
                if now.get(name) is not one and is_function(one):
                    setattr(owner, name, one)

    return put_back


def named_modules(text: str) -> Iterable[ModuleType]:
    """The imported modules whose name is a word of *text*, and builtins."""
    words = {"builtins", *re.findall(r"\w+", text)}
    for name, module in sys.modules.copy().items():
        if name.partition(".")[0] in words and type(module) is ModuleType:
            yield module


def is_function(one: object) -> bool:
    """Whether *one* is what may be called, or makes a method or property."""
    return callable(one) or hasattr(one, "__get__")


def looks(text: str) -> Iterator[Look]:
    """All that is looked at before the first block of the page *text*."""
    yield from (working_folder, environment, lists, modules)
    yield from (wakeup_fd, loggers, event_loop, finalizers)
    yield partial(replaced, text)
    yield from (partial(setting, *one) for one in SETTINGS)


class Before:
    """How the process is before a page with this *text*."""

    def __init__(self, text: str) -> None:
        self.put_backs = [look() for look in looks(text)]

    def put_back(self) -> list[str]:
        """Put all that back; return what is wrong with what could not be."""
        faults = []
        for put_back in self.put_backs:
            try:
                put_back()
            except (Exception, Overtime) as error:
                faults.append(f"{type(error).__name__}: {error}")
        return faults
