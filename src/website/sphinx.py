"""Sphinx's part of this site: what it says of itself."""

from sphinx.application import Sphinx
from sphinx.util.typing import ExtensionMetadata

from website import (
    facts,
    files,
    front,
    moments,
    provoked,
    search,
    sidebar,
)
from website.domain import Website


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_domain(Website)
    facts.setup(app)
    files.setup(app)
    front.setup(app)
    moments.setup(app)
    provoked.setup(app)
    search.setup(app)
    sidebar.setup(app)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
