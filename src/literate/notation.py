r"""How a page writes what was printed, in outputs, doctests and terminals.

A line stands for itself, and blanks at its end do not count. ``...`` in it is
any text, and a line that is ``...`` alone is any lines, one or more.

What a page could not hold, or would take for something else, stands after
``\ `` (a backslash and a blank): there each character counts, dots are dots,
and ``\t``, ``\r``, ``\x1b`` and ``\\`` are what they are in Python.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Sequence

DOTS = "..."
MARK = "\\ "
ESCAPED = re.compile(r"\\(?:([\\tr])|x([0-9a-f]{2})|u([0-9a-f]{4}))")
NAMED = {"\\": "\\", "t": "\t", "r": "\r"}


def lines_of(text: str) -> list[str]:
    """The lines of *text*, which end with a newline and with nothing else."""
    return text.removesuffix("\n").split("\n") if text else []


def is_dots(line: str) -> bool:
    """Whether *line* stands for any lines."""
    return line.strip() == DOTS


def is_marked(line: str) -> bool:
    """Whether each character of *line* counts, after its mark."""
    return line.rstrip() == "\\" or line.startswith(MARK)


def text_of(line: str) -> str:
    """What the marked *line* of a page stands for."""

    def character(found: re.Match[str]) -> str:
        name, *codes = found.groups()
        return NAMED[name] if name else chr(int(next(filter(None, codes)), 16))

    return ESCAPED.sub(character, line[len(MARK) :])


def marked(text: str) -> str:
    """The marked line that stands for *text*."""
    return MARK.rstrip() if not text else MARK + visible(text, "\\ ")


def visible(text: str, also: str = "") -> str:
    """*text* with an escape for what nobody sees, and for *also*."""
    last = len(text) - 1
    return "".join(
        escape(one)
        if is_unseen(one) or (one in also and (one != " " or at == last))
        else one
        for at, one in enumerate(text)
    )


def escape(character: str) -> str:
    """What stands for *character* in a marked line, as in Python."""
    for name, named in NAMED.items():
        if character == named:
            return f"\\{name}"
    code = ord(character)
    return f"\\x{code:02x}" if code < 0x100 else f"\\u{code:04x}"


def is_unseen(character: str) -> bool:
    """Whether *character* ends a line, moves a cursor, or is no text."""
    return unicodedata.category(character) in ("Cc", "Cs", "Zl", "Zp")


def shown(line: str) -> str:
    """What a reader sees of the *line* of a page."""
    return visible(text_of(line)) if is_marked(line) else line


def never(line: str) -> bool:
    """No line has a meaning of its own, as some have in a terminal."""
    return False


def line_for(text: str, special: Callable[[str], bool] = never) -> str:
    """The line of a page for a line *text* that was printed.

    *special* tells whether a page would take it for something else.
    """
    means_more = (
        special(text)
        or is_marked(text)
        or DOTS in text
        or text.lstrip().startswith(">>>")
        or any(map(is_unseen, text))
    )
    return marked(text) if means_more else text


def framed(lines: Sequence[str]) -> list[str]:
    """*lines* such that a directive keeps them all when they are its content.

    It drops empty lines at both ends, and what all have for an indentation.
    """
    framed = list(lines)
    indented = all(line[:1] in ("", " ", "\t") for line in framed)
    if framed and (indented or not framed[0].strip()):
        framed[0] = marked(framed[0])
    if framed and not framed[-1].strip():
        framed[-1] = marked(framed[-1])
    return framed


def covers(line: str, text: str) -> bool:
    """Whether the *line* of a page stands for *text*, which was printed."""
    if is_marked(line):
        return text_of(line) == text
    if line.strip() == "<BLANKLINE>" and not text.strip():
        return True
    first, *others = line.rstrip().split(DOTS)
    text = text.rstrip() + " " * line.rstrip().endswith(DOTS)
    if not others:
        return text == first
    *middle, last = others
    end = len(text) - len(last)
    if not (text.startswith(first) and text.endswith(last)):
        return False
    position = len(first)
    for part in middle:
        found = text.find(part, position, end)
        if found < 0:
            return False
        position = found + len(part)
    return position <= end


def ends(expected: Iterable[str], printed: Sequence[str]) -> Sequence[int]:
    """How many lines of *printed* the lines *expected* may stand for."""
    counts: Sequence[int] = [0]
    for line in expected:
        counts = after(line, counts, printed)
    return counts


def after(
    line: str, counts: Sequence[int], printed: Sequence[str]
) -> Sequence[int]:
    """The same as `ends`, for *line* after what stands for *counts* lines."""
    beginning = line.rstrip().removesuffix(DOTS) if is_dots(line) else None
    if beginning is None:
        return [
            count + 1
            for count in counts
            if count < len(printed) and covers(line, printed[count])
        ]
    for count in counts:
        if count < len(printed) and printed[count].startswith(beginning):
            return range(count + 1, len(printed) + 1)
    return []


def first_difference(
    expected: Sequence[str], printed: Sequence[str]
) -> tuple[int, int] | None:
    """The places in *expected* and in *printed* where these part. Or None."""
    counts: Sequence[int] = [0]
    for index, line in enumerate(expected):
        following = after(line, counts, printed)
        if not following:
            same_rest = len(printed) - len(expected) + index
            return index, same_rest if same_rest in counts else counts[-1]
        counts = following
    if len(printed) in counts:
        return None
    return len(expected), counts[-1]


def matches(expected: str, printed: str) -> bool:
    """Whether the text *expected* of a page stands for all of *printed*."""
    return first_difference(lines_of(expected), lines_of(printed)) is None


def correction(
    line: str, text: str, special: Callable[[str], bool] = never
) -> str:
    """What to write where a page has *line*, and *text* was printed."""
    same = line.strip() == text.strip()
    if same or special(text) or any(map(is_unseen, text)):
        return f": write it as `{marked(text)}`"
    if is_close(line, text):
        return ": write `...` for digits that do not count, as in `0.3...`"
    return ""


NUMBER = re.compile(r"\d+\.\d+(?:e[+-]?\d+)?")


def is_close(line: str, text: str) -> bool:
    """Whether the two differ by how exact their numbers are alone."""
    pairs = zip(NUMBER.findall(line), NUMBER.findall(text), strict=False)
    return NUMBER.sub("", line) == NUMBER.sub("", text) and all(
        abs(float(one) - float(other)) <= 1e-6 * max(1, abs(float(one)))
        for one, other in pairs
    )
