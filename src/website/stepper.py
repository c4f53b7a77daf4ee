"""The directive ``stepper``: runs a program and draws what its loop did."""

import asyncio
import contextlib
import io
from collections.abc import Callable
from typing import Any, ClassVar
from unittest import mock

from docutils import nodes
from docutils.parsers.rst import directives
from sphinx.application import Sphinx
from sphinx.util import logging
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

import behind
from literate.notation import matches
from loopscope import Recorder, Trace, VirtualClock
from loopscope.drawing import STATIC, around

logger = logging.getLogger(__name__)


class SocketLoop(behind.SocketMethods, asyncio.SelectorEventLoop):
    """asyncio's loop with our `sock_*` methods, and no other part of ours."""


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.SelectorEventLoop,
    "behind": behind.EventLoop,
    "sock": SocketLoop,
}


class Stepper(SphinxDirective):
    """``.. stepper::`` around a program: a block, and what it prints.

    The block is one of the page's own, so it is run and compared as others
    are, but on a virtual clock. Here it runs on that once more. ``:loop:
    behind`` has it run on our loop, ``:loop: sock`` on asyncio's with our
    `sock_*`, ``:loop: asyncio behind`` on each, one beside the other.
    """

    has_content = True
    option_spec: ClassVar = {
        "loop": lambda names: [
            directives.choice(name, tuple(LOOPS)) for name in names.split()
        ]
    }

    def run(self) -> list[nodes.Node]:
        shown = nodes.container("", *self.parse_content_to_nodes())
        blocks = list(shown.findall(nodes.literal_block))
        try:
            traces = self.traces(*blocks)
        except Exception as error:
            message = f"traced, this program does not run: {error!r}"
            logger.warning(message, location=self.get_location())
            return shown.children
        prefix = f"stepper-{self.env.new_serialno('stepper')}"
        blocks[0]["highlight_args"] = {"linespans": prefix}
        before, after = around(traces, prefix)
        return [
            nodes.raw("", before, format="html"),
            *shown.children,
            nodes.raw("", after, format="html"),
        ]

    def traces(
        self, program: nodes.Element, *outputs: nodes.Element
    ) -> dict[str, Trace]:
        """Run *program*; raise ValueError if it does not print *outputs*."""
        expected = "".join(output.rawsource for output in outputs)
        traces = {}
        for loop in self.options.get("loop", ["asyncio"]):
            trace, printed = record(program.rawsource, LOOPS[loop])
            if not matches(expected.rstrip(), printed.rstrip()):
                raise ValueError(f"it prints {printed!r}")
            traces[f"{loop}'s loop"] = trace
        return traces


NAME = "program.py"


def record(
    source: str, new_loop: Callable[[], asyncio.AbstractEventLoop]
) -> tuple[Trace, str]:
    """Run the program *source* on loops that *new_loop* makes.

    Returns the trace of what asyncio.run runs, without what it then tidies
    up, and what the program prints.
    """
    with (
        mock.patch("asyncio.events.new_event_loop", new_loop),
        mock.patch("asyncio.new_event_loop", new_loop),
        contextlib.redirect_stdout(io.StringIO()) as printed,
        VirtualClock(),
        Recorder(NAME) as recorder,
    ):
        code = compile(source, NAME, "exec", dont_inherit=True)
        exec(code, {"__name__": "__main__"})
    trace = recorder.trace()
    trace["steps"] = [step for step in trace["steps"] if step["run"] == 1]
    return trace, printed.getvalue()


def add_files(
    app: Sphinx, page: str, template: str, context: dict[str, Any], _: Any
) -> None:
    """Have the pages with a stepper load its two files, and no others."""
    if "<loop-stepper" in context.get("body", ""):
        app.add_css_file("stepper.css")
        app.add_js_file("stepper.js", loading_method="defer")


def add_folder(app: Sphinx) -> None:
    """Have the site carry the stepper's style and script."""
    app.config.html_static_path.append(str(STATIC))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_directive("stepper", Stepper)
    app.connect("builder-inited", add_folder)
    app.connect("html-page-context", add_files)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
