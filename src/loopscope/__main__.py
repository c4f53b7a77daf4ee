"""``loopscope PROGRAM.py``: what did my loop do?"""

import argparse
import math
import os
import runpy
import sys
import time
import traceback
from collections.abc import Collection
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Any

from loopscope import __version__
from loopscope.recorder import KEPT, Recorder
from loopscope.report import report
from loopscope.trace import Trace

INTERVAL = 0.5  # seconds between two words on the progress


class TellingRecorder(Recorder):
    """A recorder that says on a terminal how far it is.

    It says so in one line, which whatever is printed next writes over.
    """

    def __init__(self, program: str) -> None:
        super().__init__(program)
        is_seen = sys.stderr.isatty() and os.environ.get("TERM") != "dumb"
        self.next = 0.0 if is_seen else math.inf

    def _add(self, *args: Any) -> None:
        super()._add(*args)
        if time.monotonic() >= self.next:
            self.next = time.monotonic() + INTERVAL
            line = f"loopscope: step {self.count}"
            print(line, end="\r", file=sys.stderr, flush=True)


def arguments(words: list[str]) -> argparse.Namespace:
    """What the command line says. ``-o FILE`` may also be its end."""
    parser = argparse.ArgumentParser(
        prog="loopscope",
        description="Run a program, and write down what its event loop did.",
    )
    parser.add_argument("--version", action="version", version=__version__)
    parser.add_argument(
        "-o",
        dest="output",
        metavar="FILE",
        type=Path,
        help="the page to write: trace.html, if nothing is said",
    )
    parser.add_argument("program", type=Path)
    parser.add_argument("args", nargs=argparse.REMAINDER)
    found = parser.parse_args(words)
    if found.output is None and found.args[-2:-1] == ["-o"]:
        *found.args, _, output = found.args
        found.output = Path(output)
    found.output = found.output or Path("trace.html")
    if not found.program.is_file():
        parser.error(f"there is no program {found.program}")
    if not found.output.parent.is_dir():
        parser.error(f"there is no folder {found.output.parent}")
    return found


def trace(program: Path, args: list[str], output: Path) -> None:
    """Run *program* with *args* as Python does; write the page *output*.

    What the program raises is raised, once the page is written.
    """
    page = output.absolute()
    source = program.read_text("utf-8", "replace")
    sys.excepthook = partial(show, {__file__, "<frozen runpy>", *sys.argv[:1]})
    sys.argv = [str(program), *args]
    sys.path[0] = str(program.resolve().parent)
    recorder = TellingRecorder(str(program))
    ended = "It ran to its end."
    try:
        with recorder:
            runpy.run_path(str(program), run_name="__main__")
    except BaseException as error:
        ended = "It ended with " + "".join(
            traceback.format_exception_only(error)
        )
        raise
    finally:
        found = recorder.trace()
        notes = [ended, *told(found)]
        replace(page, report(found, source, notes))
        print(f"loopscope: {output}, {found['count']} steps", file=sys.stderr)


def told(found: Trace) -> list[str]:
    """What a reader of the trace *found* has to know."""
    left_out = found["count"] - len(found["steps"])
    if not found["count"]:
        return ["No loop ran in it whose turns Python runs."]
    if left_out:
        return [
            f"It took {found['count']} steps. The first {KEPT} and the last "
            f"{KEPT} are shown; the tables at the end count all of them."
        ]
    return [f"It took {found['count']} steps. All are shown."]


def replace(path: Path, text: str) -> None:
    """Write *text* to *path*: the whole of it, or nothing."""
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_text(text, "utf-8", "xmlcharrefreplace")
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)


def show(
    ours: Collection[str],
    kind: type[BaseException],
    error: BaseException,
    trace: TracebackType | None,
) -> None:
    """Show an error as Python does, without the frames of the files *ours*."""
    while trace and trace.tb_frame.f_code.co_filename in ours:
        trace = trace.tb_next
    sys.__excepthook__(kind, error.with_traceback(trace), trace)


def main() -> None:
    """Run the program that the command line names."""
    found = arguments(sys.argv[1:])
    trace(found.program, found.args, found.output)


if __name__ == "__main__":
    main()
