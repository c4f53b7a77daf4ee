"""The steps of a trace in words, as HTML."""

from html import escape
from typing import Literal

from loopscope.markup import element
from loopscope.trace import Future, Place, Step, Task, Trace

Kind = Literal["now", "next", "timers", "files", "tasks", "futures"]

HEADINGS: dict[Kind, str] = {
    "now": "this turn",
    "next": "next turn",
    "timers": "timers",
    "files": "files",
    "tasks": "tasks",
    "futures": "futures",
}

ENDS = {"done": "is done", "failed": "fails", "cancelled": "is cancelled"}


class Transcript:
    """What each step of *trace* did, and what stood in the loop after it.

    A line of the program leads to the element whose id is *prefix*, a hyphen,
    and the line's number.
    """

    def __init__(self, trace: Trace, prefix: str) -> None:
        self.program = trace["program"]
        self.steps = trace["steps"]
        self.prefix = prefix
        self.kinds = [
            kind for kind in HEADINGS if any(step[kind] for step in self.steps)
        ]

    def html(self) -> str:
        return element("ol", *(f"{self.item(step)}\n" for step in self.steps))

    def item(self, step: Step) -> str:
        return element(
            "li",
            element("p", self.sentence(step)),
            element("dl", *(self.row(step, kind) for kind in self.kinds)),
            value=step["number"],
            data_from=self.line(step.get("from")),
            data_to=self.line(step.get("to")),
        )

    def line(self, place: Place | None) -> str | int:
        """The line of the program that *place* is, if it is one."""
        return place[1] if place and place[0] == self.program else ""

    def sentence(self, step: Step) -> str:
        """What the step did."""
        said = self.called(step) if "callback" in step else began(step)
        if printed := step["printed"].rstrip():
            said += f" It prints <samp>{escape(printed)}</samp>."
        return said

    def called(self, step: Step) -> str:
        name = f"<b>{escape(step['callback'])}</b>"
        if "task" not in step:
            said = f"The loop calls {name}"
        elif step["starts"]:
            said = f"{name} starts, with {escape(step['work'])}"
        elif step["from"]:
            said = f"{name} goes on in {self.place(step['from'])}"
        else:
            said = f"{name} goes on"
        if ended := step.get("ended"):
            said += f", and {ENDS[ended]}"
        elif place := step.get("to"):
            said += f", and then stands in {self.place(place)}"
        return f"{said}{took(step['took'])}."

    def place(self, place: Place) -> str:
        file, line, function = place
        if file != self.program:
            return f"{escape(function)} ({escape(file)}:{line})"
        return element("a", f"line {line}", href=f"#{self.prefix}-{line}")

    def row(self, step: Step, kind: Kind) -> str:
        entries = [getattr(self, f"of_{kind}")(one) for one in step[kind]]
        if more := step["more"].get(kind):
            entries.append(f"{more} more")
        items = " ".join(element("span", entry) for entry in entries)
        return element("dt", HEADINGS[kind]) + element(
            "dd", items, class_=kind
        )

    def of_now(self, callback: str) -> str:
        return escape(callback)

    of_next = of_now

    def of_timers(self, timer: tuple[float, str]) -> str:
        when, callback = timer
        return f"<b>{seconds(when)}</b> {escape(callback)}"

    def of_files(self, file: tuple[str, str, str]) -> str:
        name, event, callback = file
        return f"<b>{name}</b> to {event}: {escape(callback)}"

    def of_tasks(self, task: Task) -> str:
        said = f"<b>{escape(task['name'])}</b>"
        if task["place"]:
            said += f" {self.place(task['place'])}"
            if task["stack"][-1] != task["place"][2]:
                said += f" in {escape(task['stack'][-1])}"
        if task["waits"]:
            said += f", waits for {escape(task['waits'])}"
        return said + told(task)

    def of_futures(self, future: Future) -> str:
        return f"<b>{future['name']}</b> {future['state']}{told(future)}"


def began(step: Step) -> str:
    """What the loop did at the begin of a turn."""
    said = f"Turn {step['turn']}, at {seconds(step['time'])}: the loop "
    if step["timeout"] == 0:
        said += "looks what is ready, and does not wait"
    elif step["slept"]:
        said += f"has slept {seconds(step['slept'])}"
    else:
        said += "has waited for its files"
    if step["woken"]:
        said += f"; ready: {', '.join(step['woken'])}"
    return said + "."


def took(time: float) -> str:
    """How long a call took, in seconds, if a reader would notice."""
    return f", after {seconds(time)}" if time >= 0.0005 else ""


def told(future: Future | Task) -> str:
    """Whom *future* tells when it is done."""
    callbacks = ", ".join(map(escape, future["callbacks"]))
    return f", then {callbacks}" if callbacks else ""


def seconds(number: float) -> str:
    """*number* seconds, as a reader would write them."""
    if 0 < number < 0.01:
        return f"{number * 1000:.2g} ms"
    return f"{round(number, 3)} s".replace(".0 s", " s")
