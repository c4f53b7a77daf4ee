"""A failure names the page, the line, and what is wrong.

All cases are pages of one project, which is run once.
"""

import re

import pytest

from project import PAGE, Project

# What is spoilt on PAGE: old text, new text, how far from there the failure
# is, and its message.
SPOILT = [
    ("   Hello\n", "   Hallo\n", 0, "expected 'Hallo', got 'Hello'"),
    (
        "   < Hello\n   Hello\n",
        "\n.. terminal:: console 1\n   :timeout: 0.5\n\n   Hello\n",
        4,
        "expected 'Hello', got nothing for 0.5 s",
    ),
    (":timeout: 30", ":timeout: soon", -1, ":timeout: takes seconds"),
    (":timeout: 30", ":tiemout: 30", -1, "unknown option :tiemout:"),
    (" console 1\n", "\n", 0, "a terminal has a name"),
    ("   two\n", "   too\n", 0, "expected 'too', got 'two'"),
    ("   two\n", "", 0, "expected nothing, got 'two'"),
    (".. output::\n\n   one\n   two\n", "", -3, "expected nothing, got"),
    (
        '.. code-block:: python\n\n   print("one")\n   print("two")\n',
        "",
        1,
        "this output follows no snippet",
    ),
    (
        "code-block:: python",
        "code-block:: bash",
        0,
        "nothing runs a block",
    ),
    (
        "code-block:: python\n",
        "code-block:: c\n   :not-run:\n",
        0,
        "readers want to know why",
    ),
    (
        "code-block:: python\n",
        "code-block:: c\n   :not-run: it is C\n",
        0,
        "is not run: take its `output` away",
    ),
    ('print("two")', "print(two)", 0, "NameError: name 'two'"),
    ('print("two")', "print(two", 0, "SyntaxError: "),
    (
        'print("two")',
        "raise __import__('queue').Empty",
        0,
        "Empty\n    Traceback",
    ),
    ("[1, 2]\n>>> main", "[1, 3]\n>>> main", 0, "expected '[1, 3]', got"),
    (">>> numbers\n", ">>> numbers[7]\n", 0, "IndexError: list index"),
    (
        ">>> numbers\n",
        ">>> numbers  # doctest: +SKIP\n",
        0,
        "doctest options have no effect",
    ),
    (
        ">>> numbers\n[1, 2]\n",
        ">>> for n in numbers:\n...     n\n...\n1\n3\n",
        4,
        "expected '3', got '2'",
    ),
    (
        ">>> numbers\n[1, 2]\n",
        ">>> numbers +\n...\n",
        0,
        "SyntaxError: invalid syntax",
    ),
    ("../src/echo.py", "../src/ecco.py", 0, "[Errno 2] No such"),
    (":language:", ":pyobject: nobody\n   :language:", -1, "Object named"),
    (":language:", ":lines: 1-3\n   :language:", -1, "unknown option"),
    ("../src/echo.py", "../../lost.py", 0, "ImportError: "),
]

# Lines of a terminal, the page's line that fails, and its message.
TERMINALS = [
    (
        "$ echo a; echo b\na",
        4,
        "expected nothing more of `echo a; echo b`",
    ),
    ("$ echo a &\n$ true", 4, "expected nothing more of `echo a &`"),
    ("$ exit 3", 3, "`exit 3` ended by itself with status 3"),
    ("$ exit 3\n[4]", 4, "`exit 3` ended by itself with status 3"),
    ("$ kill -9 $$", 3, "`kill -9 $$` ended by itself with status 137"),
    ("$ printf a\nb", 4, "expected 'b', got 'a'"),
    ("$ true\nb", 4, "expected 'b', got nothing: `true` ended"),
    ("b", 3, "nothing runs in terminal 'one': write a line"),
    ("^C", 3, "nothing runs in terminal 'one': write a line"),
    (
        "$ sleep 60 &\n$ nc localhost 9527",
        4,
        "expected a program that listens on port 9527, got none for 0.2 s",
    ),
    ("$ cat", 3, "`cat` still runs after 0.2 s"),
]


def spoilt(old: str, new: str) -> tuple[str, int]:
    """PAGE with *new* instead of *old*, and the line where that is."""
    text = PAGE
    for terminal in ("console 1\n", "server\n"):
        text = text.replace(terminal, f"{terminal}   :timeout: 30\n", 1)
    assert old in text
    line = text[: text.index(old)].count("\n") + 1
    return text.replace(old, new, 1), line


@pytest.fixture(scope="module")
def printed(tmp_path_factory: pytest.TempPathFactory) -> str:
    project = Project(tmp_path_factory.mktemp("failures"))
    (project.folder.parent / "lost.py").write_text("x = 1\n")
    for number, (old, new, *_) in enumerate(SPOILT):
        page = project.page.with_name(f"spoilt-{number}.rst")
        page.write_text(spoilt(old, new)[0])
    for number, (lines, _, message) in enumerate(TERMINALS):
        lines = lines.replace("\n", "\n   ")
        seconds = 0.2 if "0.2 s" in message else 30
        page = project.page.with_name(f"terminal-{number}.rst")
        page.write_text(
            f".. terminal:: one\n   :timeout: {seconds}\n\n   {lines}"
        )
    return project.run("-n", "2")


@pytest.mark.parametrize("number", range(len(SPOILT)))
def test_spoilt_page(printed: str, number: int) -> None:
    old, new, offset, message = SPOILT[number]
    line = spoilt(old, new)[1] + offset
    assert f"\ndocs/spoilt-{number}.rst:{line}: {message}" in printed


@pytest.mark.parametrize("number", range(len(TERMINALS)))
def test_spoilt_terminal(printed: str, number: int) -> None:
    _, line, message = TERMINALS[number]
    assert f"\ndocs/terminal-{number}.rst:{line + 1}: {message}" in printed


def test_only_the_page_is_shown(printed: str) -> None:
    """No frame of pytest's, Sybil's or ours is in a failure."""
    failures = printed[printed.index("= FAILURES =") :]
    failures = failures.partition("\nnothing runs ")[0]
    assert "site-packages" not in failures
    assert not re.search("literate|sybil", failures)
    assert "numbers[7]\n    IndexError" in failures, (
        "no carets: it is indented"
    )
