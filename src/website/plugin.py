"""For pytest: programs to step through run on a virtual clock."""

from literate.page import Page
from loopscope import VirtualClock


def pytest_configure() -> None:
    for directive in "stepper", "moment":
        Page.around[directive] = VirtualClock
