"""A page of its own for a trace: nothing else is loaded, nothing is run."""

from collections.abc import Iterable
from html import escape

from loopscope.drawing import STATIC, around
from loopscope.markup import element
from loopscope.trace import Spent, Trace, read
from loopscope.transcript import seconds

PAGE = """<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width">
<title>{title}</title>
<style>
{style}</style>
</head>
<body>
<main>
<h1>What did {title} do?</h1>
{notes}
<h2>Step by step</h2>
{stepper}
<h2>Which calls took longest?</h2>
{calls}
<h2>Where did tasks wait?</h2>
{waits}
</main>
<script>
{script}</script>
</body>
</html>
"""

ROWS = 30
"""How many rows a table has: those that took longest."""


def report(trace: Trace, source: str, notes: Iterable[str]) -> str:
    """The HTML page for *trace*, with the program's *source* and *notes*."""
    numbered = (
        element("span", escape(line), "\n", id=f"line-{number}")
        for number, line in enumerate(source.splitlines(), 1)
    )
    before, after = around({"the loop": read(trace)}, "line")
    after = after.replace(
        '"loop-drawn"',
        '"loop-drawn" role="group" aria-label="Figure" tabindex="0"',
    )
    return PAGE.format(
        title=escape(trace["program"]),
        style="".join(
            (STATIC / name).read_text("utf-8")
            for name in ("report.css", "stepper.css")
        ),
        script=(STATIC / "stepper.js").read_text("utf-8"),
        notes="\n".join(element("p", escape(note)) for note in notes),
        stepper=before + element("pre", *numbered, tabindex=0) + after,
        calls=table("call", trace["calls"]),
        waits=table("place", trace["waits"]),
    )


def table(head: str, rows: Iterable[Spent]) -> str:
    """The *rows* that took longest, below *head*."""
    heads = (head, "times", "in all", "at most", "in step")
    longest = sorted(rows, key=lambda row: row["longest"], reverse=True)
    body = "".join(
        f"<tr><th scope=row>{escape(where(row))}<td>{row['count']}"
        f"<td>{seconds(row['seconds'])}<td>{seconds(row['longest'])}"
        f"<td>{row['step']}\n"
        for row in longest[:ROWS]
    )
    return (
        f"<table><thead><tr><th scope=col>{'<th scope=col>'.join(heads)}"
        f"<tbody>\n{body}</table>"
    )


def where(spent: Spent) -> str:
    """What ran, or who waited, and where, if that is known."""
    if not spent["place"]:
        return spent["what"]
    file, line, function = spent["place"]
    inside = "" if spent["what"] == f"{function}()" else f" in {function}()"
    return f"{spent['what']}{inside}, {file}:{line}"
