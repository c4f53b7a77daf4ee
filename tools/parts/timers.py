"""Timers."""

from collections.abc import Iterator

from parts import NO_TRACEBACK, Part, put_in_turns


def timers_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our timers, and why."""
    for test in "timer_repr", "timer_repr_debug":
        yield f"test_events.TimerTests.test_{test}", NO_TRACEBACK
    for test in "hash", "timer_comparison":
        yield (
            f"test_events.TimerTests.test_{test}",
            "our timers have an order, and are equal to themselves only",
        )


PART = Part(
    modules=[
        "test_events",
        "test_base_events",
        "test_timeouts",
        "test_waitfor",
    ],
    select=r"TimerTests|call_(later|at)|run_once|timeout_round|"
    r"test_timeouts|test_waitfor",
    put_in=put_in_turns,
    excepted=dict(timers_excepted()),
)
