"""What each run imports that is not the project's own."""

import importlib

from _pytest.config import default_plugins

MODULES = (
    *(f"_pytest.{plugin}" for plugin in default_plugins),
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


def warm_up() -> None:
    """Import it once, for all processes that are forked from this one."""
    for name in MODULES:
        importlib.import_module(name)
