"""What can be installed stands on its own, in an empty environment."""

import os
import re
import subprocess
import sys
import sysconfig
import tomllib
import venv
from collections.abc import Iterator
from importlib import import_module
from pathlib import Path
from textwrap import dedent
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
PACKAGES = {
    "behind": "behind",
    "literate": "literate_pages",
    "loopscope": "loopscope",
}


@pytest.fixture(scope="module")
def wheels(tmp_path_factory: pytest.TempPathFactory) -> dict[str, Path]:
    """The packages, built, by the folder in which each is."""
    folder = tmp_path_factory.mktemp("wheels")
    pip("wheel", *(f"./src/{name}" for name in PACKAGES), "-w", str(folder))
    return {
        name: next(folder.glob(f"{wheel}-*.whl"))
        for name, wheel in PACKAGES.items()
    }


def pip(*command: str) -> None:
    """Run pip, which finds nothing but what is here."""
    offline = "--no-deps", "--no-build-isolation", "--no-index", "-q"
    subprocess.run(
        [sys.executable, "-m", "pip", *command, *offline],
        cwd=ROOT,
        env=without_ours(),
        check=True,
    )


def without_ours() -> dict[str, str]:
    return {
        name: value
        for name, value in os.environ.items()
        if name not in ("PIP_CONSTRAINT", "PYTHONPATH", "PYTEST_ADDOPTS")
    }


