"""For pytest: programs to step through run on a virtual clock."""

from functools import partial

from behind.tracing import Recorder
from literate.page import Page


def pytest_configure() -> None:
    for directive in "stepper", "moment":
        Page.around[directive] = partial(Recorder, virtual=True)
