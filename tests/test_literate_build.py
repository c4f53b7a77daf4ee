"""What the build of a site refuses."""

import shutil
from pathlib import Path

import pytest

from project import ECHO, HEAD, Project

pytestmark = pytest.mark.once
BENCH = Path(__file__).parent.parent / "bench"


@pytest.mark.parametrize("options", [[], ["-j", "2"]])
def test_woven_page_builds(project: Project, options: list[str]) -> None:
    assert project.build(*options) == ""


def test_block_names_its_file_and_lines(project: Project) -> None:
    project.build(builder="html")
    html = (project.folder / "out" / "echo.html").read_text()
    assert f"src/echo.py, lines 1 to {len(ECHO.splitlines())}" in html


def test_paths_are_seen_from_the_configuration(
    project: Project, tmp_path_factory: pytest.TempPathFactory
) -> None:
    with (project.folder / "conf.py").open("a") as conf:
        conf.write('extensions.append("website.measured")\n')
    (project.folder / "bench").mkdir()
    shutil.copy(BENCH / "results-3.13.json", project.folder / "bench")
    with project.page.open("a") as page:
        page.write("\n.. machines::\n\n>>>1\n1\n")
    project.spoil(":language: python", ":start-at: print")
    line = project.page.read_text().count("\n") - 1
    said, pages = [], []
    for cwd in project.folder, tmp_path_factory.mktemp("elsewhere"):
        said.append(project.build("-E", builder="html", cwd=cwd))
        pages.append((project.folder / "out" / "echo.html").read_text())
    assert "src/echo.py, lines 6 to 16" in pages[0]
    assert "client idle" in pages[0]
    assert said[0].startswith(f"docs/echo.rst:{line}: WARNING: write a space")
    assert "\nsrc/echo.py:2: WARNING: no page shows these lines" in said[0]
    assert said[0] == said[1]
    assert pages[0] == pages[1]


def test_block_leads_to_the_repository(project: Project) -> None:
    with (project.folder / "conf.py").open("a") as conf:
        conf.write(
            'weave_link = "https://example.org/abc/{path}#L{first}-L{last}"\n'
        )
    project.build(builder="html")
    html = (project.folder / "out" / "echo.html").read_text()
    lines = f"#L1-L{len(ECHO.splitlines())}"
    assert f'href="https://example.org/abc/src/echo.py{lines}"' in html


@pytest.mark.parametrize("options", [[], ["-j", "2"]])
def test_line_shown_by_no_page(project: Project, options: list[str]) -> None:
    project.spoil(
        ":language: python", ":language: python\n   :start-at: print"
    )
    said = "src/echo.py:2: WARNING: no page shows these lines (down to line 5)"
    assert said in project.build(*options)
    assert said in project.build(*options), "an unchanged site is checked too"


def test_file_that_no_page_shows(project: Project) -> None:
    assert project.build() == ""
    (project.folder / "src" / "new.py").write_text("\n\nx = 1\n")
    assert "src/new.py:3: WARNING: no page shows this line" in project.build()


INIT = '''\
"""A package."""

import sys

if sys.version_info < (3, 11):
    raise ImportError("too old")

# What it has.
from echo import main

try:
    from quicker import main as quick
except ImportError:
    pass

__all__ = ["main"]
__all__ += ["quick"]
__version__: str = "1"
'''


def test_package_that_only_imports(project: Project) -> None:
    """Its ``__init__.py`` needs no page, but for what it does itself."""
    init = project.folder / "src" / "package" / "__init__.py"
    init.parent.mkdir()
    init.write_text(INIT)
    assert project.build() == ""
    lines = INIT.count("\n")
    init.write_text(
        f"{INIT}\n\n@staticmethod\ndef f():\n    pass\n\n\nx = 1\n"
    )
    said = f"src/package/__init__.py:{lines + 3}: WARNING: no page shows "
    assert (
        f"{said}these lines (down to line {lines + 8}) [literate.weave]\n"
        in project.build()
    )
    shown = ".. literalinclude:: ../src/package/__init__.py\n"
    project.page.write_text(HEAD + shown)
    assert project.build() == ""
    assert "2 passed" in project.run()


def test_weave_takes_a_file(project: Project) -> None:
    (project.folder / "src" / "new.py").write_text("x = 1\n")
    config = project.folder / "conf.py"
    config.write_text(config.read_text().replace('"src"', '"src/echo.py"'))
    assert project.build() == ""
    config.write_text(config.read_text().replace('"src/e', '"src/new.py", "e'))
    said = project.build()
    assert "src/new.py:1: WARNING: no page shows this line" in said
    assert "weave: no Python file is in echo.py" in said


@pytest.mark.parametrize("options", [[], ["-j", "2"]])
def test_line_shown_twice(project: Project, options: list[str]) -> None:
    (project.folder / "docs" / "again.rst").write_text(
        ":orphan:\n\nAgain\n=====\n\n"
        ".. literalinclude:: ../src/echo.py\n   :pyobject: main\n"
    )
    said = "src/echo.py:4: WARNING: shown by docs/"
    printed = project.build(*options)
    assert said in printed
    assert "docs/echo.rst:4" in printed
    assert "docs/again.rst:6" in printed


