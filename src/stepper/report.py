"""A page of its own for a trace: nothing else is loaded, nothing is run."""

from collections.abc import Iterable
from html import escape
from typing import Any

from stepper.drawing import STATIC, around
from stepper.transcript import seconds

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


def report(trace: dict[str, Any], source: str, notes: Iterable[str]) -> str:
    """The HTML page for *trace*, with the program's *source* and *notes*."""
    lines = enumerate(source.splitlines(), 1)
    numbered = (
        f'<span id="line-{number}">{escape(line)}\n</span>'
        for number, line in lines
    )
    before, after = around({"the loop": trace}, "line")
    after = after.replace(
        '"loop-drawn"',
        '"loop-drawn" role="group" aria-label="Figure" tabindex="0"',
    )
    calls = [(escape(what), *spent) for what, *spent in trace["calls"]]
    waits = [
        (escape(where(*place)), *spent) for place, *spent in trace["waits"]
    ]
    return PAGE.format(
        title=escape(trace["program"]),
        style="".join(
            (STATIC / name).read_text("utf-8")
            for name in ("report.css", "stepper.css")
        ),
        script=(STATIC / "stepper.js").read_text("utf-8"),
        notes="".join(f"<p>{escape(note)}</p>\n" for note in notes),
        stepper=f'{before}<pre tabindex="0">{"".join(numbered)}</pre>{after}',
        calls=table("call", calls),
        waits=table("place", waits),
    )


def where(coroutine: str, *place: Any) -> str:
    """Who waited, and where, if that is known."""
    if not place:
        return coroutine
    file, line, function = place
    inside = "" if coroutine == f"{function}()" else f" in {function}()"
    return f"{coroutine}{inside}, {file}:{line}"


def table(what: str, rows: Iterable[tuple[Any, ...]]) -> str:
    """Rows of what it was, how often, seconds in all and at most, step."""
    heads = (what, "times", "in all", "at most", "in step")
    longest = sorted(rows, key=lambda row: row[3], reverse=True)[:ROWS]
    body = "".join(
        f"<tr><th scope=row>{name}<td>{times}<td>{seconds(total)}"
        f"<td>{seconds(most)}<td>{step}\n"
        for name, times, total, most, step in longest
    )
    return (
        f"<table><thead><tr><th scope=col>{'<th scope=col>'.join(heads)}"
        f"<tbody>\n{body}</table>"
    )
