"""The whole loop."""

from collections.abc import Iterator

from parts import Part, came_with, put_in_event_loop

NO_LOCK = "threadsafe_handle"  # our handles have none: a test would hang
ELSEWHERE = (  # in other parts
    "exc_handler|slow_callbacks|cant_bind|soreuseport|accept_connection|"
    "happy_eyeballs|Selector.*create_(connection|datagram)"
)


def loops_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with our loop, and why."""
    base = "test_base_events.BaseEventLoopTests.test"
    for test in (
        "_add_callback_cancelled_handle",
        "_add_callback_handle",
        "_run_once",
        "custom_run_forever_integration",
        "not_implemented",
        "single_selecter_event_callback_after_stopping",
    ):
        yield f"{base}_{test}", "calls or replaces private methods"
    yield f"{base}_set_task_factory", "wants asyncio's own tasks by default"
    if not came_with((3, 13, 3)):  # its factory takes a name from then on
        yield (
            f"{base}_create_named_task_with_custom_factory",
            "ours passes the name on to the factory, as 3.14 does",
        )
    for loop in "Select", "Poll", "EPoll", "Kqueue":
        events = f"test_events.{loop}EventLoopTests.test"
        yield f"{events}_prompt_cancellation", "calls private methods"
        for family in "ipv4", "ipv6":
            yield (
                f"{events}_create_server_multiple_hosts_{family}",
                "replaces a private method",
            )


PART = Part(
    modules=["test_events", "test_base_events"],
    select=rf"^(?!.*({NO_LOCK}|{ELSEWHERE}))"
    r".*(EventLoopTests|EventLoopWithSelectorTests|RunningLoop)",
    put_in=put_in_event_loop,
    excepted=dict(loops_excepted()),
)
