"""The line below a page's title, and what the page is for machines."""

import re
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx

from literate.weaving import record
from website.domain import website

UNUSED = {
    "html": r"doctools|documentation_options|sphinx_highlight|furo-extensions",
    "epub": r"\.js|stepper|front",
}
"""Files that no page has a use for."""


def add_line(app: Sphinx, document: nodes.document, page: str) -> None:
    """Say below the title how long *page* takes, and what it runs on."""
    title = document.next_node(nodes.title)
    if title and not website(app.env).pages[page].tells:
        line = nodes.paragraph("", "", *facts(app, page), classes=["facts"])
        title.parent.insert(1, line)


def facts(app: Sphinx, page: str) -> list[nodes.Node]:
    """The line below the title of *page*, in its parts."""
    first, last = pythons(Path(app.confdir, "tox.ini").read_text("utf-8"))
    minutes = website(app.env).pages[page].minutes
    line: list[nodes.Node] = [
        nodes.Text(f"{minutes} minutes · runs on Python {first} to {last}")
    ]
    shown = record(app.env).get(page, [])
    paths = dict.fromkeys(block.path for block in shown if not block.again)
    link = app.config.weave_link.partition("#")[0]
    for path in paths:
        line.append(nodes.Text(" · "))
        uri = link.format(path=path)
        code = nodes.literal("", path)
        line.append(nodes.reference("", "", code, refuri=uri) if uri else code)
    return line


def pythons(tox: str) -> tuple[str, str]:
    """The first and the last Python that *tox*, a tox.ini, names."""
    found = re.search(r"^ +ci = 3\.\{(\d+)-(\d+)\}", tox, re.MULTILINE)
    assert found
    return f"3.{found[1]}", f"3.{found[2]}"


def leave_out(
    app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any
) -> None:
    """Have *page* load no file that it does not use."""
    unused = UNUSED[app.builder.name]
    for kind in ("css_files", "script_files"):
        context[kind] = [
            file
            for file in context[kind]
            if not re.search(unused, str(file.filename))
        ]


def setup(app: Sphinx) -> None:
    app.connect("doctree-resolved", add_line)
    app.connect("html-page-context", leave_out, priority=900)
