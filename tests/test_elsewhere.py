"""What docs/literate.rst shows is enough for another project.

The files are taken from that page's text, and of this repository only the
folder ``src/literate`` is there.
"""

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

import literate

pytestmark = pytest.mark.once

PAGE = Path(__file__).parent.parent / "docs" / "literate.rst"


def shown_files() -> dict[str, str]:
    """The files that the page's reader types, by name."""
    typed = re.findall(
        r"^   \$ cat > (\S+)\n((?:   <.*\n)+)   \^D$",
        PAGE.read_text("utf-8"),
        re.MULTILINE,
    )
    return {
        name: re.sub(r"^   < ?", "", lines, flags=re.MULTILINE)
        for name, lines in typed
    }


def test_another_project(tmp_path: Path) -> None:
    project, package = tmp_path / "project", tmp_path / "package"
    project.mkdir()
    shutil.copytree(Path(literate.__file__).parent, package / "literate")

    def run(*command: str) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            [sys.executable, "-m", *command],
            cwd=project,
            env=os.environ | {"PYTHONPATH": str(package)},
            capture_output=True,
            text=True,
        )

    for name, text in shown_files().items():
        (project / name).write_text(text)
    assert "4 passed" in run("pytest", "--sybil").stdout
    build = "sphinx", "-q", "-n", "-W", ".", "built"
    assert run(*build).returncode == 0

    code = project / "double.py"
    code.write_text(code.read_text().replace("n + n", "n + n + n"))
    printed = run("pytest", "--sybil").stdout
    assert "3 failed, 1 passed" in printed
    assert "\nindex.rst:16: expected '2', got '3'\n" in printed
    code.write_text(code.read_text() + "\n\nunseen = 1\n")
    (project / "index.rst").write_text(
        (project / "index.rst")
        .read_text()
        .replace(":language: python", ":pyobject: double")
    )
    finished = run(*build)
    assert finished.returncode == 1
    assert "double.py:5: WARNING: no page shows these lines" in finished.stderr
