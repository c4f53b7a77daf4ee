"""Prove a recording: what was written has to pass the next run.

That run is a process of its own, as it will be for the next reader. A page
that is red there gets its old text back: an output that is another one each
time proves nothing.
"""

import re
import subprocess
import sys
from collections.abc import Collection, Iterable
from pathlib import Path
from typing import NamedTuple

import pytest

from literate.failures import indented
from literate.page import Page
from literate.recording import replace

ALL = "-rfE", "-k", "", "--maxfail", "0"
ADVICE = "Write `...` for what is different in each run, or print what is not."


class Rewritten(NamedTuple):
    """A file that was recorded: its *old* text, and what is new in it.

    It is the file of the page *whole*, or of one that this includes.
    """

    name: str
    path: str
    old: str
    difference: str
    whole: tuple[str, str]
    """The name of that page, and its path."""


def rewrite(page: Page, whole: Page) -> Rewritten:
    """Write what *page* has recorded, unless a block of *whole* has failed."""
    assert page.recording
    said, path, old = page.recording.difference(page.name), "", ""
    if said and whole.failed:
        said = f"{page.name}: nothing is recorded, because a block failed\n"
    elif said:
        try:
            old, path = page.recording.write(Path(page.path)), page.path
        except RuntimeError as error:
            said = f"{page.name}: nothing is recorded, because {error}\n"
    return Rewritten(page.name, path, old, said, (whole.name, whole.path))


def prove(config: pytest.Config, pages: Iterable[Rewritten]) -> dict[str, str]:
    """Run *pages* again; put back those that fail.

    Returns for the name of each of these what is to be said of it.
    """
    written = [page for page in pages if page.path]
    if not written:
        return {}
    paths = dict.fromkeys(page.whole[1] for page in written)
    status, printed = run_again(config, paths.keys())
    found = {page.name: faults_in(page, printed) for page in written}
    if status and not any(found.values()):
        found = dict.fromkeys(found, printed.strip())
    for page in written:
        if found[page.name]:
            replace(Path(page.path), page.old)
    return {
        name: f"{name}: nothing is recorded, because it would fail in the "
        f"next run:\n{indented(faults)}\n{ADVICE}\n"
        for name, faults in found.items()
        if faults
    }


def faults_in(page: Rewritten, printed: str) -> str:
    """What a run has *printed* of failures on *page*, and on the whole."""
    whole, name = re.escape(page.whole[0]), re.escape(page.name)
    if not re.search(rf"^(?:FAILED|ERROR) {whole}\b", printed, re.MULTILINE):
        return ""
    faults = rf"^(?:{whole}|{name}):\d+: .*"
    return "\n".join(re.findall(faults, printed, re.MULTILINE))


def run_again(
    config: pytest.Config, paths: Collection[str]
) -> tuple[int, str]:
    """The status of a run like this one, of all on *paths*, and its output."""
    named = {"--sybil-update", *config.args}
    options = [
        one for one in config.invocation_params.args if one not in named
    ]
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *options, *ALL, *paths],
        cwd=config.invocation_params.dir,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return finished.returncode, finished.stdout
