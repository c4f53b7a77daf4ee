"""Build and run sites of more and more pages: `python -m bench.pages`.

Its arguments are the numbers of pages, such as 5 50 500. A page shows a module
of its own, and has snippets with outputs. What is printed are CPU seconds:
those of the whole, and what each page cost that there is more than before.
"""

import resource
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parents[1]
CONF = f"""
import sys
sys.path += ["src", {str(ROOT / "src")!r}]
extensions = ["literate.sphinx"]
weave = ["src"]
html_theme = "basic"
html_sidebars = {{"**": []}}  # no list of all pages on each page
"""
SNIPPET = """
.. code-block:: python

   print(function_0(%d))

.. output::

   %d
"""
BUILD = "-m sphinx -q -n -W -c . docs built"
RUN = "-m pytest --sybil -p no:cacheprovider docs"
COMMANDS = {"build": BUILD, "unchanged": BUILD, "pytest": RUN}


def make(folder: Path, number: int) -> None:
    """Write a site of *number* pages into *folder*."""
    (folder / "docs").mkdir()
    (folder / "src").mkdir()
    (folder / "conf.py").write_text(CONF)
    (folder / "conftest.py").write_text('pytest_plugins = ["literate.plugin"]')
    (folder / "pytest.ini").write_text(
        f"[pytest]\npythonpath = src {ROOT / 'src'}\n"
    )
    names = [f"page_{page}" for page in range(number)]
    entries = "".join(f"   {name}\n" for name in names)
    (folder / "docs" / "index.rst").write_text(
        f"Pages\n=====\n\n.. toctree::\n   :hidden:\n\n{entries}"
    )
    for name in names:
        (folder / "src" / f"{name}.py").write_text(
            "\n\n".join(
                f"def function_{each}(x):\n    return x\n"
                for each in range(20)
            )
        )
        (folder / "docs" / f"{name}.rst").write_text(
            f"{name}\n{'=' * len(name)}\n\n"
            f".. literalinclude:: ../src/{name}.py\n"
            + "".join(SNIPPET % (each, each) for each in range(10))
        )


def seconds(folder: Path, command: str) -> float:
    """The CPU seconds that Python takes for *command* in *folder*."""
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    subprocess.run(
        [sys.executable, *command.split()],
        cwd=folder,
        check=True,
        stdout=subprocess.DEVNULL,
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    return sum(after[:2]) - sum(before[:2])


def main() -> None:
    last: dict[str, float] = {}
    pages = 0
    for number in map(int, sys.argv[1:]):
        with tempfile.TemporaryDirectory() as name:
            make(Path(name), number)
            for what, command in COMMANDS.items():
                taken = seconds(Path(name), command)
                each = (taken - last.get(what, 0)) / (number - pages)
                print(f"{number:5} {what:10}{taken:8.2f} s{each:10.4f} s each")
                last[what] = taken
        pages = number


if __name__ == "__main__":
    main()
