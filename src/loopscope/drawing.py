"""A trace beside its program: figure, words, and the element that steps."""

from html import escape
from pathlib import Path

from loopscope.figure import Figure
from loopscope.trace import Trace
from loopscope.transcript import Transcript

STATIC = Path(__file__).parent / "static"


def around(traces: dict[str, Trace], prefix: str) -> tuple[str, str]:
    """What stands in HTML before a program and after it, for its *traces*.

    Their keys are names. The first trace is told in words too; the others
    are drawn beside it. The program's lines have ids: *prefix*, a hyphen, the
    number.
    """
    first, *others = traces.values()
    figures = "".join(
        f'<div class="loop-drawn">{named(name, len(others) > 0)}'
        f"{Figure(trace).svg(f'What {name} did, told below in words')}</div>\n"
        for name, trace in traces.items()
    )
    kind = ' class="loop-beside"' if others else ""
    return (
        f'<loop-stepper id="{prefix}"{kind}>\n<div class="loop-source">\n',
        f"</div>\n{figures}"
        '<details class="loop-words"><summary>All steps, in words</summary>\n'
        f"{Transcript(first, prefix).html()}</details>\n</loop-stepper>\n",
    )


def named(name: str, is_shown: bool) -> str:
    """A paragraph with *name*, where a reader has to tell figures apart."""
    return f"<p>{escape(name)}</p>\n" if is_shown else ""
