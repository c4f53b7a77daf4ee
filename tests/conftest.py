"""A small project of its own for each test of the machinery."""

from pathlib import Path

import pytest

from project import Project


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    """What a test that passed has to tell all the same."""
    for report in terminalreporter.getreports("passed"):
        for kind, told in report.user_properties:
            if kind == "note":
                terminalreporter.line(told, yellow=True)
