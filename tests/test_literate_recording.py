"""``--sybil-update`` records outputs, and records nothing else."""

import os
import re
from collections.abc import Iterator

import pytest

from literate.outputs import RELEASE
from project import HEAD, PAGE, SESSION, SNIPPETS, Project

pytestmark = pytest.mark.once


@pytest.fixture(scope="module", autouse=True)
def not_ci() -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        yield


# What PAGE has, and what it has instead before it is recorded.
SPOILT = [
    ("   Hello\n", "   Hallo\n"),
    ("   ready\n", ""),
    ("   one\n   two\n", "   one\n   and\n   two\n"),
    ("   one\n   two\n", "   two\n"),
    ("\n.. output::\n\n   one\n   two\n", ""),
    (".. output::\n\n   one\n   two\n", ".. output::\n"),
    (">>> numbers\n[1, 2]\n", ">>> numbers\n[]\n"),
    (">>> numbers\n[1, 2]\n", ">>> numbers\n"),
]


def text_with(part: str) -> str:
    """The whole PAGE only for a part of its session, for that takes long."""
    assert part in PAGE
    return PAGE if part in SESSION else HEAD + SNIPPETS


@pytest.fixture(scope="module")
def recorded(tmp_path_factory: pytest.TempPathFactory) -> Project:
    project = Project(tmp_path_factory.mktemp("recorded"))
    for number, (right, wrong) in enumerate(SPOILT):
        page = project.page.with_name(f"{number}.rst")
        page.write_text(text_with(right).replace(right, wrong, 1))
    project.printed = project.run("-n", "2", "--sybil-update")
    return project


@pytest.mark.parametrize("number", range(len(SPOILT)))
def test_page_is_as_it_was(recorded: Project, number: int) -> None:
    text = recorded.page.with_name(f"{number}.rst").read_text()
    assert text == text_with(SPOILT[number][0])
    name = f"docs/{number}.rst"
    assert f"--- {name}\n+++ {name}\n" in recorded.printed
    assert " failed" not in recorded.printed


def test_right_page_is_left_alone(project: Project) -> None:
    by_release = ".. output::\n   :python: " + RELEASE
    snippets = SNIPPETS.replace(".. output::", by_release)
    project.page.write_text(HEAD + snippets)
    before = project.page.stat().st_mtime_ns
    assert "+++" not in project.run("--sybil-update")
    assert project.page.stat().st_mtime_ns == before


