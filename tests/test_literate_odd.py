"""Pages and projects as they come: what is said of what cannot run.

One odd block is one red item, and pytest and Sphinx say the same of it.
"""

import pytest

from project import Project, in_process

pytestmark = pytest.mark.once

# A page, and for each block at fault its line, what is said, and how many pass.
ODD = {
    "nested": (
        ".. code-block:: rst\n   :not-run: it is about pages\n\n"
        "   .. code-block:: python\n\n      1 / 0\n\n   >>> 1 / 0\n\n"
        "   .. skip: next\n\n"
        '.. code-block:: python\n\n   PAGE = """\n'
        '   .. terminal:: a\n\n      $ false\n   """\n',
        [],
        2,
    ),
    "docstring": (
        "A function::\n\n  def f():\n      '''\n      >>> 1\n      2\n   '''\n"
        "\n>>> 1\n1\n",
        [(3, "nothing runs `::`: write")],
        1,
    ),
    "prompt": (
        ">>> x = 1\n>>>x\n1\n>>> x\n1\n",
        [(2, "write a space after `>>>`")],
        2,
    ),
    "prompt-alone": (
        ">>>1 / 0\n\nText\n>>> 1\n1\n",
        [
            (1, "write a space after `>>>`"),
            (4, "write an empty line above this `>>>`"),
        ],
        0,
    ),
    "indent": (
        ">>> 1\n1\n  >>> 2\n2\n>>> 3\n3\n",
        [(4, "indent this line as the `>>>` above it")],
        2,
    ),
    "option": (
        ">>> 1  # doctest: +NONE\n1\n>>> 1\n1\n",
        [(1, "doctest options have no effect")],
        1,
    ),
    "ends-of-lines": ("Look::\n\n   >>> '\u2028\x0c' and 1\n   1\n", [], 1),
    "bom": ("\ufeff>>> 1\n1\n", [], 1),
    "tab": (
        ".. output::\n\n\t1\n\n-\t.. code-block:: python\n\n\t\tif 1:\n"
        "\t\t\tprint(2)\n\n\t.. output::\n\n\t\t2\n\nx::\n\n\t>>> 3\n\t3\n",
        [(1, "this output follows no snippet: write it right after")],
        2,
    ),
    "session": (
        ".. code-block:: pycon\n\n   Python 3.9\n   >>> 1\n   1\n\n   2\n\n"
        ".. doctest::\n   :not-run: it is old\n\n   >>> 1\n   2\n\n"
        ">>> # nothing\n\n"
        ".. code-block:: pycon\n   :not-run: it takes an hour\n\n   >>> 1 / 0\n",
        [
            (3, "a session begins with `>>>`"),
            (7, "this is no output, for an empty line ends that"),
            (9, "unknown option :not-run:; known are none"),
            (15, "this session has no statement"),
        ],
        2,
    ),
    "lists": (
        "* - .. code-block:: python\n\n       x = 1\n\n"
        ".. list-table::\n\n   * - a\n     - >>> x\n       1\n\n"
        "1. Look::\n\n     >>> x\n     1\n\n"
        ".. note:: .. code-block:: python\n\n   1 / 0\n",
        [(16, "write this on a line of its own, below `.. note::`")],
        3,
    ),
    "tables": (
        "+---------+\n| >>> 1   |\n| 2       |\n+---------+\n\n"
        "=====  ====================\na      .. code-block:: c\n"
        "=====  ====================\n\n>>> 1\n1\n\n"
        "=====  =====\nA      B\n=====  =====\n1      2\n=====  =====\n\n"
        ">>> 2\n2\n\n===  ===\nno end\n",
        [
            (2, "a block in such a table does not run: write a `list-table`"),
            (7, "a block in such a table does not run: write a `list-table`"),
        ],
        2,
    ),
    "almost": (
        ".. code-block: python\n\n   1 / 0\n\n"
        ".. code-block::python\n\n   1 / 0\n\n"
        "..code-block:: python\n\n   1 / 0\n\n"
        "Text\n.. code-block:: python\n\n   1 / 0\n\n"
        ".. code-block:: python\n   1 / 0\n\n"
        ".. terminal:: a\n   :timeout: 1\n   $ false\n\n"
        ".. skip: next\n\n.. output: see below\n\n.. [1] A note\n",
        [
            (1, "readers see no block here: begin it with `.. code-block:: `"),
            (5, "readers see no block here: begin it with `.. code-block:: `"),
            (9, "readers see no block here: begin it with `.. code-block:: `"),
            (14, "write an empty line above this"),
            (18, "write an empty line below `.. code-block::`"),
            (21, "write an empty line below the options"),
            (25, "nothing runs `skip`: write `:not-run: REASON`"),
        ],
        0,
    ),
    "languages": (
        ".. code-block:: python3\n\n   1\n\n.. code::\n\n   1\n\n"
        ".. code-block:: sh\n\n   ls\n\n.. code-block:: c\n\n   f();\n\n"
        ".. code-block:: python\n\n   >>> 1\n   1\n\n"
        ".. code-block:: python\n   :substitutions:\n\n   1\n\n"
        ".. testcode::\n   :not-run: it is old\n\n   1\n\n.. math::\n\n   a::\n\n     b\n\n"
        ".. code-block:: python",
        [
            (1, "nothing runs a block in 'python3': write `.. code-block:: p"),
            (5, "nothing runs a block in '': write its language, as in `.. c"),
            (9, "nothing runs a block in 'sh': write `.. terminal:: NAME`"),
            (
                13,
                "nothing runs a block in 'c': write `.. code-block:: python`",
            ),
            (17, "`>>>` is no Python: write `.. code-block:: pycon`, or"),
            (22, "unknown option :substitutions:; known are :caption:, :cla"),
            (27, "nothing runs `testcode`: write `.. code-block:: python`"),
            (38, "this block is empty"),
        ],
        0,
    ),
    "literal": (
        "Quoted::\n\n> a\n> b\n\nNone::\n\nText, 4 \\::\n\n   a\n\nEnd::\n"
        "   not literal\n\n..\n\n   Look::\n\n      b\n\nLast::\n",
        [
            (3, "nothing runs `::`: write `.. code-block:: python` for code"),
            (19, "nothing runs `::`: write `.. code-block:: python` for code"),
        ],
        0,
    ),
    "below": (
        ".. code-block:: python\n\n   print(1)\n\n.. output::\n   1\n\n"
        ".. terminal:: a\n   $ false\n\n.. doctest::\n   >>> 1 / 0\n",
        [
            (8, "write an empty line below `.. terminal::`"),
            (11, "write an empty line below `.. doctest::`"),
        ],
        1,
    ),
    "looks": (
        ".. code-block:: python\n   :caption: A::\n   :linenos:\n\n   x = 1\n\n"
        ".. literalinclude:: ../src/echo.py\n   :lineno-match:\n"
        "   :caption: The\n      echo\n\n"
        ".. code:: python\n   :number-lines:\n\n   x\n",
        [],
        3,
    ),
}


