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
    """A page that was recorded: its *old* text, and what is new in it."""

    name: str
    path: str
    old: str
    difference: str


def rewrite(page: Page) -> Rewritten:
    """Write what *page* has recorded, unless a block of it has failed."""
    assert page.recording
    said, path, old = page.recording.difference(page.name), "", ""
    if said and page.failed:
        said = f"{page.name}: nothing is recorded, because a block failed\n"
    elif said:
        try:
            old, path = page.recording.write(Path(page.path)), page.path
        except RuntimeError as error:
            said = f"{page.name}: nothing is recorded, because {error}\n"
    return Rewritten(page.name, path, old, said)


def prove(config: pytest.Config, pages: Iterable[Rewritten]) -> dict[str, str]:
    """Run *pages* again; put back those that fail.

    Returns for the name of each of these what is to be said of it.
    """
    written = [page for page in pages if page.path]
    if not written:
        return {}
    status, printed = run_again(config, [page.path for page in written])
    found = {page.name: faults_in(page.name, printed) for page in written}
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


def faults_in(name: str, printed: str) -> str:
    """What a run has *printed* of failures on the page with this *name*."""
    page = re.escape(name)
    if not re.search(rf"^(?:FAILED|ERROR) {page}\b", printed, re.MULTILINE):
        return ""
    return "\n".join(re.findall(rf"^{page}:\d+: .*", printed, re.MULTILINE))


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
