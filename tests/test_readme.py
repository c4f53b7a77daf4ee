"""README and CONTRIBUTING say what is there, and give commands that work."""

import ast
import re
import subprocess
import sys
import tomllib
from fnmatch import fnmatch
from pathlib import Path

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()
CONTRIBUTING = (ROOT / "CONTRIBUTING.md").read_text()


def blocks(language: str, text: str = README) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", text, re.MULTILINE | re.DOTALL
    )


def visible(folder: Path) -> set[str]:
    """What *folder* holds: neither hidden nor ignored by git."""
    ignored = [".*", *(ROOT / ".gitignore").read_text().split()]
    return {
        str(path.relative_to(ROOT))
        for path in folder.iterdir()
        if not any(fnmatch(path.name, one.strip("/")) for one in ignored)
    }


def test_the_tree_is_the_one_on_disk() -> None:
    [tree] = blocks("text")
    shown = {line.split()[0].rstrip("/") for line in tree.splitlines()}
    there = visible(ROOT) - {"src"} | visible(ROOT / "src")
    assert sorted(p for p in shown if not (ROOT / p).exists()) == []
    assert sorted(there - shown) == []


def title_of(page: str) -> str:
    return page.partition("\n=")[0].rpartition("\n")[2]


def test_the_questions_are_the_titles_of_the_pages() -> None:
    titles = {
        f"docs/{page.name}": title_of(page.read_text())
        for page in ROOT.glob("docs/*.rst")
        if page.name != "index.rst"
    }
    links = re.findall(r"^- \[(.*)\]\((docs/.*)\)$", README, re.MULTILINE)
    shown = {page: title.replace("`", "``") for title, page in links}
    assert shown == titles


def test_links_lead_to_files() -> None:
    links = re.findall(r"\]\((?!https:)(.*?)\)", README)
    assert [link for link in links if not (ROOT / link).exists()] == []


def test_ci_runs_the_test_command() -> None:
    _, test_command = blocks("sh")
    assert test_command.strip() in (ROOT / ".ci" / "run").read_text()


def test_what_is_left_out_is_named() -> None:
    tox = (ROOT / "tox.ini").read_text()
    [table] = re.findall(r"^labels =\n((?: +.*\n)+)", tox, re.MULTILINE)
    labels = re.findall(r"^ +(\w+) =", table, re.MULTILINE)
    assert labels == ["ci", "weekly"]
    for label in labels:
        assert f"tox -m {label}" in (ROOT / "conftest.py").read_text()
        assert f"| `-m {label}` |" in README


def test_pytest_alone_has_the_packages_of_the_group() -> None:
    [commands] = blocks("sh", CONTRIBUTING)
    [installed] = re.findall(r"constraints.txt (.*)", commands)
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    groups = settings["dependency-groups"]
    wanted = groups["test"] + groups["live"] + groups["docs"]
    names = sorted(
        re.split("[<>=]", one)[0] for one in wanted if isinstance(one, str)
    )
    assert installed.split() == names


def test_a_python_that_is_too_old_is_told_so() -> None:
    """It can read start.py, of which it runs the first lines."""
    ast.parse((ROOT / "start.py").read_text(), feature_version=(3, 6))
    with pytest.raises(SyntaxError):
        ast.parse("(n := 1)", feature_version=(3, 6))
    old = "import runpy, sys; sys.version_info = 3, 9; sys.version = '3.9.18';"
    run = old + "runpy.run_path('start.py', run_name='__main__')"
    done = subprocess.run(
        [sys.executable, "-c", run], cwd=ROOT, capture_output=True, text=True
    )
    assert done.returncode == 1
    said = "start.py: needs Python 3.11 or later; this is Python 3.9.18"
    assert done.stderr.startswith(said)


def test_a_checkout_may_be_read_only() -> None:
    options = "-q", "-o", "cache_dir=/dev/null/cache", "-k", "links"
    finished = subprocess.run(
        [sys.executable, "-m", "pytest", *options, __file__],
        cwd=ROOT,
        capture_output=True,
        text=True,
    )
    assert "1 passed, " in finished.stdout
    assert finished.returncode == 0
