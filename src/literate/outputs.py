"""The outputs below a snippet: one for every Python, or each for some.

What our code prints is the same on each release of Python. What asyncio prints
may not be: then several outputs stand below the snippet, and each names the
releases on which it was recorded.
"""

import platform
import re
from collections.abc import Iterator
from typing import NamedTuple

from sybil import Document, Example, Region

from literate.failures import Failure, compare
from literate.notation import first_difference, framed, lines_of, matches
from literate.page import first_line, line_of, page_of
from literate.recording import Edit, indent_of, keep_dots

RELEASE = platform.python_version()
"""The release that runs the pages: 3.11.2, or 3.16.0a3."""


class Output(NamedTuple):
    """What a snippet prints on *releases*; on each, where none is named."""

    text: str
    releases: tuple[str, ...]

    def fits(self, printed: str) -> bool:
        return matches(f"{self.text}\n", printed)

    def alike(self, printed: str) -> int:
        """How many lines of *printed* are as they should be, from the top."""
        lines = lines_of(f"{self.text}\n")
        place = first_difference(lines, lines_of(printed))
        return place[0] if place else len(lines)


def take_following(
    page: Document, snippet: Region, outputs: list[Region]
) -> list[Region]:
    """Take from *outputs* those right below *snippet*; it ends with them."""
    following = []
    for output in outputs[:]:
        if page.text[snippet.end : output.start].isspace():
            outputs.remove(output)
            following.append(output)
            snippet.end = output.end
    return following


def outputs_of(block: Example) -> list[Output]:
    """What stands below the snippet *block*.

    Raises Failure if that does not say which release prints what.
    """
    page, outputs = page_of(block), []
    for region in block.parsed:
        if fault := fault_in(region, block.parsed, page.recording is not None):
            raise Failure(page.name, line_of(page, region.start), fault)
        text = region.lexemes["source"].rstrip()
        outputs.append(Output(text, releases_of(region)))
    return outputs


def by_release(block: Example) -> bool:
    """Whether what *block* prints depends on the release of Python."""
    return any("python" in one.lexemes["options"] for one in block.parsed)


def releases_of(output: Region) -> tuple[str, ...]:
    """The releases of Python for which *output* is; none for all."""
    option = output.lexemes["options"].get("python", "")
    return tuple(re.findall(r"[^\s,]+", option))


def fault_in(output: Region, outputs: list[Region], recording: bool) -> str:
    """What is wrong with *output*, one of the *outputs* of a snippet."""
    options, releases = output.lexemes["options"], releases_of(output)
    for option in options.keys() - {"python"}:
        return f"unknown option :{option}:; known is :python:"
    if "python" not in options and len(outputs) > 1:
        return (
            "a snippet prints one of several outputs: write below each on "
            "which releases, as in `:python: 3.11.2, 3.13.0`"
        )
    if "python" in options and not releases and not recording:
        return ":python: names no release: `--sybil-update` writes its own"
    named = [release for one in outputs for release in releases_of(one)]
    for release in releases:
        if named.count(release) > 1:
            return f"Python {release} is named twice below one snippet"
    return ""


def compare_by_release(
    block: Example, outputs: list[Output], printed: str
) -> None:
    """Hold *printed* against the output that is for this release.

    Where none is, any will do, and if it is none of them the page notes that,
    to report it. Raises Failure if one is for this release, and differs.
    """
    page = page_of(block)
    own = [one for one in outputs if RELEASE in one.releases]
    if any(one.fits(printed) for one in own or outputs):
        return
    nearest = max(own or outputs, key=lambda one: one.alike(printed))
    line = first_line(page, block.parsed[outputs.index(nearest)])
    try:
        compare(page.name, line, f"{nearest.text}\n", printed)
    except Failure as failure:
        if own:
            raise
        page.unrecorded.append(str(failure))


def advice(messages: list[str]) -> str:
    """The *messages* of blocks that print what no page has, and what to do."""
    pages = dict.fromkeys(one.partition(":")[0] for one in messages)
    return (
        "\n".join(messages)
        + f"\nNothing is red: these outputs name other releases than {RELEASE}."
        "\nIf it is asyncio that differs, add what it prints here:\n"
        f"    pytest --sybil --sybil-update {' '.join(pages)}"
    )


def record_by_release(
    block: Example, outputs: list[Output], printed: str
) -> None:
    """Note the edit by which this release's output is what *block* printed."""
    page, new = page_of(block), list(updated(outputs, printed))
    if page.recording and new != outputs:
        first = line_of(page, block.parsed[0].start)
        last = line_of(page, len(page.text[: block.end].rstrip()))
        lines = "\n\n".join(map(written, new)).split("\n")
        indent = indent_of(page.text, first)
        lines = [indent + line for line in lines]
        page.recording.edits.append(Edit(first, last - first + 1, lines))


def updated(outputs: list[Output], printed: str) -> Iterator[Output]:
    """*outputs*, with *printed* as this release's, and others' as they are."""
    own = [one for one in outputs if RELEASE in one.releases]
    fit = [one for one in own + outputs if one.fits(printed)][:1]
    for one in outputs:
        releases = {*one.releases} - {RELEASE}
        if one in fit:
            releases.add(RELEASE)
        if releases:
            yield Output(one.text, tuple(sorted(releases, key=numbers)))
    if not fit:
        old = lines_of(own[0].text) if own else []
        new = framed(keep_dots(old, lines_of(printed)))
        yield Output("\n".join(new), (RELEASE,))


def numbers(release: str) -> list[int]:
    """The numbers in *release*: by them, 3.9 is before 3.11."""
    return [int(number) for number in re.findall(r"\d+", release)]


def written(output: Output) -> str:
    """*output* as it stands on a page."""
    releases = ", ".join(output.releases)
    text = "\n".join(f"   {line}" for line in lines_of(output.text))
    return f".. output::\n   :python: {releases}\n\n{text}"
