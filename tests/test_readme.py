"""The README says what is there: the tree, the questions, the commands."""

import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text()


def blocks(language: str) -> list[str]:
    return re.findall(
        rf"^```{language}\n(.*?)^```$", README, re.MULTILINE | re.DOTALL
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


def test_the_questions_are_the_titles_of_the_pages() -> None:
    titles = {
        f"docs/{page.name}": page.read_text().partition("\n=")[0]
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
    assert test_command in (ROOT / ".ci" / "run").read_text()


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
