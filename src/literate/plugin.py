"""pytest's option ``--sybil``: run every block of every page.

A project's root ``conftest.py`` says ``pytest_plugins = ["literate.plugin"]``.
Its pages are the ``.rst`` files below the folders that pytest looks through.
"""

import os
import shutil
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil
from sybil.integration.pytest import SybilItem

from literate import ports
from literate.blocks import PARSERS, count, summary
from literate.failures import Failure
from literate.outputs import RELEASE, advice
from literate.page import Page, page_of


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sybil", "pages")
    group.addoption(
        "--sybil", action="store_true", help="run the blocks of the pages too"
    )
    group.addoption(
        "--sybil-nc",
        choices=["auto", "own"],
        default="auto",
        help="the `nc` in terminals: the machine's where it has one (auto), "
        "or our own",
    )
    group.addoption(
        "--sybil-update",
        action="store_true",
        help="rewrite the outputs on the pages as they are now",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    if not config.getoption("--sybil"):
        return
    if config.getoption("--sybil-update"):
        if os.environ.get("CI"):
            raise pytest.UsageError("--sybil-update: not under CI")
        Page.recording = True
    ports.map_sockets(lambda port: None)
    Page.own_netcat = config.getoption("--sybil-nc") == "own"
    if config.getoption("dist", "no") == "load":  # -n: a page has one worker
        config.option.dist = "loadfile"


def pytest_report_header(config: pytest.Config) -> str | None:
    if not config.getoption("--sybil"):
        return None
    machine = None if Page.own_netcat else shutil.which("nc")
    return f"nc in terminals: {machine or 'our own'}"


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[Any], list[Any]]:
    """Take the pages, which pytest's own doctests would collect as well."""
    collected = yield
    if parent.config.getoption("--sybil") and file_path.suffix == ".rst":
        return [collect_page(file_path, parent)]
    return collected


collect_page = Sybil(
    parsers=PARSERS,
    pattern="*.rst",
    path="/",
    document_types={".rst": Page},
).pytest()


def pytest_itemcollected(item: pytest.Item) -> None:
    """Let pytest show errors that a page's end raises: Sybil's filter fails."""
    if isinstance(item, SybilItem):
        vars(item)["_traceback_filter"] = lambda error: error.traceback


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    if call.excinfo and isinstance(call.excinfo.value, Failure):
        report.longrepr = str(call.excinfo.value)
    if call.when == "call" and isinstance(item, SybilItem):
        page = page_of(item.example)
        for message in page.unrecorded:
            report.user_properties.append(("unrecorded", message))
        page.unrecorded.clear()
        if report.passed:
            block = (page.name, *count(item.example))
            report.user_properties.append(("block", block))
    return report


def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> None:
    """End a page with its last block."""
    ends = nextitem is None or nextitem.parent is not item.parent
    if ends and isinstance(item, SybilItem):
        page = page_of(item.example)
        page.close()
        if page.recording:
            item.user_properties.append(("rewritten", page.write()))


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    """Show how pages were rewritten, what ran, and what was not known."""
    found: dict[str, list[Any]] = {
        "rewritten": [],
        "unrecorded": [],
        "block": [],
    }
    for reports in terminalreporter.stats.values():
        for report in reports:
            for name, value in getattr(report, "user_properties", []):
                if name in found:
                    found[name].append(value)
    terminalreporter.write("".join(found["rewritten"]))
    if found["unrecorded"]:
        terminalreporter.section(f"no output for Python {RELEASE}")
        terminalreporter.write_line(advice(found["unrecorded"]))
    if found["block"]:
        terminalreporter.write_line(summary(found["block"]))
