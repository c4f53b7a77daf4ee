"""For pytest: programs to step through run on a virtual clock."""

from collections.abc import Callable

from loopscope import VirtualClock


def pytest_page_surroundings() -> dict[str, Callable[[], VirtualClock]]:
    return {"stepper": VirtualClock, "moment": VirtualClock}
