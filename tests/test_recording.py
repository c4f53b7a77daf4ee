"""``--sybil-update`` records outputs, and records nothing else."""

import pytest
from project import PAGE, Project


@pytest.fixture(autouse=True)
def not_ci(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("CI", raising=False)


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("   Hello\n", "   Hallo\n"),
        ("   Hello\n", "   Hallo\n   Hi\n"),
        ("   ready\n", ""),
        ("   one\n   two\n", "   one\n   and\n   two\n"),
        ("   one\n   two\n", "   two\n"),
        ("\n.. output::\n\n   one\n   two\n", ""),
        (">>> numbers\n[1, 2]\n", ">>> numbers\n[]\n"),
        (">>> numbers\n[1, 2]\n", ">>> numbers\n"),
    ],
)
def test_page_is_as_it_was(project: Project, right: str, wrong: str) -> None:
    project.spoil(right, wrong)
    printed = project.run("--sybil-update")
    assert project.page.read_text() == PAGE
    assert "--- docs/echo.rst\n+++ docs/echo.rst\n" in printed
    assert "8 passed" in printed


def test_right_page_is_left_alone(project: Project) -> None:
    before = project.page.stat().st_mtime_ns
    assert "+++" not in project.run("--sybil-update")
    assert project.page.stat().st_mtime_ns == before


def record(project: Project, text: str) -> str:
    project.page.write_text(text)
    project.run("--sybil-update")
    return project.page.read_text()


def test_dots_stay(project: Project) -> None:
    text = ">>> print('at 0x7f\\nnew\\nat 0x8f')\nat ...\nold\nat ...\n"
    assert record(project, text) == text.replace("old", "new")


def test_blank_lines(project: Project) -> None:
    text = ">>> print('one\\n\\ntwo')\n"
    assert record(project, text) == text + "one\n<BLANKLINE>\ntwo\n"


def test_status_and_output_of_a_terminal(project: Project) -> None:
    text = ".. terminal:: one\n\n   $ echo a; exit 3\n   b\n   $ cat\n   ^D\n"
    wanted = text.replace("   b\n", "   a\n   [3]\n")
    assert record(project, text) == wanted
    assert record(project, wanted.replace("[3]", "[4]")) == wanted


def test_other_exception_where_one_was_expected(project: Project) -> None:
    text = (
        ">>> 1 / 0\nTraceback (most recent call last):\n    ...\nKeyError: 1\n"
    )
    assert record(project, text) == text.replace(
        "KeyError: 1", "ZeroDivisionError: division by zero"
    )


def test_unexpected_exception_is_not_recorded(project: Project) -> None:
    line = project.spoil(">>> numbers\n", ">>> numbers[7]\n")
    text = project.page.read_text()
    printed = project.run("--sybil-update")
    assert f"docs/echo.rst:{line}: IndexError" in printed
    assert project.page.read_text() == text


def test_no_recording_under_ci(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    project.spoil("   two\n", "   too\n")
    text = project.page.read_text()
    assert "not under CI" in project.run("--sybil-update")
    assert project.page.read_text() == text
