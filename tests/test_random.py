"""Programs drawn at random do the same on asyncio and on ours."""

import asyncio
import sys
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

import behind
from programs import FAMILIES, programs, told

DOCS = Path(__file__).parents[1] / "docs"

today = pytest.mark.skipif(
    sys.version_info < (3, 13),
    reason="asyncio took other turns before Python 3.13: wait_for made a task",
)
KNOWN = {
    ("groups", "What ``sleep(0)`` is for"): """
async def main():
    async def fail():
        raise KeyError

    async def count():
        for n in range(6):
            say(n)
            await sleep(0)

    counting = create_task(count())
    try:
        async with TaskGroup() as group:
            group.create_task(fail())
            await sleep(1)
    except Exception as error:
        say(error)
    await counting
""",
    ("readers", "asyncio cuts the line in two"): """
async def main():
    here, there = pair()
    reader, writer = await open_connection(sock=here)
    first = create_task(reader.readline())
    there.send(b"one")
    await sleep(1)
    try:
        say(await reader.read(2))
    except RuntimeError as error:
        say(error)
    first.cancel()
    writer.close()
""",
    ("readers", "Cancel it,\nand that is gone"): """
async def main():
    here, there = pair()
    reader, writer = await open_connection(sock=here)
    first = create_task(reader.read())
    there.send(b"one")
    await sleep(1)
    first.cancel()
    there.send(b"two")
    await sleep(1)
    say(await reader.read(6))
    writer.close()
""",
    ("readers", "does not see that there is an exception"): """
async def main():
    reader = StreamReader()
    task = create_task(reader.readline())
    await sleep(0)
    reader.feed_data(b"one")
    reader.set_exception(KeyError())
    await sleep(1)
    say(outcome(task))
    task.cancel()
""",
    ("writers", "cancels that future"): """
async def main():
    here, there = pair()
    reader, writer = await open_connection(sock=here)
    writer.write(bytes(100_000))
    writer.close()
    try:
        await wait_for(writer.wait_closed(), 1)
    except TimeoutError:
        writer.transport.abort()
    try:
        say(await writer.wait_closed())
    except CancelledError as error:
        say("cancelled")
""",
}
"""Where ours differs, by the page that tells why and some words of it.

`programs` draws no such steps, or `LIKE_ASYNCIO` has asyncio's way.
"""

LIMITS = settings(
    database=None,
    deadline=None,
    phases=[Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)


def check(source: str) -> None:
    one, other = told(source, asyncio), told(source, behind)
    if one != other:
        shown = [source, "on asyncio:", *one, "", "on ours:", *other]
        pytest.fail("\n".join(shown), pytrace=False)


@today
@pytest.mark.parametrize("family", FAMILIES)
@settings(LIMITS, derandomize=True, max_examples=60)
@given(st.data())
def test_few(family: str, data: st.DataObject) -> None:
    check(data.draw(programs(family)))


@today
@pytest.mark.weekly
@pytest.mark.parametrize("family", FAMILIES)
@settings(LIMITS, max_examples=5000)
@given(st.data())
def test_many(family: str, data: st.DataObject) -> None:
    check(data.draw(programs(family)))


@pytest.mark.parametrize(("page", "words"), KNOWN)
def test_known_differences_are_there_and_explained(
    page: str, words: str
) -> None:
    source = KNOWN[page, words]
    ours = told(source, behind, like_asyncio=False)
    assert told(source, asyncio) != ours, "no longer a difference"
    assert words in (DOCS / f"{page}.rst").read_text("utf-8")
