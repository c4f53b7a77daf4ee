"""The directive ``stepper``: runs a program and draws what its loop did."""

import asyncio
import contextlib
import io
import os
from collections.abc import Callable
from typing import Any, ClassVar

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

import behind
from behind.tracing import Recorder
from literate.failures import matches
from stepper.drawing import STATIC, around

logger = logging.getLogger(__name__)

LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.SelectorEventLoop,
    "behind": behind.EventLoop,
}


class Stepper(SphinxDirective):
    """``.. stepper::`` around a program: a block, and what it prints.

    The block is one of the page's own, so it is run and compared as others
    are. Here it runs once more, on a virtual clock. ``:loop: behind`` has it
    run on our loop.
    """

    has_content = True
    option_spec: ClassVar = {
        "loop": lambda argument: directives.choice(argument, tuple(LOOPS))
    }

    def run(self) -> list[nodes.Node]:
        self.assert_has_content()
        shown = nodes.container("", *self.parse_content_to_nodes())
        block, *outputs = shown.findall(nodes.literal_block)
        prefix = f"step{self.env.new_serialno('stepper')}"
        block["highlight_args"] = {"linespans": prefix}
        source = block.rawsource
        trace, printed = record(source, LOOPS[self.options.get("loop", "asyncio")])
        expected = "".join(output.rawsource for output in outputs)
        if not matches(expected.rstrip() + "\n", printed.rstrip() + "\n"):
            place = f"{os.path.relpath(block.source or '')}:{block.line}"
            logger.warning(
                "traced, this program prints %r", printed, location=place
            )
        before, after = around(trace, prefix)
        return [
            nodes.raw("", before, format="html"),
            *shown.children,
            nodes.raw("", after, format="html"),
        ]


def record(
    source: str, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> tuple[dict[str, Any], str]:
    """Run the program *source*: the trace of its first run, what it prints."""
    events: Any = asyncio.events
    before, events.new_event_loop = events.new_event_loop, new_loop
    try:
        with (
            contextlib.redirect_stdout(io.StringIO()) as printed,
            Recorder(NAME, virtual=True) as recorder,
        ):
            exec(compile(source, NAME, "exec"), {"__name__": "__main__"})
    finally:
        events.new_event_loop = before
    trace = recorder.trace()
    trace["steps"] = [step for step in trace["steps"] if step["run"] == 1]
    return trace, printed.getvalue()


NAME = "program.py"


def add_files(
    app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any
) -> None:
    """Have the pages with a stepper load its two files, and no others."""
    if "<loop-stepper" in context.get("body", ""):
        app.add_css_file("stepper.css")
        app.add_js_file("stepper.js", loading_method="defer")


def add_folder(app: Sphinx) -> None:
    app.config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("stepper", Stepper)
    app.connect("builder-inited", add_folder)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
