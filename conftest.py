"""`pytest --sybil` runs the pages too. At the end: what was left out."""

import os

import pytest

pytest_plugins = ["literate.plugin", "website.plugin"]

LEFT_OUT = {
    "tox -m ci": "the other Pythons from 3.11 to 3.15; coverage; "
    "each page in a browser",
    "tox -m weekly": "CPython's tests with all parts put in at once; many random "
    "programs; uvloop's and anyio's tests; all mutants; the pages twenty times in "
    "a row; the newest packages; Python 3.16",
}
"""What `tox` alone does not run, by the command that runs it."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int:
    """For ``-n auto``: one worker more than processors, as tests wait a lot.

    Those in a browser do not: ``-n logical``.
    """
    workers = os.cpu_count() or 1
    return workers + (config.getoption("numprocesses") == "auto")


@pytest.hookimpl(trylast=True)
def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    """Say why tests were skipped, each reason once, and what else there is."""
    skipped = terminalreporter.getreports("skipped")
    for reason in dict.fromkeys(report.longrepr[2] for report in skipped):
        said = reason.removeprefix("Skipped: ")
        terminalreporter.line(said, yellow=True, bold=True)
    if os.environ.get("TOX_ENV_NAME") == "quick":
        terminalreporter.section("left out here", sep="-")
        for command, what in LEFT_OUT.items():
            terminalreporter.line(f".venv/bin/{command}: {what}")
