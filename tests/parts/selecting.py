"""A loop that selects."""

from collections.abc import Iterator

from parts import Part, put_in_event_loop


def selecting_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our selecting loop, and why."""
    signals = "test_unix_events.SelectorEventLoopSignalTests.test"
    for test in ("no_handler", "cancelled_handler"):
        yield f"{signals}_handle_signal_{test}", "calls a private method"
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
    modules=["test_events", "test_unix_events", "test_sock_lowlevel"],
    select=r"(Select|Poll|EPoll|Kqueue)EventLoopTests.test_"
    r"(call_soon(?!_threadsafe_handle)|reader_|writer_|signal|add_|remove_|timeout_r)|"
    r"SelectorEventLoopSignalTests|test_sock_lowlevel.*Tests\.test_"
    r"(?!create_connection)",
    put_in=put_in_event_loop,
    excepted=dict(selecting_excepted()),
)