# Whole pages, before and after they are recorded.
PAGES = [
    (
        ">>> print('at 0x7f\\nnew\\nat 0x8f')\nat ...\nold\nat ...\n",
        ">>> print('at 0x7f\\nnew\\nat 0x8f')\nat ...\nnew\nat ...\n",
    ),
    (
        ">>> print('one\\n\\ntwo')\n",
        ">>> print('one\\n\\ntwo')\none\n<BLANKLINE>\ntwo\n",
    ),
    (
        ".. terminal:: one\n\n   $ echo a; exit 3\n   b\n   $ cat\n   ^D\n",
        ".. terminal:: one\n\n   $ echo a; exit 3\n   a\n   [3]\n   $ cat\n"
        "   ^D\n",
    ),
    (
        ".. terminal:: one\n\n   $ exit 3\n   [4]\n",
        ".. terminal:: one\n\n   $ exit 3\n   [3]\n",
    ),
    (
        ".. terminal:: one\n\n   $ echo a; exit 3\n   ...\n\n"
        ".. terminal:: one\n\n   $ sleep 1; echo b\n\n"
        ".. terminal:: one\n\n   $ true\n",
        ".. terminal:: one\n\n   $ echo a; exit 3\n   ...\n   [3]\n\n"
        ".. terminal:: one\n\n   $ sleep 1; echo b\n   b\n\n"
        ".. terminal:: one\n\n   $ true\n",
    ),
    (
        ".. note::\n\n   .. code-block:: python\n\n      print(1)\n\n"
        f"   .. output::\n      :python: 3.4.0, {RELEASE}\n\n      2 ...\n\n"
        "Then ...\n",
        ".. note::\n\n   .. code-block:: python\n\n      print(1)\n\n"
        "   .. output::\n      :python: 3.4.0\n\n      2 ...\n\n"
        f"   .. output::\n      :python: {RELEASE}\n\n      1\n\n"
        "Then ...\n",
    ),
    (
        ".. code-block:: python\n\n   print('  a\\tb\\n  ...\\n\\n')\n",
        ".. code-block:: python\n\n   print('  a\\tb\\n  ...\\n\\n')\n\n"
        ".. output::\n\n   \\   a\\tb\n   \\   ...\n\n   \\\n",
    ),
    (
        ".. code-block:: python\n\n\tprint('\\n  \\\\ a')\n\n"
        ".. output::\n\n\tb\n\nEnd",
        ".. code-block:: python\n\n\tprint('\\n  \\\\ a')\n\n"
        ".. output::\n\n\t\\\n\t  \\ a\n\nEnd",
    ),
    (
        ".. code-block:: python\n\n   print('a\\nb\\nc\\nd')\n\n"
        ".. output::\n\n   a\n   ...\n   e\n",
        ".. code-block:: python\n\n   print('a\\nb\\nc\\nd')\n\n"
        ".. output::\n\n   a\n   ...\n   d\n",
    ),
    (
        ".. code-block:: python\n\n   print('  a')\n\n"
        ".. output::\n   :python:\n\n   b\n",
        ".. code-block:: python\n\n   print('  a')\n\n"
        f".. output::\n   :python: {RELEASE}\n\n   \\   a\n",
    ),
    (
        ">>> print('>>> x\\n... y\\n  z')\n",
        ">>> print('>>> x\\n... y\\n  z')\n\\ >>> x\n\\ ... y\n  z\n",
    ),
    (
        ".. terminal:: one\n\n"
        "   $ printf '[3]\\n$ x\\n10%%\\r1\\na  \\n\\n'; exit 3\n"
        "   [3]\n   $ seq 3\n   ...\n   $ printf '< a\\n\\n'\n",
        ".. terminal:: one\n\n"
        "   $ printf '[3]\\n$ x\\n10%%\\r1\\na  \\n\\n'; exit 3\n"
        "   \\ [3]\n   \\ $ x\n   \\ 10%\\r1\n   a\n\n   [3]\n"
        "   $ seq 3\n   ...\n   $ printf '< a\\n\\n'\n   \\ < a\n   \\\n",
    ),
    (
        ".. terminal:: one\n\n   $ sleep 60\n   ^C\n   [130]\n"
        "   $ sleep 60\n   ^C\n   $ echo a \\\n   > b\n",
        ".. terminal:: one\n\n   $ sleep 60\n   ^C\n   [130]\n"
        "   $ sleep 60\n   ^C\n   $ echo a \\\n   > b\n   a b\n",
    ),
    (
        ">>> 1 / 0\nTraceback (most recent call last):\n    ...\nKeyError: 1\n",
        ">>> 1 / 0\nTraceback (most recent call last):\n    ...\n"
        "ZeroDivisionError: division by zero\n",
    ),
]


def test_small_pages(project: Project) -> None:
    for number, (before, _) in enumerate(PAGES):
        project.page.with_name(f"{number}.rst").write_text(before)
    project.page.unlink()
    printed = project.run("--sybil-update", "-n", "2")
    assert "failed" not in printed
    assert "nothing is recorded" not in printed
    for number, (_, after) in enumerate(PAGES):
        assert project.page.with_name(f"{number}.rst").read_text() == after


def test_pages_keep_their_line_ends(project: Project) -> None:
    before = "\ufeffIt\n\n>>> 'a\\nb'\n...\n>>> print('a\\n\\rb')\n"
    after = before + "a\n\\ \\rb\n"
    ends = ["\n", "\r\n", "\r"]
    project.page.unlink()
    for number, end in enumerate(ends):
        page = project.page.with_name(f"{number}.rst")
        page.write_text(before, "utf-8", newline=end)
    project.run("--sybil-update")
    for number, end in enumerate(ends):
        text = project.page.with_name(f"{number}.rst").read_bytes()
        assert text.decode() == after.replace("\n", end)


def test_link_to_a_page_stays_a_link(project: Project) -> None:
    there = project.folder / "there.txt"
    there.write_text(">>> 1 + 1\n")
    project.page.unlink()
    project.page.symlink_to(there)
    project.run("--sybil-update")
    assert project.page.is_symlink()
    assert there.read_text() == ">>> 1 + 1\n2\n"


VARIES = """\
>>> import time
>>> time.time_ns()
>>> 1 + 1
"""
REFUSED = """\
docs/echo.rst: nothing is recorded, because it would fail in the next run:
    docs/echo.rst:3: expected '1...', got '1...'
Write `...` for what is different in each run, or print what is not.
"""


