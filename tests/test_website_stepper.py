"""Programs that pages draw: the same on either loop, and in each build."""

import asyncio
from typing import Any

import pytest

import behind
from loopscope.trace import Step, Trace
from project import HEAD, Project
from steppers import PROGRAMS, Program
from website.stepper import record

HELLO = """\
.. stepper::

   .. code-block:: python

      import asyncio


      async def main():
          await asyncio.sleep(1)
          print("Hello")


      asyncio.run(main())

   .. output::

      Hello
"""


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_both_loops_do_the_same(program: Program) -> None:
    """In each step. With files, in each that prints or ends a task of its."""
    theirs, printed = record(program.source, asyncio.SelectorEventLoop)
    ours, printed_by_ours = record(program.source, behind.EventLoop)
    assert printed == printed_by_ours
    if any(step["files"] for step in theirs["steps"]):
        assert seen(theirs) == seen(ours) != []
    else:
        assert theirs["steps"] == ours["steps"] != []


def seen(trace: Trace) -> list[Any]:
    keys = ("task", "time", "from", "to", "ended", "printed")
    return [
        [step.get(key) for key in keys]
        for step in trace["steps"]
        if step["printed"] or (step.get("ended") and is_own(step, trace))
    ]


def is_own(step: Step, trace: Trace) -> bool:
    """Whether *step* went on in the program."""
    place = step.get("from")
    return place is not None and place[0] == trace["program"]


@pytest.fixture
def hello(project: Project) -> Project:
    with (project.folder / "conf.py").open("a") as conf:
        conf.write('extensions.append("website.stepper")\n')
        conf.write('html_theme = "basic"\n')
    project.page.write_text(HEAD + HELLO)
    other = project.page.with_name("other.rst")
    other.write_text(":orphan:\n\nOther\n=====\n\nNo stepper.\n")
    return project


def test_builds_are_the_same(hello: Project) -> None:
    built = []
    for _ in range(2):
        assert hello.build("-E", builder="html") == ""
        built.append((hello.folder / "out" / "echo.html").read_text())
    assert built[0] == built[1]
    assert "<loop-stepper" in built[0]
    assert "stepper.js" in built[0]
    assert (hello.folder / "out" / "_static" / "stepper.js").is_file()
    other = (hello.folder / "out" / "other.html").read_text()
    assert "stepper" not in other.replace("No stepper.", "")


def test_program_runs_as_others_do(hello: Project) -> None:
    assert "2 passed" in hello.run()
    hello.spoil('print("Hello")', 'print("Bye")')
    assert "expected 'Hello', got 'Bye'" in hello.run()


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('print("Hello")', 'print("Bye")', r"it prints 'Bye\\n'"),
        ('print("Hello")', "1 / 0", "does not run: ZeroDivisionError"),
        ("asyncio.sleep(1)", "asyncio.Future()", "nothing is left that could"),
    ],
)
def test_program_that_does_not_do_what_its_page_says(
    hello: Project, old: str, new: str, said: str
) -> None:
    line = hello.spoil(".. stepper", ".. stepper")
    hello.spoil(old, new)
    [message] = hello.build().splitlines()
    assert f"docs/echo.rst:{line}: WARNING: traced, this program" in message
    assert said in message


def test_stepper_without_a_program(hello: Project) -> None:
    hello.page.write_text(HEAD + ".. stepper::\n\n   Here is none.\n")
    assert "missing 1 required positional argument" in hello.build()
