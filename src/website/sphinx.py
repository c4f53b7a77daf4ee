"""Sphinx's part of this site: what it says of itself."""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from website import files, front, heads, lists, moments
from website.domain import Website


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_domain(Website)
    files.setup(app)
    front.setup(app)
    heads.setup(app)
    lists.setup(app)
    moments.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