@pytest.mark.parametrize("options", [[], ["-n", "1", "-k", "line:3"]])
def test_what_varies_is_not_recorded(
    project: Project, options: list[str]
) -> None:
    with_dots = VARIES.replace("()\n", "()\n...\n>>> 1\n1\n")
    good = project.page.with_name("good.rst")
    project.page.write_text(VARIES)
    good.write_text(with_dots)
    with project.start("--sybil-update", *options) as run:
        printed, _ = run.communicate()
    assert REFUSED in re.sub(r"'1\d+'", "'1...'", printed)
    assert run.returncode == 1
    assert project.page.read_text() == VARIES
    assert good.read_text() == with_dots + "2\n" * (not options)


def test_recording_whose_proof_does_not_run(project: Project) -> None:
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write(
            "import sys\n\n\ndef pytest_configure(config):\n"
            "    assert '--sybil-update' in sys.argv, 'no proof'\n"
        )
    project.page.write_text(">>> 1 + 1\n")
    printed = project.run("--sybil-update")
    assert "no proof" in printed
    assert "docs/echo.rst: nothing is recorded, because it would" in printed
    assert project.page.read_text() == ">>> 1 + 1\n"


def test_page_with_a_failure_is_not_recorded(project: Project) -> None:
    text = ">>> 1 + 1\n>>> int('one')\n>>> 2 + 2\n"
    project.page.write_text(text)
    printed = project.run("--sybil-update")
    said = "docs/echo.rst: nothing is recorded, because a block failed\n"
    assert said in printed
    assert project.page.read_text() == text


def test_page_that_changes_meanwhile_is_left_alone(project: Project) -> None:
    text = (
        ">>> from pathlib import Path\n"
        f">>> page = Path({str(project.page)!r})\n"
        ">>> _ = page.write_text('New.\\n' + page.read_text())\n"
        ">>> 1 + 1\n"
    )
    project.page.write_text(text)
    printed = project.run("--sybil-update")
    said = "nothing is recorded, because it has changed while it ran\n"
    assert f"docs/echo.rst: {said}" in printed
    assert project.page.read_text() == "New.\n" + text


def test_recording_is_asked_for_each_time(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PYTEST_ADDOPTS", "--sybil-update")
    assert project.run() == (
        "ERROR: --sybil-update: on the command line alone\n\n"
    )


def test_each_python_adds_its_own(project: Project) -> None:
    """As if other Pythons had recorded what they print, marks and dots too."""
    others = (
        ".. code-block:: python\n\n   print('  new')\n\n"
        ".. output::\n   :python: 3.4.0\n\n   \\   old ...\n\n"
        ".. output::\n   :python: 3.5.0\n\n   o...d\n   \\\n"
    )
    project.page.write_text(others)
    project.run("--sybil-update")
    own = f"\n.. output::\n   :python: {RELEASE}\n\n   \\   new\n"
    assert project.page.read_text() == others + own
    assert "1 passed" in project.run()


def test_output_of_nothing_is_not_recorded(project: Project) -> None:
    project.page.write_text(SNIPPETS.replace("print", "str"))
    text = project.page.read_text()
    said = "docs/echo.rst:1: prints nothing: take its `output` away"
    assert said in project.run("--sybil-update")
    assert project.page.read_text() == text


def test_unexpected_exception_is_not_recorded(project: Project) -> None:
    project.page.write_text(HEAD + SNIPPETS)
    line = project.spoil(">>> numbers\n", ">>> numbers[7]\n")
    text = project.page.read_text()
    printed = project.run("--sybil-update")
    assert f"docs/echo.rst:{line}: IndexError" in printed
    assert project.page.read_text() == text


@pytest.mark.parametrize(
    "happens", ["raise OSError('disk full')", "os.kill(os.getpid(), 9)"]
)
def test_recording_that_ends_half_way(project: Project, happens: str) -> None:
    """It has written the new text, but not yet put it in the page's place."""
    project.spoil("   two\n", "   too\n")
    text = project.page.read_text()
    with (project.folder / "conftest.py").open("a") as conftest:
        conftest.write(
            f"import os\n\ndef end(*_):\n    {happens}\n\nos.replace = end\n"
        )
    printed = project.run("--sybil-update")
    assert project.page.read_text() == text
    assert "+++" not in printed
    if "OSError" in happens:
        assert "disk full" in printed
        assert os.listdir(project.page.parent) == ["echo.rst"]


def test_no_recording_under_ci(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("CI", "true")
    project.spoil("   two\n", "   too\n")
    text = project.page.read_text()
    assert "not under CI" in project.run("--sybil-update")
    assert project.page.read_text() == text
