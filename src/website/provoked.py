"""The page of messages: each entry leads to the sections that print it."""

import re
from collections.abc import Iterator
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.environment import BuildEnvironment
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective

from website.domain import Provoked, Target, website
from website.messages import RECORD, VARIES, kinds, pattern, pythons
from website.names import span

logger = logging.getLogger(__name__)


class Explained(SphinxDirective):
    """``.. message:: TEXT``; the content says what it means, and the cure.

    ``:interpreter:`` says that the message is Python's, and not asyncio's.
    """

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"interpreter": directives.flag}

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        message = self.arguments[0]
        section = nodes.section(names=[nodes.fully_normalize_name(message)])
        self.state.document.note_implicit_target(section, section)
        section += nodes.title("", "", nodes.literal("", message))
        section += self.parse_content_to_nodes()
        place = Provoked(message=message, **self.options)
        self.set_source_info(place)
        section += place
        return [section]


class Printed:
    """What the sections of all pages print, in the order of the pages."""

    def __init__(self, env: BuildEnvironment) -> None:
        known, order = website(env).pages, env.collect_relations()
        self.sections = {
            Target(page, anchor): text
            for page in [*order, *sorted(known.keys() - order.keys())]
            if not known[page].entries
            for anchor, text in known[page].prints.items()
        }
        self.messages = {message for _, message in RECORD.pythons}

    def places(self, message: str) -> list[Target]:
        """The sections that print *message*, not just as part of another."""
        searched = pattern(message.strip(f"{VARIES} "))
        whole = "|".join(
            pattern(other)
            for other in self.messages
            if other != message and re.search(searched, other)
        )
        return [
            place
            for place, text in self.sections.items()
            if re.search(searched, text)
            and (not whole or re.search(searched, re.sub(whole, "", text)))
        ]


def faults(env: BuildEnvironment) -> Iterator[tuple[str, str, int]]:
    """What is wrong with an entry: the fault, its page, and the line."""
    printed, seen = Printed(env), set()
    for page, facts in website(env).pages.items():
        for message, line, is_asyncio in facts.entries:
            known = kinds(message, printed.messages)
            if message in seen:
                yield "two entries have this message", page, line
            elif is_asyncio and not known:
                yield "asyncio has this message on no Python", page, line
            elif known and not is_asyncio:
                yield (
                    "asyncio has this message: take :interpreter: away",
                    page,
                    line,
                )
            elif not printed.places(message):
                yield "no page prints this message", page, line
            seen.add(message)


def check(app: Sphinx, env: BuildEnvironment) -> None:
    """Warn of each entry that does not hold."""
    for fault, page, line in faults(env):
        logger.warning(
            fault, location=(page, line), type="website", subtype="message"
        )


def lead(app: Sphinx, document: nodes.document, page: str) -> None:
    """Say below each entry of *page* which section prints its message first."""
    printed = Printed(app.env)
    for mark in list(document.findall(Provoked)):
        line = nodes.paragraph("", "Provoked in ", classes=["facts"])
        for place in printed.places(mark["message"])[:1]:
            line += link(app, page, place)
            line += nodes.Text(f" ({place.page})")
        on = pythons(mark["message"])
        if on and span(on):
            line += nodes.Text(f"; {span(on)}")
        mark.replace_self(line)


def link(app: Sphinx, page: str, place: Target) -> nodes.reference:
    """A link from *page* to *place*, with the title of that section."""
    uri = app.builder.get_relative_uri(page, place.page)
    text = list(copied(app.env.titles[place.page]))
    for heading in app.env.tocs[place.page].findall(nodes.reference):
        if heading["anchorname"] == f"#{place.anchor}":
            text = list(copied(heading))
    return nodes.reference(
        "", "", *text, internal=True, refuri=f"{uri}#{place.anchor}"
    )


def copied(node: nodes.Element) -> Iterator[nodes.Node]:
    """What is in *node*, once more, for another place."""
    return (one.deepcopy() for one in node.children)


def explaining(app: Sphinx, env: BuildEnvironment) -> list[str]:
    """The pages to be written anew whenever another has changed."""
    pages = website(env).pages
    return [page for page, facts in pages.items() if facts.entries]


def write_list(app: Sphinx, error: Exception | None) -> None:
    """List in messages.txt what no page prints, or no entry explains."""
    if not error and app.builder.name == "html":
        text = listed(app.env)
        Path(app.outdir, "messages.txt").write_text(text, "utf-8")


def listed(env: BuildEnvironment) -> str:
    """The messages that no page prints, and those that have no entry."""
    printed = Printed(env)
    entries = [
        message
        for facts in website(env).pages.values()
        for message, _, _ in facts.entries
    ]
    explained = {
        one for entry in entries for one in kinds(entry, printed.messages)
    }
    shown = {one for one in printed.messages if printed.places(one)}
    lists = {
        "printed by no page": printed.messages - shown,
        "printed, without an entry": shown - explained,
    }
    return "\n".join(
        f"{len(ones)} of {len(printed.messages)} {what}:\n"
        + "".join(
            f"    {one}  ({', '.join(pythons(one))})\n" for one in sorted(ones)
        )
        for what, ones in lists.items()
    )


def setup(app: Sphinx) -> None:
    app.add_node(Provoked)
    app.add_directive("message", Explained)
    app.connect("env-check-consistency", check)
    app.connect("env-updated", explaining)
    app.connect("doctree-resolved", lead)
    app.connect("build-finished", write_list)
