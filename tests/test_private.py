"""What is private to other packages, and used here, is still there."""

import inspect
from importlib import import_module
from importlib.metadata import version
from platform import python_version
from typing import Any

import pytest

pytestmark = pytest.mark.once

PRIVATE = """
literate.private  pytest            _pytest.nodes:Node  _traceback_filter
literate.private  pytest            _pytest.nodes:Node  repr_failure
literate.private  pytest-xdist      xdist.scheduler:LoadFileScheduling  schedule
literate.private  pytest-xdist      xdist.scheduler:LoadFileScheduling  nodes
literate.private  pytest-xdist      xdist.scheduler:LoadScopeScheduling  workqueue
literate.private  pytest-xdist      xdist.scheduler:LoadScopeScheduling  registered_collections
literate.private  pytest-xdist      xdist.scheduler:LoadScopeScheduling  _reschedule
literate.private  python            multiprocessing.forkserver:ForkServer  _forkserver_pid
literate.private  python            multiprocessing.resource_tracker:ResourceTracker  _pid
literate.private  python            multiprocessing.util:  _finalizer_registry
literate.private  python            threading:  _register_atexit
literate.private  sphinx            sphinx.directives.code:LiteralIncludeReader  read
literate.private  sphinx            sphinx.directives.code:LiteralIncludeReader  lineno_start
literate.private  sybil             sybil.integration.pytest:SybilItem  example
literate.private  sybil             sybil.region:Lexeme  line_offset
website.live      sphinx-autobuild  sphinx_autobuild.__main__:  main
website.sidebar   furo              furo.navigation:  get_navigation_tree
website.sidebar   sphinx            sphinx.builders.html:StandaloneHTMLBuilder  render_partial
website.sidebar   sphinx            sphinx.environment.adapters.toctree:  global_toctree_for_doc
"""
"""Who uses it, the package, the module and the class, and the name."""


def release(package: str) -> str:
    return python_version() if package == "python" else version(package)


@pytest.mark.parametrize("line", PRIVATE.strip().splitlines())
def test_it_is_there(line: str) -> None:
    user, package, place, name = line.split()
    module, _, owner = place.partition(":")
    where: Any = import_module(module)
    if owner:
        where = getattr(where, owner)
    assert hasattr(where, name) or f"self.{name}" in inspect.getsource(
        where
    ), (
        f"{package} {release(package)} has no {name} in {place} any more, "
        f"which {user} uses"
    )
