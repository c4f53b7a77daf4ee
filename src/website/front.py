"""The front page's figures and map; and times, names, answers."""

import csv
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util.docutils import SphinxDirective

from literate.outputs import numbers
from website.domain import Later, website
from website.graph import Graph
from website.maps import Map
from website.names import Known, asyncio_names, loop_methods, span


class Told(SphinxDirective):
    """``.. figures::`` and the like: see the methods of Teller."""

    def run(self) -> list[nodes.Node]:
        return [Later(kind=self.name)]


class Teller:
    """Writes on the page *here* what there is on all pages."""

    def __init__(self, app: Sphinx, here: str) -> None:
        self.app, self.here = app, here
        self.known = website(app.env)

    def address(self, page: str, anchor: str = "") -> str:
        uri = self.app.builder.get_relative_uri(self.here, page)
        return f"{uri}#{anchor}" if anchor else uri

    def link(
        self, page: str, *text: nodes.Node, anchor: str = ""
    ) -> nodes.Element:
        uri = self.address(page, anchor)
        return nodes.reference("", "", *text, internal=True, refuri=uri)

    def figures(self) -> nodes.Node:
        """How much there is, and how much of it was checked."""
        facts = self.known.pages.values()
        blocks = sum((page.blocks for page in facts), Counter[str]())
        outputs = blocks.pop("outputs compared")
        blocks.pop("blocks marked not run", 0)
        passed = sum(row["Passed"] for row in self.records().values())
        told = {
            "pages": len(facts),
            "blocks on them run": blocks.total(),
            "outputs are compared": outputs,
            "times a test of CPython passed with our part": passed,
        }
        items = [
            item(nodes.strong("", f"{number:,}"), nodes.Text(f" {what}"))
            for what, number in told.items()
        ]
        return nodes.bullet_list("", *items, classes=["figures"])

    def records(self) -> dict[str, Counter[str]]:
        """For each Python the sums of what CPython's tests said."""
        sums: dict[str, Counter[str]] = {}
        for path in Path(self.app.srcdir, "cpython").glob("*.csv"):
            with path.open() as file:
                rows = [row for row in csv.DictReader(file) if "Python" in row]
                for row in rows:
                    python = sums.setdefault(row.pop("Python"), Counter())
                    python["Runs"] += 1
                    python.update({key: int(row[key]) for key in row})
        return sums

    def tests(self) -> nodes.Node:
        """The records as a table."""
        records = self.records()
        columns = ["Runs", "Tests", "Passed", "Excepted", "Skipped"]
        rows = [["Python", *columns]]
        for python in sorted(records, key=numbers):
            counts = [f"{records[python][column]:,}" for column in columns]
            rows.append([python, *counts])
        return table(rows)

    def map(self) -> nodes.Node:
        """Which page stands on which."""
        graph = self.known.stands_on()
        drawn = Map(graph, self.known.groups()).svg(self.address)
        return nodes.raw("", drawn, format="html")

    def names(self) -> nodes.Node:
        """Each public name of asyncio, and where it is rebuilt."""
        files = asyncio_names() | {"The loop’s methods": loop_methods()}
        return nodes.definition_list(
            "", *(self.file(name, files[name]) for name in files)
        )

    def file(self, title: str, names: dict[str, Known]) -> nodes.Node:
        """The *names* of one file, those first that are rebuilt."""
        pages: dict[str, list[nodes.Element]] = {}
        missing: list[nodes.Element] = []
        for name, (place, pythons) in names.items():
            code = nodes.literal("", name)
            target = place and self.known.target(place)
            if target:
                link = self.link(target.page, code, anchor=target.anchor)
                listed = pages.setdefault(target.page, [])
                listed.append(dated(link, pythons))
            else:
                missing.append(dated(code, pythons))
        items = [
            item(self.titled(page), *spaced(links))
            for page, links in pages.items()
        ]
        if missing:
            items.append(
                item(nodes.emphasis("", "Not rebuilt"), *spaced(missing))
            )
        return nodes.definition_list_item(
            "",
            nodes.term("", title),
            nodes.definition("", nodes.bullet_list("", *items)),
        )

    def answers(self) -> nodes.Node:
        """Each question that is a heading within a page, below its title."""
        answers = nodes.bullet_list(classes=["answers"])
        for page in self.app.env.collect_relations():
            if asked := list(self.asked(page)):
                answers += (one := item(self.titled(page)))
                one += nodes.bullet_list("", *asked)
        return answers

    def asked(self, page: str) -> Iterator[nodes.list_item]:
        for heading in self.app.env.tocs[page].findall(nodes.reference):
            anchor = heading["anchorname"].removeprefix("#")
            if anchor and heading.astext().endswith("?"):
                text = (one.deepcopy() for one in heading.children)
                yield item(self.link(page, *text, anchor=anchor))

    def titled(self, page: str) -> nodes.Element:
        title = self.app.env.titles[page]
        return self.link(page, *(one.deepcopy() for one in title.children))

    def questions(self, document: nodes.document) -> None:
        """Say below each link on a list of pages what the page takes."""
        pages = {self.address(page): page for page in self.known.pages}
        graph = self.known.stands_on()
        for term in document.findall(nodes.term):
            for link in term.findall(nodes.reference):
                page = pages.get(link.get("refuri", ""))
                if page and not self.known.pages[page].tells:
                    [definition] = term.findall(
                        nodes.definition, descend=False, siblings=True
                    )
                    definition += self.takes(page, graph)

    def takes(self, page: str, graph: Graph) -> nodes.Node:
        """How long *page* takes, and which come before it."""
        text = nodes.Text(f"{self.known.pages[page].minutes} minutes")
        line = nodes.paragraph("", "", text, classes=["facts"])
        below = [
            self.link(o, nodes.Text(o)) for o in sorted(graph.get(page, ()))
        ]
        if below:
            line += [nodes.Text(", stands on"), *spaced(below)]
        return line


