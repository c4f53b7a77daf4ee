"""Handles, and the turns of a loop."""

from collections.abc import Iterator

from parts import BROKEN_TWICE, NO_TRACEBACK, Part, put_in_turns


def callbacks_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our handles and turns, and why."""
    handles = "test_events.HandleTests.test"
    for test in "callback_with_exception", "handle_repr", "handle_repr_debug":
        yield f"{handles}_{test}", NO_TRACEBACK
    test = "test_base_events.BaseEventLoopTests.test_{}_exc_handler_{}"
    yield test.format("set", "custom"), NO_TRACEBACK
    yield test.format("default", "broken"), BROKEN_TWICE


PART = Part(
    modules=["test_events", "test_base_events", "test_context"],
    select=r"HandleTests.test_(callback|handle(?!_source))|"
    r"BaseEventLoopTests|RunningLoop|slow_callbacks|test_context|"
    r"EventLoopTests.test_(call_soon|run_until|close|reader_c|writer_c|"
    r"signal|intern)",
    put_in=put_in_turns,
    excepted=dict(callbacks_excepted()),
)
