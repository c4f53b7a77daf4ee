"""The directive ``moment``: a picture of a loop at one moment."""

import re
from typing import ClassVar, NamedTuple

from docutils import nodes
from sphinx.application import Sphinx
from sphinx.util.docutils import SphinxDirective

import behind
from loopscope.markup import element, figure, fitted, path, text
from loopscope.trace import Step
from loopscope.transcript import seconds
from website.stepper import record

LINE = 17
LETTER = 6.7
"""How high a line is and how wide a letter, in the picture's units."""

HEAD = element(
    "defs",
    element(
        "marker",
        path("M0 0L8 4L0 8z"),
        id="head",
        viewBox="0 0 8 8",
        refX=7,
        refY=4,
        markerWidth=7,
        markerHeight=7,
        orient="auto",
    ),
)
"""What arrows end with."""


class Box(NamedTuple):
    """A place in the loop, with what is in it."""

    left: int
    top: int
    width: int
    title: str
    lines: list[str]

    @property
    def bottom(self) -> int:
        return self.top + 28 + LINE * len(self.lines)

    def svg(self) -> str:
        x, y = self.left + 8, self.top + 17
        frame = element(
            "rect",
            x=self.left,
            y=self.top,
            width=self.width,
            height=self.bottom - self.top,
            rx=5,
        )
        lines = [
            text(
                x,
                y + LINE * number,
                fitted(line, self.width - 16, LETTER),
                "code",
            )
            for number, line in enumerate(self.lines, 1)
        ]
        return "".join([frame, text(x, y, self.title, "title"), *lines, "\n"])


class Moment(SphinxDirective):
    """``.. moment::`` around a program: it, and a picture of its loop.

    The picture shows the moment at which most is in the loop. The program
    runs when the site is built, on our loop and a virtual clock.
    """

    has_content = True
    option_spec: ClassVar = {}

    def run(self) -> list[nodes.Node]:
        shown = nodes.container("", *self.parse_content_to_nodes())
        [program] = shown.findall(nodes.literal_block)
        trace, _ = record(program.rawsource, behind.EventLoop)
        drawn = nodes.raw("", picture(fullest(trace["steps"])), format="html")
        return [nodes.container("", shown, drawn, classes=["moment"])]


def fullest(steps: list[Step]) -> Step:
    """The call during which most is in each of the loop's three places."""
    return max(
        (step for step in steps if "callback" in step),
        key=lambda step: (
            min(len(ready(step)), len(step["timers"]), len(step["files"])),
            len(step["timers"]),
        ),
    )


def bare(callback: str) -> str:
    """*callback* without the class of a private method."""
    return re.sub(r"^\w+\.(?=_)", "", callback)


def ready(step: Step) -> list[str]:
    """What the loop has to call at *step*, in this turn and the next."""
    return [*step["now"], *step["next"]]


def whose(callback: str, step: Step) -> str:
    """The task that *callback* resumes, or will, and what it runs."""
    for future in step["futures"]:
        if future["name"] in callback and future["callbacks"]:
            callback = future["callbacks"][0]
    for task in step["tasks"]:
        if task["name"] == callback:
            return f"{callback} {task['stack'][0]}()"
    return callback


def picture(step: Step) -> str:
    """The loop at *step* as SVG: what waits, what is ready, what runs."""
    timers = [
        f"{seconds(when)} {whose(callback, step)}"
        for when, callback in step["timers"]
    ]
    files = [f"{name} {bare(callback)}" for name, _, callback in step["files"]]
    calls = [whose(callback, step) for callback in ready(step)]
    runs = whose(step["callback"], step)
    upper = Box(0, 22, 140, "Timers", timers)
    beside = Box(150, 22, 172, "Files", files)
    bottom = max(upper.bottom, beside.bottom)
    queue = Box(0, bottom + 38, 322, "Ready", calls)
    code = Box(0, queue.bottom + 38, 322, "Runs now", [runs])
    boxes = [upper, beside, queue, code]
    arrows = [
        f"M70 {upper.bottom}V{queue.top - 2}",
        f"M236 {beside.bottom}V{queue.top - 2}",
        f"M161 {queue.bottom}V{code.top - 2}",
        f"M322 {code.top + 20}H337V8H70V20",
        "M236 8V20",
    ]
    words = [
        (78, bottom + 23, "due"),
        (244, bottom + 23, "has something"),
        (169, queue.bottom + 23, "one after another"),
    ]
    return figure(
        "loop-moment",
        (-1, 0, 340, code.bottom + 1),
        told(boxes),
        HEAD,
        *(box.svg() for box in boxes),
        *map(path, arrows),
        *(text(*word) for word in words),
    )


def told(boxes: list[Box]) -> str:
    """The picture in words."""
    return "The loop at one moment. " + " ".join(
        f"{box.title}: {', '.join(box.lines)}." for box in boxes
    )


def setup(app: Sphinx) -> None:
    app.add_directive("moment", Moment)