def item(*content: nodes.Node) -> nodes.list_item:
    """An entry of a list with this *content*."""
    return nodes.list_item("", nodes.paragraph("", "", *content))


def spaced(parts: list[nodes.Element]) -> Iterator[nodes.Node]:
    """*parts*, with a comma between each and the next."""
    for number, part in enumerate(parts):
        yield nodes.Text(", " if number else " ")
        yield part


def dated(name: nodes.Element, pythons: list[str]) -> nodes.Element:
    """*name*, and which *pythons* have it, if these are not all."""
    when = nodes.Text(f" ({span(pythons)})")
    return nodes.inline("", "", name, when) if span(pythons) else name


def table(rows: list[list[str]]) -> nodes.container:
    """A table; the first of *rows* is its head. On a phone it scrolls.

    Furo puts the tables that it knows into such a box. This one comes later.
    """
    head, *body = [
        nodes.row(
            "",
            *(nodes.entry("", nodes.paragraph("", cell)) for cell in row),
        )
        for row in rows
    ]
    group = nodes.tgroup("", cols=len(rows[0]))
    group += [nodes.colspec(colwidth=1) for _ in rows[0]]
    group += [nodes.thead("", head), nodes.tbody("", *body)]
    return nodes.container(
        "", nodes.table("", group), classes=["table-wrapper"]
    )


TOLD = {
    "answers": Teller.answers,
    "figures": Teller.figures,
    "names": Teller.names,
    "part-map": Teller.map,
    "tests": Teller.tests,
}


def tell(app: Sphinx, document: nodes.document, page: str) -> None:
    """Put what is known in its places on *page*."""
    teller = Teller(app, page)
    for place in list(document.findall(Later)):
        place.replace_self(TOLD[place["kind"]](teller))
    if page in tellers(app, app.env):
        teller.questions(document)


def tellers(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to be written anew whenever another has changed."""
    pages = website(env).pages
    return [page for page, facts in pages.items() if facts.tells]


def add_style(
    app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any
) -> None:
    """Have the pages that tell of others load their style, and no others.

    The box above the answers is a script's, and looks as the search's does.
    """
    if page in tellers(app, app.env):
        app.add_css_file("front.css")
    answers = website(app.env).teller("answers")
    if answers and answers.page == page:
        app.add_css_file("search.css")
        app.add_js_file("answers.js", loading_method="defer")


def setup(app: Sphinx) -> None:
    app.add_node(Later)
    for name in TOLD:
        app.add_directive(name, Told)
    app.connect("doctree-resolved", tell)
    app.connect("env-updated", tellers)
    app.connect("html-page-context", add_style)
