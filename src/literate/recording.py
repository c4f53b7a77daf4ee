"""Record what blocks print: ``pytest --sybil --sybil-update`` edits pages."""

import difflib
import os
import re
import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import NamedTuple

from literate.notation import (
    covers,
    first_difference,
    framed,
    is_dots,
    line_for,
    lines_of,
    matches,
)


class Edit(NamedTuple):
    """From *line* of a page on, *old* lines give way to *lines*."""

    line: int
    old: int
    lines: list[str]


class Recording:
    """What should change on a page with this *text*, in *edits*."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.edits: list[Edit] = []

    def compare(self, line: int, expected: str, got: str) -> None:
        """Note an edit if a block printed not what stands from *line* on."""
        if not matches(expected, got):
            old = lines_of(expected)
            self.note(line, old, keep_dots(old, lines_of(got)))

    def note(self, line: int, old: list[str], new: list[str]) -> None:
        """Note that the lines *old*, from *line* on, should be *new*."""
        if old != (new := framed(new)):
            indent = self.indent(line, old)
            lines = [indent + one for one in new]
            self.edits.append(Edit(line, len(old), lines))

    def indent(self, line: int, old: list[str]) -> str:
        """What stands on the page before the lines *old*, from *line* on."""
        if not old:
            return indent_of(self.text, line - 1)
        whole = self.text.split("\n")[line - 1]
        return whole.rstrip().removesuffix(old[0].rstrip())

    def write(self, path: Path) -> str:
        """Rewrite the page at *path*; return its old text as it was there.

        A page that has changed on disk since it was read is left alone: that
        raises RuntimeError.
        """
        there = path.read_bytes().decode("utf-8")
        if with_plain_ends(there) != with_plain_ends(self.text):
            raise RuntimeError("it has changed while it ran")
        replace(path, edited(there, self.edits))
        return there

    def difference(self, name: str) -> str:
        """What changes on the page, which has this *name*."""
        return difference(name, self.text, edited(self.text, self.edits))


def indent_of(text: str, line: int) -> str:
    """The white space with which the *line* of *text* begins."""
    found = text.split("\n")[line - 1]
    return found[: len(found) - len(found.lstrip())]


def keep_right(
    expected: list[str],
    got: list[str],
    renew: Callable[[list[str]], list[str]] = list,
) -> list[str]:
    """*got*, where lines that are right stay as *expected* has them.

    So the ``...`` in one outlives a change beside it. The lines between are
    what *renew* makes of them.
    """
    head = alike(expected, got)
    tail = alike(expected[head:][::-1], got[head:][::-1])
    changed = renew(got[head : len(got) - tail])
    return expected[:head] + changed + expected[len(expected) - tail :]


def keep_dots(expected: list[str], got: list[str]) -> list[str]:
    """What to write for *got*, where a page has *expected*.

    A line that is dots alone goes on standing for as much as it can.
    """

    def renew(changed: list[str]) -> list[str]:
        return [line_for(one) for one in changed]

    new = keep_right(expected, got, renew)
    for at in range(1, len(new)):
        while (
            is_dots(new[at - 1])
            and at < len(new) > len(expected)
            and not first_difference(new[:at] + new[at + 1 :], got)
        ):
            del new[at]
    return new


def alike(expected: list[str], got: list[str]) -> int:
    """How many lines match from the first on."""
    for index, (one, other) in enumerate(zip(expected, got, strict=False)):
        if not covers(one, other):
            return index
    return min(len(expected), len(got))


LINE_END = re.compile(r"\r\n|\r|\n")


def with_plain_ends(text: str) -> str:
    r"""*text* with ``\n`` at each line's end, and no byte order mark."""
    return LINE_END.sub("\n", text).removeprefix("\ufeff")


def edited(text: str, edits: Iterable[Edit]) -> str:
    """*text* after *edits*, of which no two touch the same line.

    New lines end as the first one of *text* does.
    """
    found = LINE_END.search(text)
    end = found[0] if found else "\n"
    lines = re.findall(rf"[^\r\n]*(?:{LINE_END.pattern})", text + end)
    for line, old, new in sorted(edits, reverse=True):
        place = slice(line - 1, line - 1 + old)
        lines[place] = [one.rstrip() + end for one in new]
    return "".join(lines).removesuffix(end)


def difference(name: str, old: str, new: str) -> str:
    """What changes in the file *name*, for people to read."""
    sides = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return "".join(difflib.unified_diff(*sides, name, name, n=1))


def replace(path: Path, text: str) -> None:
    """Write *text* to *path*, whole or not at all.

    Where *path* is a link, that stays, and the file that it leads to changes.
    """
    path = path.resolve()
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as file:
            file.write(text)
        os.chmod(draft, path.stat().st_mode)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
