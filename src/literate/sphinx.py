"""Sphinx's half: the directives ``terminal`` and ``output``, and lexers."""

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import ClassVar

from docutils import nodes
from docutils.parsers.rst import Directive, directives
from docutils.parsers.rst.directives.body import ParsedLiteral
from pygments.lexer import Lexer
from pygments.lexers.python import PythonLexer
from pygments.token import (
    Comment,
    Generic,
    Name,
    Punctuation,
    Text,
    Whitespace,
    _TokenType,
)
from sphinx.application import Sphinx
from sphinx.directives.code import CodeBlock
from sphinx.directives.patches import Code
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from literate import audit, shell, weaving
from literate.notation import shown


class TerminalLexer(Lexer):
    """Tells what is typed in a terminal from what is printed there.

    The marks ``< `` before a typed line and ``\\ `` before a printed one are for
    the page's source only.
    """

    name = "Terminal of a page"

    def get_tokens_unprocessed(
        self, text: str
    ) -> Iterator[tuple[int, _TokenType, str]]:
        position, command = 0, ""
        for line in text.splitlines(keepends=True):
            rest = line[2:].removesuffix("\n")
            if line.startswith(">") and shell.goes_on(command):
                command += f"\n{rest}"
            else:
                command = rest if line.startswith("$ ") else ""
            if command:
                yield position, Generic.Prompt, line[:2]
                yield position + 2, Generic.Strong, line[2:]
            elif line.startswith("<"):
                yield position, Generic.Strong, line[1:].removeprefix(" ")
            elif line.strip() in ("^C", "^D"):
                yield position, Generic.Strong.Key, line
            elif line.startswith("[") and line.strip("[]\n").isdigit():
                yield position, Comment, line
            else:
                printed = line.removesuffix("\n")
                end = line[len(printed) :]
                yield position, Generic.Output, shown(printed) + end
            position += len(line)


class LightPythonLexer(PythonLexer):
    """Python, but bare where styles have one colour: a third less HTML."""

    def get_tokens_unprocessed(
        self, text: str, stack: Iterable[str] = ("root",)
    ) -> Iterator[tuple[int, _TokenType, str]]:
        for found in super().get_tokens_unprocessed(text, stack):
            position, kind, value = found
            bare = kind in (Name, Punctuation, Whitespace)
            yield position, Text if bare else kind, value


class Reasoned(SphinxDirective):
    """Mixed into a directive: ``:not-run: REASON``, which the reader sees."""

    option_spec: ClassVar = {"not-run": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        blocks = list(super().run())
        if reason := self.options.get("not-run"):
            parsed, messages = self.parse_inline(f"Not run, because {reason}.")
            note = nodes.paragraph("", "", *parsed, classes=["not-run"])
            return [*blocks, note, *messages]
        return blocks


def reasoned(directive: type[Directive]) -> type[Directive]:
    """*directive* with ``:not-run:``."""
    spec = {**(directive.option_spec or {}), **Reasoned.option_spec}
    bases = (Reasoned, directive)
    return type(directive.__name__, bases, {"option_spec": spec})


class Terminal(SphinxDirective):
    """``.. terminal:: NAME``: what is typed and printed in one terminal."""

    required_arguments = 1
    final_argument_whitespace = True
    has_content = True
    option_spec: ClassVar = {"timeout": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        name = self.arguments[0]
        return [
            nodes.container(
                "",
                nodes.paragraph("", name, classes=["terminal-name"]),
                literal(self, "terminal"),
                classes=["terminal"],
            )
        ]


NARROW = 39
"""How many columns a terminal may have that stands beside another."""


def pair_terminals(app: Sphinx, doctree: nodes.document) -> None:
    """Set terminals that follow one another side by side, if they are narrow.

    Of three, the first is above the two others, and as wide as both.
    """
    for section in doctree.findall(nodes.section):
        for found, group in groupby(section.children[:], is_terminal):
            run = [one for one in group if isinstance(one, nodes.container)]
            if found and fit(run):
                place = section.index(run[0])
                section[place : place + len(run)] = [beside(run)]


def is_terminal(node: nodes.Node) -> bool:
    """Whether *node* is a terminal, as the directive makes it."""
    return isinstance(node, nodes.container) and "terminal" in node["classes"]


def fit(run: list[nodes.container]) -> bool:
    """Whether the terminals of *run* can stand side by side."""
    lines = "\n".join(one.children[1].astext() for one in run).split("\n")
    return len(names(run)) in (2, 3) and max(map(len, lines)) <= NARROW


def names(run: list[nodes.container]) -> list[str]:
    """The names of the terminals of *run*, each once."""
    return list(dict.fromkeys(one.children[0].astext() for one in run))


def beside(run: list[nodes.container]) -> nodes.container:
    """A row of terminals, each with the side on which it is."""
    *_, left, right = names(run)
    sides = {left: "left", right: "right"}
    for one in run:
        side = sides.get(one.children[0].astext(), "across")
        one["classes"].append(side)
    return nodes.container("", *run, classes=["terminals"])


class Output(SphinxDirective):
    """``.. output::``: what the snippet above it prints.

    ``:python: RELEASES`` says on which, where others print something else.
    """

    has_content = True
    option_spec: ClassVar = {"python": directives.unchanged_required}

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        output = nodes.container("", classes=["output"])
        if releases := self.options.get("python"):
            said = f"Python {releases}"
            output += nodes.paragraph("", said, classes=["releases"])
        self.content.data = [shown(line) for line in self.content]
        output += literal(self, "text")
        return [output]


def literal(directive: SphinxDirective, language: str) -> nodes.literal_block:
    """The content of *directive* as a block in *language*."""
    text = "\n".join(directive.content)
    block = nodes.literal_block(text, text, language=language)
    directive.set_source_info(block)
    return block


DIRECTIVES = {
    "code": Code,
    "code-block": CodeBlock,
    "literalinclude": weaving.WovenInclude,
    "output": Output,
    "parsed-literal": ParsedLiteral,
    "sourcecode": CodeBlock,
    "terminal": Terminal,
}
"""What shows code, and may say why that is not run."""

STATIC = Path(__file__).parent / "static"


def add_folder(app: Sphinx) -> None:
    """Have the site carry the styles and scripts of this package."""
    app.config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> ExtensionMetadata:
    weaving.setup(app)
    audit.setup(app)
    app.add_lexer("terminal", TerminalLexer)
    app.add_lexer("python", LightPythonLexer)
    for name, directive in DIRECTIVES.items():
        app.add_directive(name, reasoned(directive), override=True)
    app.connect("doctree-read", pair_terminals)
    app.connect("builder-inited", add_folder)
    app.add_css_file("literate.css")
    app.add_js_file("copy.js", loading_method="defer")
    return {"parallel_read_safe": True, "parallel_write_safe": True}
