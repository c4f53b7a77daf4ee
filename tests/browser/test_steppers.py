"""The steppers, driven by keys, and compared with the traces they draw."""

import html
import re
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from playwright.sync_api import Locator, expect
from readers import Reader

from loopscope.trace import Place, Trace
from loopscope.transcript import Transcript
from steppers import PROGRAMS, Program
from website.stepper import LOOPS, record


def open_stepper(reader: Reader, program: Program) -> Locator:
    page = reader.open(f"{program.page}.html")
    return page.locator("loop-stepper").nth(program.number)


def trace_of(program: Program) -> Trace:
    with ThreadPoolExecutor(1) as pool:  # Playwright's loop is in this thread
        loop = LOOPS[program.loop]
        return pool.submit(record, program.source, loop).result()[0]


SHOWN = """(one) => {
  const lines = (key) => Object.fromEntries(
    [...one.querySelectorAll(".loop-source pre > [id]")]
      .map((line) => [line.id.split("-").at(-1), key(line)])
      .filter(([number, value]) => value));
  return {
    words: one.querySelector(".loop-state > .now > p").textContent,
    said: one.querySelector(".loop-said").textContent,
    value: one.querySelector("input").ariaValueText,
    row: one.querySelector(".loop-drawn .now").dataset.step,
    lines: lines((line) => line.className),
    stands: lines((line) => line.dataset.stands),
  };
}"""


def expected(trace: Trace) -> list[dict[str, Any]]:
    """What a stepper is to show of each step of *trace*."""
    told = Transcript(trace, "")

    def line(place: Place | None) -> list[str]:
        return [str(place[1])] if place and place[0] == told.program else []

    steps = []
    for step in trace["steps"]:
        words = html.unescape(re.sub("<[^>]*>", "", told.sentence(step)))
        stands: dict[str, str] = {}
        for task in step["tasks"]:
            for number in line(task["place"]):
                names = [stands[number]] if number in stands else []
                stands[number] = ", ".join([*names, task["name"]])
        number = step["number"]
        steps.append(
            {
                "words": words,
                "said": words,
                "value": f"Step {number} of {trace['steps'][-1]['number']}",
                "row": str(number),
                "lines": dict.fromkeys(line(step.get("from")), "from")
                | dict.fromkeys(line(step.get("to")), "to"),
                "stands": stands,
            }
        )
    return steps


@pytest.mark.parametrize("program", PROGRAMS, ids=str)
def test_keys_step_through_the_trace(reader: Reader, program: Program) -> None:
    steps = expected(trace_of(program))
    stepper = open_stepper(reader, program)
    stepper.get_by_role("button", name="Next").focus()
    forth = []
    for _ in steps:
        forth.append(stepper.evaluate(SHOWN))
        stepper.page.keyboard.press("ArrowRight")
    assert forth == steps
    stepper.page.keyboard.press("Home")
    assert stepper.evaluate(SHOWN) == steps[0]
    stepper.page.keyboard.press("End")
    assert stepper.evaluate(SHOWN) == steps[-1]
    stepper.page.keyboard.press("ArrowLeft")
    assert stepper.evaluate(SHOWN) == steps[-2]


HELLO = Program("stepper", 0, "behind", "")


def test_play_and_pause(reader: Reader) -> None:
    """Play goes on by itself, until the reader or the last step ends it."""
    stepper = open_stepper(reader, HELLO)
    stepper.page.clock.install()
    stepper.page.reload()
    slider = stepper.get_by_role("slider")
    stepper.get_by_role("button", name="Play").press("Space")
    expect(slider).to_have_value("1")
    stepper.page.clock.run_for(1500)
    expect(slider).to_have_value("2")
    stepper.get_by_role("button", name="Pause").press("Enter")
    stepper.page.clock.run_for(60_000)
    expect(slider).to_have_value("2")
    stepper.get_by_role("button", name="Play").click()
    stepper.page.clock.run_for(60_000)
    expect(slider).to_have_value(slider.get_attribute("max") or "")
    expect(stepper.get_by_role("button", name="Play")).to_be_focused()


def test_buttons_and_rows(reader: Reader) -> None:
    stepper = open_stepper(reader, HELLO)
    slider = stepper.get_by_role("slider")
    back = stepper.get_by_role("button", name="Back")
    following = stepper.get_by_role("button", name="Next")
    expect(back).to_be_disabled()
    following.press("Enter")
    expect(slider).to_have_value("1")
    expect(back).to_be_enabled()
    back.click()
    expect(slider).to_have_value("0")
    stepper.locator("[data-step]").last.click()
    expect(following).to_be_disabled()
    expect(following).to_be_visible()


def test_row_is_brought_into_sight(reader: Reader) -> None:
    """Where a figure is higher than its box, the box scrolls to the row."""
    stepper = open_stepper(reader, HELLO)
    figure = stepper.locator(".loop-drawn")
    figure.evaluate("(one) => one.style = 'overflow: auto; height: 60px'")
    stepper.get_by_role("slider").press("End")
    box, row = (
        one.evaluate("(one) => one.getBoundingClientRect().toJSON()")
        for one in (figure, figure.locator(".now"))
    )
    assert box["top"] <= row["top"] <= row["bottom"] <= box["bottom"] + 1