@pytest.mark.parametrize("name", ODD)
def test_odd_page(project: Project, name: str) -> None:
    text, faults, passed = ODD[name]
    project.page.write_text(text)
    project.page.with_name("other.rst").write_text(">>> 1\n1\n")
    printed = project.run()
    for line, message in faults:
        assert f"\ndocs/echo.rst:{line}: {message}" in printed
    failed = f"{len(faults)} failed, " if faults else ""
    assert f"{failed}{passed + 1} passed" in printed


@pytest.mark.parametrize("name", ODD)
def test_build_says_the_same(project: Project, name: str) -> None:
    text, faults, _ = ODD[name]
    mark = "\ufeff" if text[0] == "\ufeff" else ""
    title = f"{mark}Title\n=====\n\n"
    project.page.write_text(title + text.removeprefix(mark))
    with (project.folder / "conf.py").open("a") as conf:
        conf.write(
            "weave = []\nsuppress_warnings = ['docutils', 'misc']\n"
            "extensions.append('sphinx.ext.doctest')\n"
        )
    said = [
        line for line in project.build().splitlines() if "[literate." in line
    ]
    assert len(said) == len(faults)
    for one, (line, message) in zip(said, faults, strict=True):
        assert one.startswith(f"docs/echo.rst:{line + 3}: WARNING: {message}")


