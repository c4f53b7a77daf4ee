"""A figure of a trace: a row for each call, a lane for each task."""

from collections.abc import Iterable
from html import escape

from loopscope.markup import element, figure, fitted, path, text, width
from loopscope.trace import Step, Trace
from loopscope.transcript import seconds

WIDTH = 320
LANE = 14
LANES = 7
"""How many tasks have a lane of their own at a time."""

LETTER = 6.3
"""How wide a letter is, more or less, in the figure's units."""

SLOW = 0.01
"""From how many seconds on a figure says how long a call took."""


class Figure:
    """The steps of *trace* from top to bottom, as SVG.

    Where a task is ready, its lane is a line; where it waits, it is dotted.
    The dot is where it runs. A square is a callback that is no task's.
    """

    def __init__(self, trace: Trace) -> None:
        self.program = trace["program"]
        self.steps = trace["steps"]
        self.y = 0
        self.lanes: list[str | None] = []
        self.began: dict[str, tuple[int, bool]] = {}
        self.lines: list[str] = []
        self.rows: list[str] = []
        most = max((len(step["tasks"]) for step in self.steps), default=0)
        self.left = 20 + LANE * min(most, LANES)

    def svg(self, title: str) -> str:
        for step in self.steps:
            if "callback" in step:
                self.call(step)
            else:
                self.turn(step)
        for name in list(self.began):
            self.end(name, self.y)
        box = 0, 0, WIDTH, self.y + 4
        return figure("loop-figure", box, title, *self.lines, *self.rows)

    def turn(self, step: Step) -> None:
        """Draw the begin of a turn: the time, and what the loop waits for."""
        head = f"turn {step['turn']}"
        if step["timeout"] != 0 and step["slept"]:
            head += f", slept {seconds(step['slept'])}"
        if step["woken"]:
            head += f", ready: {listed(step['woken'])}"
        waits = []
        if timers := listed(map(timer, step["timers"])):
            waits.append(f"timers {timers}")
        if files := listed(name[5:] for name, _, _ in step["files"]):
            waits.append(f"files {files}")
        row = [
            path(f"M0 {self.y + 4}H{WIDTH}", "rule"),
            self.text(19, head, "head"),
            text(WIDTH, self.y + 19, seconds(step["time"]), "head time"),
        ]
        height = 28
        if waits:
            row.append(self.text(34, "; ".join(waits), "head"))
            height = 43
        self.row(step, "".join(row), height)
        self.follow(step, self.y)

    def call(self, step: Step) -> None:
        """Draw one call, and what it printed."""
        middle = self.y + 11
        if "task" in step:
            x, kind, more = self.x(step["callback"]), "name", way(step)
            row = element("circle", cx=x, cy=middle, r=4.5)
        else:
            x, kind, more = 6, "quiet", ""
            row = path(f"M3 {middle - 3}h6v6h-6z", "square")
        row += self.text(15, step["callback"], kind, more)
        height = 22
        for line in step["printed"].splitlines()[-3:]:
            row += self.text(height + 11, f"“{line}”", "said")
            height += 17
        before = set(self.began)
        self.follow(step, middle)
        for name in [one for one in self.began if one not in before]:
            self.lines.append(path(f"M{x} {middle}H{self.x(name)}"))
        self.row(step, row, height)

    def row(self, step: Step, drawn: str, height: int) -> None:
        box = element("rect", y=self.y, width=WIDTH, height=height)
        group = element("g", box, drawn, data_step=step["number"])
        self.rows.append(f"{group}\n")
        self.y += height

    def text(self, down: int, words: str, kind: str, more: str = "") -> str:
        """*words* that begin where the lanes end, and *more* in grey."""
        room = WIDTH - self.left - width(more, LETTER)
        if more:
            more = element("tspan", " ", escape(more), class_="quiet")
        words = fitted(words, room, LETTER)
        return text(self.left, self.y + down, words, kind, more)

    def x(self, name: str) -> int:
        """Where the lane of the task *name* is."""
        if name not in self.lanes:
            free = [*self.lanes, None].index(None)
            self.lanes[free : free + 1] = [name]
        return 20 + LANE * min(self.lanes.index(name), LANES - 1)

    def follow(self, step: Step, y: int) -> None:
        """Go on with the lanes of the tasks that there are after *step*."""
        waits = {task["name"]: bool(task["waits"]) for task in step["tasks"]}
        for name, (_, waited) in list(self.began.items()):
            if waits.get(name) != waited:
                self.end(name, y)
                if name not in waits:
                    self.lanes[self.lanes.index(name)] = None
        for name, waiting in waits.items():
            self.x(name)
            self.began.setdefault(name, (y, waiting))

    def end(self, name: str, y: int) -> None:
        """Draw the lane of *name* down to *y*."""
        start, waited = self.began.pop(name)
        kind = "waits" if waited else ""
        self.lines.append(path(f"M{self.x(name)} {start}V{y}", kind))


def timer(of: tuple[float, str]) -> str:
    """A timer in words: when it is due, and whether it is cancelled."""
    when, callback = of
    return f"{seconds(when)}{' cancelled' * (callback == 'cancelled')}"


def listed(texts: Iterable[str]) -> str:
    """Each of *texts* once."""
    return ", ".join(dict.fromkeys(texts))


def way(step: Step) -> str:
    """From which line a task ran to which, and how long, if that is long."""
    begin = step["from"][1] if step["from"] else "…"
    end = step["to"][1] if step["to"] else step["ended"] or "…"
    slow = f", {seconds(step['took'])}" if step["took"] >= SLOW else ""
    return f"{'starts' if step['starts'] else begin} → {end}{slow}"
