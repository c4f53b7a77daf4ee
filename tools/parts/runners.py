"""Runners."""

import sys
from collections.abc import Iterator

from parts import Part, put_in_event_loop

NO_AWAITABLES = r"(?!.*run_future)" if sys.version_info < (3, 14) else ""


def runners_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our runners, and why."""
    yield "test_runners.RunTests.test_asyncio_run_debug", "patches asyncio's"
    if sys.version_info < (3, 14):
        for test in (
            "RunTests.test_asyncio_run_only_coro",
            "RunnerTests.test_run_non_coro",
        ):
            yield (
                f"test_runners.{test}",
                "ours takes any awaitable, as 3.14 does",
            )
    for test in (
        "RunTests.test_asyncio_run_set_event_loop",
        "RunnerTests.test_set_event_loop_called_once",
    ):
        yield f"test_runners.{test}", "ours has no policy, and no current loop"
    yield (
        "test_runners.RunTests.test_asyncio_run_without_uncancel",
        "wants tasks without uncancel(), as asyncio had up to 3.10",
    )
    yield (
        "test_runners.RunnerTests.test_signal_install_not_supported_ok",
        "is for Pythons inside another program",
    )


PART = Part(
    modules=[
        "test_runners",
        "test_base_events",
        "test_context",
        "test_events",
        "test_locks",
        "test_queues",
        "test_server",
        "test_taskgroups",
        "test_timeouts",
        "test_waitfor",
    ],
    select=r"test_(context|locks|queues|taskgroups|timeouts|waitfor)|"
    rf"test_runners{NO_AWAITABLES}|"
    r"BaseEventLoopTests.test_(run_|close|asyncgen|create_task|.*executor)|"
    r"RunningLoop|test_getnameinfo|EventLoopTests.test_(call_[la]|run_|"
    r"close|create_server(?!_ssl|_multi)|server)|"
    r"test_server.Selector(?!.*unix)",
    put_in=put_in_event_loop,
    excepted=dict(runners_excepted()),
)
