"""The loop's signal handlers."""

from collections.abc import Iterator

import behind
from parts import Part, put_in_methods


def signals_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our signal handlers, and why."""
    signals = "test_unix_events.SelectorEventLoopSignalTests.test"
    for test in (
        "add_signal_handler_install_error",
        "add_signal_handler_install_error3",
        "remove_signal_handler_cleanup_error",
        "remove_signal_handler_error2",
    ):
        yield f"{signals}_{test}", "an error that the system does not give"
    yield (
        f"{signals}_add_signal_handler_install_error2",
        "ours asks for no wakeup before there is a handler",
    )
    yield f"{signals}_close_on_finalizing", "our close does not look at sys"


PART = Part(
    modules=["test_events", "test_unix_events"],
    select=r"EventLoopTests.test_.*signal|"
    r"SelectorEventLoopSignalTests.test_(?!handle_signal)",
    put_in=lambda: put_in_methods(behind.SignalMethods),
    excepted=dict(signals_excepted()),
)
