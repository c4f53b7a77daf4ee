"""A small project of its own for each test of the machinery."""

import contextlib
import io
import os
import subprocess
import sys
import warnings
from pathlib import Path
from unittest import mock

from sphinx.cmd.build import build_main

import literate

ECHO = """
import socket

def main():
    server = socket.create_server(("localhost", 9527))
    print("ready", flush=True)
    try:
        while True:
            with server.accept()[0] as conn:
                while data := conn.recv(100):
                    conn.sendall(data)
    except KeyboardInterrupt:
        pass

if __name__ == "__main__":
    main()
"""

HEAD = """\
How does echo work?
===================

.. literalinclude:: ../src/echo.py
   :language: python

"""

SESSION = """\
.. terminal:: server

   $ python3 echo.py
   ready

.. terminal:: console 1

   $ nc localhost 9527
   < Hello
   Hello
   ^C

.. terminal:: server

   ^C

"""

SNIPPETS = """\
.. code-block:: python

   print("one")
   print("two")

.. output::

   one
   two

>>> numbers = [1, 2]
>>> numbers
[1, 2]
>>> main.__name__
'main'
"""

PAGE = HEAD + SESSION + SNIPPETS


SRC = Path(literate.__file__).parents[1]


def in_process(command: list[str], cwd: Path) -> tuple[int, str]:
    """The status of Sphinx's *command*, and what it says; without a start."""
    with (
        contextlib.chdir(cwd),
        contextlib.redirect_stderr(io.StringIO()) as said,
        mock.patch.object(sys, "path", sys.path[:]),
        warnings.catch_warnings(),
    ):
        warnings.simplefilter("error")
        return build_main(command), said.getvalue()


def in_another_process(command: list[str], cwd: Path) -> tuple[int, str]:
    """The same from a process that may fork: xdist has given ours a thread."""
    finished = subprocess.run(
        [sys.executable, "-m", "sphinx", *command],
        cwd=cwd,
        env=os.environ | {"PYTHONWARNINGS": "error"},
        capture_output=True,
        text=True,
    )
    return finished.returncode, finished.stderr


class Project:
    """A project with one page, ``docs/echo.rst``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.page = folder / "docs" / "echo.rst"
        self.printed = ""
        for name in ("docs", "src"):
            (folder / name).mkdir()
        (folder / "src" / "echo.py").write_text(ECHO)
        (folder / "conftest.py").write_text(
            'pytest_plugins = ["literate.plugin"]\n'
        )
        (folder / "pytest.ini").write_text(
            f"[pytest]\npythonpath = src {SRC}\ntestpaths = docs\n"
            "addopts = -p no:cacheprovider\n"
        )
        (folder / "conf.py").write_text(
            f"import sys\nsys.path.append({str(SRC)!r})\n"
            'extensions = ["literate.sphinx"]\n'
            'root_doc = "echo"\nweave = ["src"]\n'
        )
        self.page.write_text(PAGE)

    def spoil(self, old: str, new: str) -> int:
        """Replace the page's first *old* by *new*; return the line number."""
        text = self.page.read_text()
        assert old in text
        self.page.write_text(text.replace(old, new, 1))
        return text[: text.index(old)].count("\n") + 1

    def start(
        self, *options: str, sybil: bool = True, cwd: Path | None = None
    ) -> subprocess.Popen[str]:
        """Begin with a test run: with the pages, if *sybil*."""
        command = [sys.executable, "-m", "pytest", *["--sybil"] * sybil]
        return subprocess.Popen(
            [*command, *options],
            cwd=cwd or self.folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )

    def build(
        self, *options: str, builder: str = "dummy", cwd: Path | None = None
    ) -> str:
        """Read all pages with ``-n -W --keep-going``; return what it says.

        A warning of Python's, as of what Sphinx is to drop, is an error.
        """
        home = str(self.folder)
        paths = "-c", home, f"{home}/docs", f"{home}/out"
        command = ["-q", "-n", "-N", "-W", "--keep-going", "-b", builder]
        build = in_process if "-j" not in options else in_another_process
        status, said = build([*command, *paths, *options], cwd or self.folder)
        assert (status != 0) == ("WARNING" in said)
        return said

    def run(
        self, *options: str, sybil: bool = True, cwd: Path | None = None
    ) -> str:
        """Run the tests to their end; return what pytest says."""
        run = self.start(*options, sybil=sybil, cwd=cwd)
        return run.communicate(timeout=300)[0]
