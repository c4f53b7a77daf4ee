"""What is private to Sphinx, Sybil, pytest and pytest-xdist, and used here.

It has no promise that it stays. So it is used in this module, and nowhere else.
Sphinx works without pytest, and pytest without Sphinx.
"""

from collections.abc import Callable
from pathlib import Path
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
