"""What makes tasks."""

from collections.abc import Iterator

from parts import Part, came_with
from parts.tasks import PART as TASKS


def factories_excepted() -> Iterator[tuple[str, str]]:
    """Each test that fails with what makes our tasks, and why."""
    test = "test_base_events.BaseEventLoopTests.test"
    yield f"{test}_set_task_factory", "wants a task of asyncio's class"
    if not came_with((3, 13, 3)):  # its factory takes a name from then on
        yield (
            f"{test}_create_named_task_with_custom_factory",
            "has a factory that takes no name; ours hands it on, as 3.14 does",
        )


PART = Part(
    modules=[*TASKS.modules, "test_base_events"],
    select=r"^test_eager\w+\.Behind|"
    r"^test_tasks\.Behind.*(create_\w*task|eager|name|test(_get)?_context)|"
    r"^test_taskgroups.*create_task|"
    r"^test_base_events.*(create_named_task|create_task_error|task_factory)",
    put_in=TASKS.put_in,
    excepted=dict(factories_excepted()),
)
