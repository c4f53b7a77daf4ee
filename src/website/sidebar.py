"""The list of all pages, which stands beside each."""

from functools import cache
from typing import Any

from furo.navigation import get_navigation_tree
from sphinx.application import Sphinx
from sphinx.environment.adapters.toctree import global_toctree_for_doc

BOX = 'class="toctree-checkbox"'
"""The class of a box that opens a list within the list when it is checked."""


@cache
def page_list(app: Sphinx) -> str:
    """The list of all pages, as furo has it beside a page that is not in it."""
    builder: Any = app.builder
    tree = global_toctree_for_doc(
        app.env,
        app.config.root_doc,
        builder,
        tags=app.tags,
        collapse=False,
        titles_only=True,
        includehidden=True,
    )
    return str(get_navigation_tree(builder.render_partial(tree)["fragment"]))


def marked(tree: str, uri: str) -> str:
    """The list *tree* on the page at *uri*: marked, and open around it."""
    link = f'"><a class="reference internal" href="{uri}">'
    before, found, after = tree.partition(link)
    if not found:
        return tree
    level = before.rpartition("toctree-l")[2]
    if level == "1 has-children":
        after = after.replace(BOX, f'checked="" {BOX}', 1)
    elif level == "2":
        head, _, tail = before.rpartition(BOX)
        before = f'{head}checked="" {BOX}{tail}'
    here = ' current-page"><a aria-current="page" class="reference" href="#">'
    return before + here + after


def list_pages(
    app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any
) -> None:
    """Have all pages share one list: furo makes a new one for each page."""
    uri = app.builder.get_relative_uri(app.config.root_doc, page)
    context["toctree"] = lambda **_: ""  # of which furo makes nothing
    context["page_list"] = marked(page_list(app), uri)


def setup(app: Sphinx) -> None:
    app.connect("html-page-context", list_pages, priority=400)  # before furo
