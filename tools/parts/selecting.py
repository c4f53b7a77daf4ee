"""A loop that selects."""

from collections.abc import Iterator

from parts import Part, put_in_event_loop
from parts.signals import signals_excepted


def selecting_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our selecting loop, and why."""
    yield from signals_excepted()
    signals = "test_unix_events.SelectorEventLoopSignalTests.test"
    for test in ("no_handler", "cancelled_handler"):
        yield f"{signals}_handle_signal_{test}", "calls a private method"


PART = Part(
    modules=["test_events", "test_unix_events", "test_sock_lowlevel"],
    select=r"(Select|Poll|EPoll|Kqueue)EventLoopTests.test_"
    r"(call_soon(?!_threadsafe_handle)|reader_|writer_|signal|add_|remove_|timeout_r)|"
    r"SelectorEventLoopSignalTests|test_sock_lowlevel.*Tests\.test_"
    r"(?!create_connection)",
    put_in=put_in_event_loop,
    excepted=dict(selecting_excepted()),
)
