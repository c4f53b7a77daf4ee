"""Files beside the pages, for lost readers, search engines and EPUBs."""

import re
from collections.abc import Iterator
from html import escape
from pathlib import Path
from typing import Any
from urllib.parse import urljoin, urlsplit
from zipfile import ZipFile

from sphinx.application import Sphinx

LOST = """
<h1>There is no such page</h1>
<p>The page that you look for has moved, or never was. The search knows all
that there are, and so does the <a href="index.html">front page</a>.</p>
"""


def add_lost(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """A server shows 404.html for each address that it does not know."""
    if app.builder.name == "html":
        context = {"title": "There is no such page", "body": LOST}
        yield "404", context, "page.html"


def finish(app: Sphinx, error: Exception | None) -> None:
    """Do what needs all files of the site, or of the EPUB."""
    if not error and app.builder.name == "html":
        finish_site(app)
    if not error and app.builder.name == "epub":
        declare_figures(Path(app.outdir, f"{app.config.epub_basename}.epub"))


def finish_site(app: Sphinx) -> None:
    """Let 404.html work at any depth; list all pages in sitemap.xml."""
    base = app.config.html_baseurl
    lost = Path(app.outdir, "404.html")
    text = lost.read_text("utf-8")
    lost.write_text(rooted(text, urlsplit(base).path or "/"), "utf-8")
    if base:
        pages = map(app.builder.get_target_uri, sorted(app.env.found_docs))
        addresses = [urljoin(base, page) for page in pages]
        Path(app.outdir, "sitemap.xml").write_text(sitemap(addresses), "utf-8")


def rooted(html: str, root: str) -> str:
    """*html* with its relative addresses below *root*."""
    relative = r'\b(href|src|action|data-content_root)="(?:\./)?(?![#/]|\w+:)'
    return re.sub(relative, rf'\1="{root}', html)


def sitemap(addresses: list[str]) -> str:
    """The file that tells search engines the *addresses* of all pages."""
    return (
        '<?xml version="1.0" encoding="utf-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">\n'
        + "".join(f"<url><loc>{escape(a)}</loc></url>\n" for a in addresses)
        + "</urlset>\n"
    )


def declare_figures(book: Path) -> None:
    """Say in the EPUB *book* which of its pages have figures in them."""
    with ZipFile(book) as old:
        entries = [(info, old.read(info)) for info in old.infolist()]
    drawn = [info.filename for info, data in entries if b"<svg" in data]
    with ZipFile(book, "w") as new:
        for info, data in entries:
            if info.filename == "content.opf":
                text = data.decode()
                for name in drawn:
                    item = f'href="{name}" media-type'
                    told = f'properties="svg" {item}'
                    text = text.replace(item, told)
                data = text.encode()
            new.writestr(info, data)


def setup(app: Sphinx) -> None:
    app.connect("html-collect-pages", add_lost)
    app.connect("build-finished", finish)
