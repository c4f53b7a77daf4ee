"""What each run imports that is not the project's own: imported once, here."""

import gc
import importlib

from _pytest.config import default_plugins

OTHERS = (
    "asyncio",
    "coverage",
    "sphinx.config",
    "sphinx.directives.code",
    "sphinx.pycode",
    "sybil.evaluators.doctest",
    "sybil.integration.pytest",
    "sybil.parsers.abstract.doctest",
    "sybil.parsers.rest.lexers",
    "unittest.mock",
)

for name in (*(f"_pytest.{plugin}" for plugin in default_plugins), *OTHERS):
    importlib.import_module(name)
gc.freeze()  # or each run would look through all of that for garbage