def test_line_shown_again(project: Project) -> None:
    with project.page.open("a") as page:
        page.write(
            "\n.. literalinclude:: ../src/echo.py\n"
            "   :pyobject: main\n   :again:\n"
            "\n.. literalinclude:: ../src/echo.py\n   :again:\n"
        )
    assert project.build() == ""
    assert "10 passed" in project.run()


def test_file_that_is_not_there(project: Project) -> None:
    line = project.spoil("../src/echo.py", "../src/ecco.py")
    assert f"docs/echo.rst:{line}: WARNING: Include file" in project.build()


def test_typed_lines_stand_out(project: Project) -> None:
    with project.page.open("a") as page:
        page.write("\n.. terminal:: one\n\n   $ exit 3\n   [3]\n")
        page.write(
            "\n.. code-block:: python\n\n   print('   a')\n"
            "\n.. output::\n\n   \\    a\n"
        )
    assert project.build(builder="html") == ""
    html = (project.folder / "out" / "echo.html").read_text()
    for typed in ("nc localhost 9527", "Hello", "exit 3"):
        assert f'<span class="gs">{typed}' in html
    assert '<span class="gs">^C' not in html, "a key is not bold"
    assert '<span class="c">[3]' in html
    assert "<pre><span></span>   a\n</pre>" in html, "without its mark"


def test_page_that_pytest_does_not_collect(project: Project) -> None:
    with (project.folder / "conf.py").open("a") as conf:
        conf.write('source_suffix = {".rst": "restructuredtext"}\n')
        conf.write('source_suffix[".txt"] = "restructuredtext"\n')
    page = project.folder / "docs" / "page.txt"
    page.write_text(":orphan:\n\nPage\n====\n\n>>> 1\n1\n")
    assert f"docs/page.txt:6: WARNING: {UNRUN}" in project.build()


def test_reason_is_seen(project: Project) -> None:
    with project.page.open("a") as page:
        page.write(
            "\n.. code-block:: c\n   :not-run: ``main`` is in C\n\n   main()\n"
        )
    assert project.build(builder="text") == ""
    text = (project.folder / "out" / "echo.txt").read_text()
    assert 'Not run, because "main" is in C.' in text
    assert "blocks marked not run: 1" in project.run()


def test_page_that_goes_away(project: Project) -> None:
    page = project.folder / "docs" / "again.rst"
    page.write_text(
        ":orphan:\n\nAgain\n=====\n\n.. literalinclude:: ../src/echo.py\n"
    )
    assert "shown by" in project.build()
    page.unlink()
    assert project.build() == ""


UNRUN = "this block is neither run nor compared"
UNSEEN = "this block runs, but no reader sees it"

# A block, the line of it that is at fault, the message and its subtype.
ALONE = [
    ("Look::\n\n   nothing runs me\n", 3, "nothing runs `::`", "not-run"),
    (".. parsed-literal::\n\n   a\n", 1, "nothing runs `parsed", "not-run"),
    (".. note::\n\n   Look::\n\n      a\n", 5, "nothing runs `", "not-run"),
    (".. code-block: python\n\n   a\n", 1, "readers see no", "not-run"),
    ("+-----+\n| A:: |\n|     |\n|   a |\n+-----+\n", 4, UNRUN, "not-run"),
    (".. hidden::\n\n   >>> 1\n   1\n", 3, UNSEEN, "unseen"),
    ("..\n   >>> 1 / 0\n   1\n\n.. Look here::\n\n   1 / 0\n", 1, "", ""),
]

HIDDEN = """
from docutils.parsers.rst import Directive

class Hidden(Directive):
    has_content = True

    def run(self):
        return []

def setup(app):
    app.add_directive("hidden", Hidden)
"""


def test_block_that_is_seen_or_run_alone(project: Project) -> None:
    with (project.folder / "conf.py").open("a") as conf:
        conf.write(HIDDEN)
    for number, (block, *_) in enumerate(ALONE):
        page = project.page.with_name(f"{number}.rst")
        page.write_text(f":orphan:\n\nPage {number}\n======\n\n{block}")
    said = project.build().splitlines()
    assert len(said) == len([one for one in ALONE if one[2]]), said
    for number, (_, line, message, subtype) in enumerate(ALONE):
        place = f"docs/{number}.rst:{line + 5}"
        found = [one for one in said if one.startswith(f"{place}: WARNING: ")]
        assert bool(found) == bool(message)
        for one in found:
            assert one.removeprefix(f"{place}: WARNING: ").startswith(message)
            assert one.endswith(f"[literate.{subtype}]")


def test_what_docutils_quotes_is_no_block(project: Project) -> None:
    project.spoil("===================\n", "======\n")
    said = project.build()
    assert "WARNING: Title underline too short." in said
    assert "Extension error" not in said