def test_page_that_is_not_utf8(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    project.page.with_name("other.rst").write_bytes(
        "Café\n====\n\n>>> 1\n1\n\nDéjà\n".encode("latin-1")
    )
    printed = project.run("docs/other.rst")
    message = "the byte 0xe9 is not UTF-8: save the page in UTF-8"
    assert f"\ndocs/other.rst:1: {message}\n" in printed
    assert "1 failed, 1 passed" in printed
    printed = project.run("docs/other.rst", "--sybil-update")
    assert "1 failed, 1 passed" in printed
    said = project.build()
    assert (
        said == f"docs/other.rst:1: WARNING: {message} [literate.encoding]\n"
    )


def test_line_ends(project: Project) -> None:
    project.page.write_bytes(
        b".. code-block:: python\r\n\r\n   print(1)\r\n\r\n"
        b".. output::\r\n\r\n   1\r\n\r\n>>> 1\r1\r"
    )
    assert "2 passed" in project.run()


INCLUDES = """\
.. include:: {name}
{options}
>>> part
1

.. include:: <isonum.txt>
"""

PART = """\
above
-----

>>> 1 / 0
1

.. start

>>> part = 1
>>> part
2

.. end

>>> 1 / 0
2
"""


@pytest.mark.parametrize("name", ["part.txt", "/part.txt"])
def test_included_file(project: Project, name: str) -> None:
    (project.folder / "docs" / "part.txt").write_text(PART)
    options = (
        "   :start-line: 1\n   :start-after: start\n   :end-before: .. e\n"
    )
    project.page.write_text(INCLUDES.format(name=name, options=options))
    printed = project.run()
    assert "\ndocs/part.txt:11: expected '2', got '1'" in printed
    assert "1 failed, 2 passed" in printed
    page = project.page.with_name("sub.rst")
    page.write_text("Sub\n===\n\n" + project.page.read_text())
    with (project.folder / "conf.py").open("a") as conf:
        conf.write("weave = []\nroot_doc = 'sub'\n")
    project.page.unlink()
    assert project.build() == ""


def test_recorded_in_an_included_file(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("CI", raising=False)
    part = project.folder / "docs" / "part.txt"
    part.write_text("Above\n\n" + PART[PART.index(">>> part =") :])
    project.page.write_text(
        INCLUDES.format(
            name="part.txt", options=("   :start-line: 2\n   :end-line: 6\n")
        )
    )
    assert "3 passed" in project.run("--sybil-update")
    assert ">>> part\n1\n" in part.read_text()
    assert "3 passed" in project.run()


# What may stand below `include`, or its file, and what is said then.
REFUSED = {
    "": "includes itself",
    "   :literal:\n": "nothing runs what is included as text",
    "   :start-after: never\n": "`:start-after:` finds no 'never'",
    "   :end-before: never\n": "`:end-before:` finds no 'never'",
}


@pytest.mark.parametrize("options", REFUSED)
def test_refused_include(project: Project, options: str) -> None:
    part = project.folder / "docs" / "part.txt"
    part.write_text(PART if options else ".. include:: part.txt\n")
    project.page.write_text(INCLUDES.format(name="part.txt", options=options))
    assert REFUSED[options] in project.run()
    project.page.write_text("Page\n====\n\n" + project.page.read_text())
    said = project.build()
    assert ("[literate.not-run]" in said) == (options == "   :literal:\n")


def test_included_file_that_is_not_there(project: Project) -> None:
    project.page.write_text(".. include:: part.txt\n\n>>> 1\n1\n")
    printed = project.run()
    assert "docs/echo.rst:1: [Errno 2] No such file" in printed
    assert "1 failed, 1 skipped" in printed
    assert "literate.not-run" not in project.build()


def test_rooted_path(project: Project) -> None:
    for folder in "docs", "docs/sub":
        (project.folder / folder).mkdir(exist_ok=True)
        file = project.folder / folder / "x.txt"
        file.write_text(f"{folder}\n")
    page = project.folder / "docs" / "sub" / "page.rst"
    page.write_text(
        ":orphan:\n\nPage\n====\n\n.. literalinclude:: /x.txt\n\n"
        ".. terminal:: a\n\n   $ cat x.txt\n   docs\n"
    )
    assert "2 passed" in project.run("docs/sub")
    assert project.build() == ""
    (project.folder / "x.txt").write_text("root\n")
    other = project.folder / "x.txt"
    said = f"pytest takes {other} [literate.path]"
    assert said in project.build("-E")
    (project.folder / "conf.py").unlink()
    assert "got 'root'" in project.run("docs/sub")
    other.unlink()
    (project.folder / "docs" / "x.txt").unlink()
    (project.folder / "docs" / "sub" / "x.txt").unlink()
    assert f"No such file or directory: '{other}'" in project.run("docs/sub")


@pytest.mark.parametrize("terminal", [".. terminal:: a\n\n   $ true\n", ""])
def test_two_files_of_one_name(project: Project, terminal: str) -> None:
    for folder in "a", "b":
        (project.folder / "src" / folder).mkdir()
        (project.folder / "src" / folder / "x.txt").write_text(folder)
    includes = ".. literalinclude:: ../src/{}/x.txt\n\n"
    project.page.write_text(
        includes.format("a") + includes.format("b") + terminal
    )
    printed = project.run()
    said = "docs/echo.rst:3: the page shows another x.txt too, "
    assert (said in printed) == bool(terminal)


def test_file_with_the_name_of_another_module(project: Project) -> None:
    (project.folder / "src" / "os.py").write_text("x = 1\n")
    project.page.write_text(".. literalinclude:: ../src/os.py\n\n>>> 1\n1\n")
    printed = project.run()
    assert "src/os.py has the name of another module, os in " in printed
    assert "1 failed, 1 skipped" in printed


LEFT = """\
Page
====

.. literalinclude:: ../src/nothing.txt
   :not-run: it has no use

.. terminal:: a
   :not-run: it takes a printer

   $ lpr

.. output::
   :not-run: it is a sketch

   1

.. parsed-literal::
   :not-run: **it** is a sketch

   1

.. sourcecode:: c
   :not-run: it is in C

   f()

.. code:: c
   :not-run: it is
      in C

   f()

.. terminal:: a

   $ true
"""


def test_each_kind_of_block_may_be_left(project: Project) -> None:
    (project.folder / "src" / "nothing.txt").write_text("1 / 0\n")
    project.page.write_text(LEFT)
    with (project.folder / "conf.py").open("a") as conf:
        conf.write("weave = []\n")
    printed = project.run()
    assert "blocks marked not run: 6" in printed
    assert "7 passed" in printed
    assert project.build(builder="text") == ""
    text = (project.folder / "out" / "echo.txt").read_text()
    assert text.count("Not run, because it") == 5
    assert "Not run, because **it** is" in text


@pytest.mark.parametrize("options", [[], ["-n", "1"]])
def test_kinds_that_a_project_leaves(
    project: Project, options: list[str]
) -> None:
    settings = project.folder / "pyproject.toml"
    project.page.write_text(
        "Page\n====\n\n.. code-block:: bash\n\n   false\n\nLook::\n\n   a\n\n"
        ".. code-block:: python3\n\n   1\n\n.. automodule:: docs\n\n"
        "+-----+\n| A:: |\n|     |\n|   a |\n+-----+\n"
    )
    (project.folder / "src" / "docs.py").write_text('""">>> 1 / 0"""\n')
    with (project.folder / "conf.py").open("a") as conf:
        conf.write(
            "sys.path.append('src')\nweave = []\n"
            "extensions.append('sphinx.ext.autodoc')\n"
        )
    printed = project.run(*options)
    assert (
        "\nnothing runs 1 bash, 1 ::, 1 python3; if that is meant, " in printed
    )
    assert 'not-run = ["::", "bash", "python3"]\n' in printed
    assert "3 failed" in printed
    said = project.build("-E").splitlines()
    assert len(said) == 5
    warning = "docs.py:docstring of docs:1: WARNING: pytest --sybil does not"
    assert any(warning in one for one in said)
    settings.write_text(
        '[tool.literate]\nnot-run = ["::", "bash", "docstring"]'
    )
    printed = project.run(*options)
    assert "\nnot run, as pyproject.toml says: 1 bash, 1 ::\n" in printed
    assert "1 failed, 2 skipped" in printed
    [left] = project.build("-E").splitlines()
    assert "docs/echo.rst:12: WARNING: nothing runs a block in 'p" in left
    settings.write_text("[tool.literate]\nnot-run = ['::', 'bash', 'python3']")
    [left] = project.build().splitlines()
    assert "docstring" in left, "the page is read again"


@pytest.mark.parametrize(
    "text",
    ["[tool.literate]\nnot-run = 'c'", "[tool.literate]\nrun = []", "?"],
)
def test_mistaken_settings(project: Project, text: str) -> None:
    file = project.folder / "pyproject.toml"
    file.write_text(text)
    if text != "?":  # at that pytest itself ends
        assert f"\n{file}: [tool.literate] takes a list of" in project.run()
    home = str(project.folder)
    status, said = in_process(
        ["-q", "-b", "dummy", "-c", home, f"{home}/docs", f"{home}/out"],
        project.folder,
    )
    assert status == 2
    assert f"{file}: " in said


def test_warnings_can_be_suppressed(project: Project) -> None:
    project.page.write_text("Page\n====\n\nLook::\n\n   a\n")
    assert project.build() != ""
    with (project.folder / "conf.py").open("a") as conf:
        conf.write(
            "suppress_warnings = ['literate.not-run', 'literate.weave']\n"
        )
    assert project.build("-E") == ""


GENERATED = """
from docutils import nodes
from docutils.parsers.rst import Directive

class Made(Directive):
    has_content = True

    def run(self):
        text = "\\n".join(self.content) or "usage: made"
        return [nodes.container("", nodes.literal_block(text, text))]

def setup(app):
    app.add_directive("made", Made)
"""


def test_block_that_a_directive_makes(project: Project) -> None:
    with (project.folder / "conf.py").open("a") as conf:
        conf.write(GENERATED + "weave = []\n")
    project.page.write_text("Page\n====\n\n.. made::\n")
    assert project.build() == ""
    project.page.write_text("Page\n====\n\n.. made::\n\n   typed\n   too\n")
    said = "docs/echo.rst:6: WARNING: this block is neither run nor compared"
    assert said in project.build()


def test_caption_of_shown_code(project: Project) -> None:
    project.spoil(":language: python", ":caption: The server")
    assert project.build(builder="html") == ""
    assert "The server" in (project.folder / "out" / "echo.html").read_text()
    assert "8 passed" in project.run()
