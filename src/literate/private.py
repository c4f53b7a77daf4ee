"""What is private to Python, Sphinx, Sybil, pytest and xdist, and used here.

It has no promise that it stays. So it is used in this module, and nowhere else.
Sphinx works without pytest, and pytest without Sphinx.
"""

import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any, TypeGuard

from sybil import Region

if TYPE_CHECKING:
    import pytest
    from sybil.integration.pytest import SybilItem


def first_shown(path: Path, options: dict[str, Any], config: Any) -> int:
    """The first line of *path* that Sphinx's ``literalinclude`` shows.

    *config* is Sphinx's. Raises what the directive warns of: OSError, or
    ValueError where nothing is what the *options* choose.
    """
    from sphinx.directives.code import LiteralIncludeReader

    reader = LiteralIncludeReader(
        str(path), options | {"lineno-match": True}, config
    )
    reader.read()
    first: int = reader.lineno_start
    return first


def line_offset(directive: Region) -> int:
    """How many lines of *directive* stand above its content, but for one."""
    offset: int = directive.lexemes["source"].line_offset
    return offset


def is_block(item: object) -> "TypeGuard[SybilItem]":
    """Whether pytest's *item* is a block of a page."""
    from sybil.integration.pytest import SybilItem

    return isinstance(item, SybilItem)


def show_as(
    item: "SybilItem", shown: "Callable[[pytest.ExceptionInfo[Any]], Any]"
) -> None:
    """Have *shown* say how *item* failed, with the whole traceback to see."""
    vars(item)["repr_failure"] = shown
    vars(item)["_traceback_filter"] = lambda error: error.traceback


def event_loop() -> Callable[[], None]:
    """What puts back asyncio's policy, and the loop that is set for it."""
    nothing = SimpleNamespace()
    events = sys.modules.get("asyncio.events", nothing)
    policy = getattr(events, "_event_loop_policy", None)
    kept = vars(getattr(policy, "_local", nothing)).copy()

    def put_back() -> None:
        events = sys.modules.get("asyncio.events", nothing)
        vars(events)["_event_loop_policy"] = policy
        local = vars(getattr(policy, "_local", nothing))
        local.clear()
        local.update(kept)

    return put_back


def finalizers() -> Callable[[], None]:
    """What does for pools and managers what else Python does at its own end."""

    def registry() -> dict[Any, Callable[[], None]]:
        util = sys.modules.get("multiprocessing.util", SimpleNamespace())
        found: dict[Any, Callable[[], None]]
        found = vars(util).get("_finalizer_registry", {})
        return found

    before = registry().copy()

    def end() -> None:
        new = {one for one in registry() if one[0] is not None} - before.keys()
        for one in sorted(new, reverse=True):
            registry()[one]()

    return end


def end_without_threads() -> None:
    """Have this process end as a red run does, whichever threads are left.

    Python would wait for them, and `multiprocessing` for its own.
    """
    vars(threading)["_register_atexit"](lambda: os._exit(1))


def multiprocessing_helpers() -> tuple[int | None, int | None]:
    """The processes that `multiprocessing` keeps, one of each, if it has them.

    One forks others, in the folder and environment in which it was begun. It
    begins again when it is gone. The other cleans up after this process.
    """
    nothing = SimpleNamespace(_pid=None, _forkserver_pid=None)
    forkserver = sys.modules.get("multiprocessing.forkserver")
    tracker = sys.modules.get("multiprocessing.resource_tracker")
    return (
        getattr(forkserver, "_forkserver", nothing)._forkserver_pid,
        getattr(tracker, "_resource_tracker", nothing)._pid,
    )


def page_scheduling(config: "pytest.Config", log: Any) -> Any:
    """For xdist: a page has one worker, and runs on when that has died.

    For that a worker that replaces another begins with its last block too,
    one that has not collected yet is given none, and a page that is done is
    not given again: a worker waits for ever for a block of that.
    """
    from xdist.scheduler import (  # type: ignore[import-untyped]
        LoadFileScheduling,
    )

    class PageScheduling(LoadFileScheduling):  # type: ignore[misc]
        def schedule(self) -> None:
            super().schedule()
            for node in self.nodes:
                self._reschedule(node)

        def _reschedule(self, node: Any) -> None:
            for page, blocks in list(self.workqueue.items()):
                if all(blocks.values()):
                    del self.workqueue[page]
            if node in self.registered_collections:
                super()._reschedule(node)

    return PageScheduling(config, log)