class Environment:
    """An empty one, in which a *wheel* is installed."""

    def __init__(self, folder: Path, wheel: Path) -> None:
        self.folder = folder
        venv.create(folder / "venv", symlinks=True)
        self.bin = folder / "venv" / "bin"
        names = {"base": str(folder / "venv")}
        self.site = Path(sysconfig.get_path("purelib", "venv", names))
        pip("--python", str(self.bin / "python"), "install", str(wheel))

    def run(self, program: str, *options: str) -> tuple[int, str]:
        """The status of *program*, and what it prints."""
        finished = subprocess.run(
            [self.bin / program, *options],
            cwd=self.folder,
            env=without_ours(),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        return finished.returncode, finished.stdout


@pytest.mark.parametrize("name", PACKAGES)
def test_wheel_has_the_package_and_nothing_else(
    wheels: dict[str, Path], name: str
) -> None:
    there = {
        str(path.relative_to(ROOT / "src"))
        for pattern in ("**/*.py", "py.typed", "static/*")
        for path in (ROOT / "src" / name).glob(pattern)
    }
    with ZipFile(wheels[name]) as wheel:
        packed = {one for one in wheel.namelist() if "dist-info" not in one}
        [metadata] = [one for one in wheel.namelist() if "METADATA" in one]
        told = wheel.read(metadata).decode()
    assert packed == there
    assert f"\nVersion: {import_module(name).__version__}\n" in told
    assert "\nLicense-File: LICENSE\n" in told
    readme = (ROOT / "src" / name / "README.md").read_text()
    assert told.endswith(readme)
    project = tomllib.loads(
        (ROOT / "src" / name / "pyproject.toml").read_text()
    )["project"]
    assert (ROOT / "src" / name / "LICENSE").read_text() == (
        ROOT / "LICENSE"
    ).read_text()
    assert len(re.findall("^Requires-Dist", told, re.MULTILINE)) == len(
        project.get("dependencies", [])
    )


PROGRAM = """\
import asyncio
import sys

async def main():
    await asyncio.sleep(0)
    print(*sys.argv[1:], *sorted({"behind", "literate"} & sys.modules.keys()))
    raise ValueError("lost")

asyncio.run(main())
"""


def test_loopscope(wheels: dict[str, Path], tmp_path: Path) -> None:
    there = Environment(tmp_path, wheels["loopscope"])
    (tmp_path / "program.py").write_text(PROGRAM)
    status, printed = there.run("loopscope", "program.py", "one", "two")
    assert status == 1
    assert "one two\n" in printed
    assert re.search(
        r"^loopscope: trace.html, \d+ steps$", printed, re.MULTILINE
    )
    assert 'Traceback (most recent call last):\n  File "program.py"' in printed
    assert "\nValueError: lost\n" in printed
    page = (tmp_path / "trace.html").read_text()
    assert "It ended with ValueError: lost" in page
    assert "<loop-stepper" in page
    version = import_module("loopscope").__version__
    assert there.run("loopscope", "--version") == (0, f"{version}\n")


def test_behind(wheels: dict[str, Path], tmp_path: Path) -> None:
    there = Environment(tmp_path, wheels["behind"])
    readme = (ROOT / "src" / "behind" / "README.md").read_text()
    program = "".join(re.findall("```python\n(.*?)```", readme, re.DOTALL))
    (tmp_path / "program.py").write_text(program)
    assert there.run("python", "program.py") == (0, "slept\n")


@pytest.fixture
def literate(wheels: dict[str, Path], tmp_path: Path) -> Environment:
    """Where that is installed, and what it depends on."""
    there = Environment(tmp_path, wheels["literate"])
    theirs = sysconfig.get_path("purelib")
    (there.site / "theirs.pth").write_text(f"{theirs}\n")
    return there


def typed_in_literate() -> Iterator[tuple[str, list[str], str]]:
    """Each command on docs/literate.rst, what is typed to it, what it prints.

    Of dots and of the status it makes a regular expression.
    """
    page = (ROOT / "docs" / "literate.rst").read_text("utf-8")
    blocks = re.findall(
        r"^\.\. terminal:: .*\n((?:\n|   .*\n)+)", page, re.MULTILINE
    )
    lines = "\n".join(map(dedent, blocks))
    for command, below in re.findall(
        r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", lines, re.MULTILINE
    ):
        below = re.sub(r"^(?::.*)?\n|^\^D\n", "", below, flags=re.MULTILINE)
        typed = re.findall(r"^< ?(.*\n)", below, re.MULTILINE)
        printed = re.escape(re.sub(r"^<.*\n", "", below, flags=re.MULTILINE))
        yield command, typed, printed.replace(r"\.\.\.", ".*")


PYTEST = "-m", "pytest", "-q", "-p", "no:cacheprovider"
SPHINX = "-m", "sphinx", "-q", "-n", "-W", ".", "built"


def test_literate(literate: Environment) -> None:
    """A reader who types what docs/literate.rst says gets what it says."""
    path = os.pathsep.join([str(literate.bin), os.environ["PATH"]])
    commands = []
    for command, typed, printed in typed_in_literate():
        finished = subprocess.run(
            ["/bin/sh", "-c", f"{command} 2>&1 || echo [$?]"],
            cwd=literate.folder,
            env=without_ours()
            | {"PATH": path, "COLUMNS": "76", "NO_COLOR": "1"},
            input="".join(typed),
            stdout=subprocess.PIPE,
            text=True,
        )
        got = re.sub(" +$", "", finished.stdout, flags=re.MULTILINE)
        assert re.fullmatch(printed, got), f"{command} prints {got}"
        commands.append(command)
    assert len(commands) == 16, "all that are on the page"
    built = literate.folder / "built"
    assert "literate.css" in (built / "index.html").read_text()
    assert (built / "_static" / "literate.css").is_file()
    assert (built / "_static" / "copy.js").is_file()
    code = literate.folder / "double.py"
    code.write_text(code.read_text() + "\n\nunseen = 1\n")
    page = literate.folder / "index.rst"
    part = page.read_text().replace(":language: python", ":pyobject: double")
    page.write_text(part)
    status, printed = literate.run("python", *SPHINX)
    assert status == 1
    assert "double.py:5: WARNING: no page shows these lines" in printed


def test_literate_needs_no_conftest(literate: Environment) -> None:
    (literate.folder / "index.rst").write_text(">>> 1 + 1\n2\n")
    status, printed = literate.run("python", *PYTEST, "--sybil")
    assert status == 0
    assert "1 passed" in printed


def test_literate_lets_other_projects_be(literate: Environment) -> None:
    page = literate.folder / "docs" / "index.rst"
    page.parent.mkdir()
    page.write_text(">>> 1\n2\n")
    (literate.folder / "test_it.py").write_text("def test_it():\n    pass\n")
    status, printed = literate.run("python", *PYTEST, "test_it.py", "docs")
    assert status == 0
    assert "page" not in printed
    options = *PYTEST, "--doctest-glob=*.rst", str(page)
    status, printed = literate.run("python", *options)
    assert status == 1
    assert "Expected:\n    2\nGot:\n    1\n" in printed
