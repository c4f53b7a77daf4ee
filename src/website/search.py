"""The index of the search: what pages say, print and define, for Pagefind."""

import asyncio
import re
import shutil
from collections import defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pagefind.index import IndexConfig, PagefindIndex
from sphinx.application import Sphinx

from website.domain import website
from website.provoked import explaining

FOLDER = "pagefind"

MACHINERY = "How this site is made"
"""The caption, on the front page, of the pages that few people ask for."""

WEIGHTS = {"1": 8.0, "2": 6.0, "3": 5.0}
"""How much more a word of a heading counts, by its level."""

BLOCK = r'<div class="([\w -]* )?highlight-(\w+) notranslate">.*?<pre.*?>(.*?)</pre>'
HEADING = (
    r'<section id="(.*?)">\s*((?:<span .*?</span>\s*)*)<h(\d)>(.*?)</h\d>'
)
IGNORED = (
    r"<(\w+) "
    r'(class="(?:code-block-caption|facts|headerlink|loop-drawn|loop-words)'
    r"|xmlns=)"
)
PRINTED = r'<span class="g[eort]">(.*?)</span>'
"""What Pygments marks in a console: output, or a traceback."""


async def index(app: Sphinx) -> None:
    """Index the site that *app* has built, in its folder `pagefind`."""
    out = Path(app.outdir, FOLDER)
    shutil.rmtree(out, ignore_errors=True)  # Pagefind adds to what is there
    config = IndexConfig(output_path=str(out), include_characters="_")
    names = defined(app)
    async with PagefindIndex(config) as pages:
        for page, weight in weighted(app):
            html = Path(app.outdir, f"{page}.html").read_text("utf-8")
            content = document(html, names[page], weight)
            await pages.add_html_file(url=f"{page}.html", content=content)
    for unused in [*out.glob("*ui*"), *out.glob("*highlight*")]:
        unused.unlink()


def weighted(app: Sphinx) -> Iterator[tuple[str, float]]:
    """Each page, and how much its words count.

    Lists of all pages come last, and before them the site's own machinery.
    The page that explains messages is to come before those that print them.
    """
    known = website(app.env)
    machinery = set(below(app, known.groups().get(MACHINERY, [])))
    messages = explaining(app, app.env)
    for page in sorted(app.env.found_docs):
        is_list = known.pages[page].tells or page == app.config.root_doc
        if page in messages:
            yield page, 1.3
        else:
            yield page, 0.2 if is_list else 0.5 if page in machinery else 1.0


def below(app: Sphinx, pages: Iterable[str]) -> Iterator[str]:
    """*pages*, and those that they have below them."""
    for page in pages:
        yield page
        yield from below(app, app.env.toctree_includes.get(page, []))


def defined(app: Sphinx) -> dict[str, dict[str, list[str]]]:
    """For each page the names that its sections define, by their anchors."""
    found: defaultdict[str, dict[str, list[str]]] = defaultdict(dict)
    for name, (page, anchor) in website(app.env).named():
        found[page].setdefault(anchor, []).append(name)
    return found


def document(html: str, names: dict[str, list[str]], weight: float) -> str:
    """What Pagefind is given of a page: the article, without its code.

    Its sections' headings have the anchors, and below them the *names* that
    the section defines. Its words have this *weight*. A ``…`` is no word
    between two others.
    """

    def heading(found: re.Match[str]) -> str:
        anchor, _, level, title = found.groups()
        words = re.sub(r'\s(<span class="pre">…)', r"\1", title)
        own = names.get(anchor, [])
        shown = " ".join([*own, *(name.rpartition(".")[2] for name in own)])
        return (
            f'<section><h{level} id="{anchor}" '
            f'data-pagefind-weight="{WEIGHTS.get(level, 4) * weight}">'
            f'{words}</h{level}><p data-pagefind-weight="{3 * weight}">'
            f"{shown}</p>"
        )

    article = html.partition('<article role="main"')[2]
    article = article.partition(">")[2].partition("</article>")[0]
    article = re.sub(BLOCK, printed, article, flags=re.DOTALL)
    article = re.sub(HEADING, heading, article, flags=re.DOTALL)
    article = re.sub(IGNORED, r"<\1 data-pagefind-ignore \2", article)
    return (
        f'<html lang="en"><body><div data-pagefind-weight="{weight}">'
        f"{article}</div></body></html>"
    )


def printed(block: re.Match[str]) -> str:
    """What *block* prints. Its code is found by the names that it defines."""
    _, language, inside = block.groups()
    if language == "text":
        shown = [inside]
    else:
        shown = re.findall(PRINTED, inside, re.DOTALL)
    return f"<div><div><pre>{''.join(shown)}</pre>"


def finish(app: Sphinx, error: Exception | None) -> None:
    """Make the index, when the site is built."""
    if not error and app.builder.name == "html":
        asyncio.run(index(app))


def leave_sphinx_out(app: Sphinx) -> None:
    """Sphinx's own index of all words is the heaviest file of a site."""
    builder: Any = app.builder
    builder.search = False


SEARCH = """
<h1>Search</h1>
<div id="search"></div>
<p>Without the search, these lists lead to the rest:</p>
<ul>
<li><a href="messages.html">all messages that the pages explain</a></li>
<li><a href="answers.html">all questions that the pages answer</a></li>
<li><a href="names.html">all names of asyncio, and where each is rebuilt</a></li>
</ul>
"""


def add_page(app: Sphinx) -> Iterator[tuple[str, dict[str, Any], str]]:
    """The page to which a search leads: the lists, where no script runs."""
    if app.builder.name == "html":
        yield "search", {"title": "Search", "body": SEARCH}, "page.html"


def setup(app: Sphinx) -> None:
    app.connect("builder-inited", leave_sphinx_out)
    app.connect("html-collect-pages", add_page)
    app.connect("build-finished", finish)
