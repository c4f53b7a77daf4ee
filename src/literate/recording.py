"""Record what blocks print: ``pytest --sybil --sybil-update`` edits pages."""

import difflib
import os
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import NamedTuple

from literate.failures import matches


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
            self.note(line, expected.splitlines(), got.splitlines())

    def note(self, line: int, old: list[str], got: list[str]) -> None:
        """Note that the lines *old*, from *line* on, should be as *got*."""
        if old != (new := keep_dots(old, got)):
            indent = indent_of(self.text, line if old else line - 1)
            lines = [indent + one for one in new]
            self.edits.append(Edit(line, len(old), lines))

    def write(self, path: Path, name: str) -> str:
        """Rewrite the page at *path*; return the difference, under *name*.

        A page that has changed on disk since it was read is left alone.
        """
        text = edited(self.text, self.edits)
        if text == self.text or path.read_text("utf-8") != self.text:
            return ""
        replace(path, text)
        return difference(name, self.text, text)


def indent_of(text: str, line: int) -> str:
    """The white space with which the *line* of *text* begins."""
    found = text.split("\n")[line - 1]
    return found[: len(found) - len(found.lstrip())]


def keep_dots(expected: list[str], got: list[str]) -> list[str]:
    """The lines of *got*, but those that *expected* has right as it has them.

    So the ``...`` of an expected line outlives a change beside it.
    """
    head = alike(expected, got)
    tail = alike(expected[head:][::-1], got[head:][::-1])
    changed = got[head : len(got) - tail]
    return expected[:head] + changed + expected[len(expected) - tail :]


def alike(expected: list[str], got: list[str]) -> int:
    """How many lines match from the first on."""
    for index, (one, other) in enumerate(zip(expected, got, strict=False)):
        if not matches(one, other):
            return index
    return min(len(expected), len(got))


def edited(text: str, edits: Iterable[Edit]) -> str:
    """*text* after *edits*, of which no two touch the same line."""
    lines = text.split("\n")
    for line, old, new in sorted(edits, reverse=True):
        lines[line - 1 : line - 1 + old] = [one.rstrip() for one in new]
    return "\n".join(lines)


def difference(name: str, old: str, new: str) -> str:
    """What changes in the file *name*, for people to read."""
    sides = old.splitlines(keepends=True), new.splitlines(keepends=True)
    return "".join(difflib.unified_diff(*sides, name, name, n=1))


def replace(path: Path, text: str) -> None:
    """Write *text* to *path*, whole or not at all."""
    handle, draft = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    try:
        with os.fdopen(handle, "w", encoding="utf-8") as file:
            file.write(text)
        os.chmod(draft, path.stat().st_mode)
        os.replace(draft, path)
    except BaseException:
        os.unlink(draft)
        raise
