"""A trace beside its program: figure, words, and the element that steps."""

from pathlib import Path
from typing import Any

from stepper.figure import Figure
from stepper.transcript import Transcript

STATIC = Path(__file__).parent / "static"


def around(trace: dict[str, Any], prefix: str) -> tuple[str, str]:
    """What stands in HTML before a program and after it, for its *trace*.

    The program's lines have ids: *prefix*, a hyphen, the number.
    """
    turns = len({(step["run"], step["turn"]) for step in trace["steps"]})
    title = f"What the loop did in {turns} turns: told below in words"
    return (
        f'<loop-stepper id="{prefix}">\n<div class="loop-source">\n',
        f'</div>\n<div class="loop-drawn">{Figure(trace).svg(title)}</div>\n'
        '<details class="loop-words"><summary>All steps, in words</summary>\n'
        f"{Transcript(trace, prefix).html()}</details>\n</loop-stepper>\n",
    )
