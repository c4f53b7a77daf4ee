"""Ties pages to code: Sphinx shows what Sybil runs.

``literate.plugin`` gives pytest the option ``--sybil``; ``literate.sphinx``
gives Sphinx the directives ``terminal`` and ``output``. Neither knows what
the pages are about.

The rules:

- A page is a ``page.Page``. It has all that its blocks share, its ``workplace``
  what they begin: processes, folders, ports. Its end puts that away.
- From its first block to its end a page has a ``stay.Stay`` in the process:
  ``restoring`` puts back what it changes, ``leftovers`` ends and names what it
  leaves, ``exits`` keeps the process one. ``sources`` has its blocks' code.
- ``blocks`` knows the kinds of blocks, by their parsers in ``snippets``,
  ``outputs`` and ``terminals``. pytest runs what these find, and ``audit``
  holds Sphinx's blocks against them.
- ``notation`` says what a line of a page stands for, and ``shell`` what a
  command does to those after it.
- A block that does not hold raises ``failures.Failure``, whose text begins
  with the page and the line. Nothing else is said of it.
- ``pytest_page_surroundings`` is the one hook: for a directive of a project's
  own, what the snippets in it run in.
- ``weaving`` and ``audit`` are Sphinx's alone, and the rest imports Sphinx only
  where a page shows a part of a file.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # pragma: no cover
    raise ImportError(
        "literate needs Python 3.11 or later; "
        f"this is Python {sys.version.split()[0]}",
        name="literate",  # so that `python -m literate` shows no traceback
    )

__version__ = "0.1.0"
