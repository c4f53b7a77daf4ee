"""Ties pages to code: Sphinx shows what Sybil runs.

``literate.plugin`` gives pytest the option ``--sybil``; ``literate.sphinx``
gives Sphinx the directives ``terminal`` and ``output``. Neither knows what
the pages are about.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # pragma: no cover
    raise ImportError(
        "literate needs Python 3.11 or later; "
        f"this is Python {sys.version.split()[0]}",
        name="literate",  # so that `python -m literate` shows no traceback
    )

__version__ = "0.1.0"
