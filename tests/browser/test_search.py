"""What people type into the search, and what it then shows first."""

import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote_plus

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page, Route, expect
from readers import Reader, served

# Each query with the pages that answer it, and of these the sections that do:
# the first is of 24 that were collected, the rest was written before the search
# was tuned. A page without a section is its beginning.
COLLECTED = """
task was destroyed but it is pending: tasks#why-did-my-task-disappear factories#why-did-my-task-not-finish messages#task-was-destroyed-but-it-is-pending
coroutine was never awaited: coroutines#i-forgot-await debugging#mistakes-that-nobody-notices messages#coroutine-was-never-awaited
await vs create_task: factories#three-ways-to-begin coroutines#does-await-let-other-tasks-run tasks#does-create-task-run-a-task-at-once
event loop is closed: callbacks#how-does-a-loop-stop loops runners messages#event-loop-is-closed
asyncio.gather exceptions: gathering#what-does-gather-do-with-the-other-tasks-when-a-task-fails gathering#and-all-of-them
TimeoutError: timeouts#why-does-my-timeout-raise-no-timeouterror timeouts#which-timeout-has-raised-the-timeouterror wait_for
run_in_executor: threads#the-real-part
call_soon_threadsafe: selecting#why-is-my-call-soon-from-a-thread-so-late
cancel task: cancelling
uvloop: speed loops
CancelledError: cancelling#when-does-a-task-get-the-cancellederror cancelling#where-in-a-task-is-the-cancellederror-raised cancelling#what-if-a-coroutine-catches-cancellederror
semaphore: locks#a-semaphore
drain: writers writers#does-drain-flush
wait_closed hangs: servers#why-does-wait-closed-hang-or-return-at-once
asyncio.run() cannot be called from a running event loop: runners#why-can-i-not-call-asyncio-run-inside-a-loop callbacks#one-turn-after-the-other messages#asyncio-run-cannot-be-called-from-a-running-event-loop
get_event_loop deprecated: loops#what-changed runners futures
TaskGroup vs gather: gathering#gather-taskgroup-or-wait groups
backpressure: flows writers
select vs epoll: epoll epoll#the-kernel-has-the-list selecting
SO_REUSEPORT: create_server#one-socket-for-each-address
deadlock: locks#who-owns-a-lock subprocesses#what-popen-leaves-to-you
Task exception was never retrieved: exceptions#nobody-is-there-to-catch-it tasks messages#task-exception-was-never-retrieved
ExceptionGroup: groups#what-comes-out groups#why-does-my-except-not-catch-the-error-of-a-taskgroup
KeyboardInterrupt: runners#what-does-ctrl-c-do-to-asyncio-run runners#ctrl-c-takes-the-loop-and-tells-no-one signals
"""

OWN = """
no running event loop: futures callbacks runners messages#no-running-event-loop callbacks#one-turn-after-the-other
attached to a different loop: tasks#waiting-for-what-the-coroutine-awaits futures#what-counts-as-a-future-and-for-which-loop locks#which-loop-does-a-lock-belong-to messages#task-got-future-attached-to-a-different-loop
task disappears garbage collected: tasks#why-did-my-task-disappear
create_subprocess_exec stdout: subprocesses processes#the-real-part
LimitOverrunError: readers#a-line-or-any-other-separator
IncompleteReadError: readers#why-does-read-return-half-of-my-message
too many open files: servers#too-many-open-files connections#out-of-file-descriptors messages#too-many-open-files
happy eyeballs: races
Future exception was never retrieved: futures#why-was-the-exception-of-my-future-silent-until-the-end messages#future-exception-was-never-retrieved
slow callback took seconds: debugging#how-does-debug-mode-find-a-slow-callback messages#executing-took-seconds
connection reset by peer: messages#connection-reset-by-peer flows#the-client-goes-away writers transports readers
broken pipe: pipes#the-reader-leaves pipes#how-does-the-writer-of-a-pipe-hear-that-nobody-reads subprocesses messages#broken-pipe
address already in use: create_server#an-address-that-is-taken servers messages#address-already-in-use
UDP broadcast: endpoints#how-do-i-send-a-datagram-to-everyone datagrams
start_tls: tls
add_signal_handler: signals#the-real-part
sleep(0): sleeping#what-is-sleep-0-for
queue join never ends: queues#why-does-join-of-a-queue-never-end
priority queue TypeError: queues#why-does-my-priority-queue-raise-typeerror
async generator aclose: generators#how-do-i-close-an-asynchronous-generator-myself generators
contextvars: callbacks#callbacks-see-each-other-s-context tasks#names-contexts-stacks threads#the-context-is-lost
eager tasks: factories#starting-at-once factories groups#tasks-that-start-at-once
FIRST_COMPLETED: wait#when-enough-is-enough
as_completed timeout: completing#what-does-a-timeout-of-as-completed-do
shield from cancellation: shielding shielding#what-comes-through shielding#how-do-i-clean-up-when-i-am-cancelled
uncancel: cancelling#who-cancelled-the-task-a-timeout-or-somebody-else timeouts
"""

PASTED = """
Task was destroyed but it is pending! task: <Task pending name='Task-7' coro=<work() running at app.py:12>>: tasks#why-did-my-task-disappear messages#task-was-destroyed-but-it-is-pending
RuntimeWarning: coroutine 'fetch_user' was never awaited: coroutines#i-forgot-await messages#coroutine-was-never-awaited
RuntimeError: Task <Task pending name='Task-2' coro=<main()>> got Future <Future pending> attached to a different loop: futures#what-counts-as-a-future-and-for-which-loop tasks#waiting-for-what-the-coroutine-awaits messages#task-got-future-attached-to-a-different-loop
RuntimeError: Event loop is closed: callbacks#how-does-a-loop-stop messages#event-loop-is-closed
OSError: [Errno 98] error while attempting to bind on address ('127.0.0.1', 8080): address already in use: create_server#one-socket-for-each-address messages#error-while-attempting-to-bind-on-address
RuntimeError: There is no current event loop in thread 'Thread-1 (worker)'.: futures#what-changed messages#there-is-no-current-event-loop-in-thread
sys:1: RuntimeWarning: coroutine 'Bot.start' was never awaited: messages#coroutine-was-never-awaited
Executing <Task pending name='Task-1' coro=<crunch() running at job.py:3>> took 2.417 seconds: messages#executing-took-seconds
ResourceWarning: unclosed transport <_SelectorSocketTransport fd=7>: messages#unclosed-transport
ConnectionRefusedError: [Errno 111] Connect call failed ('127.0.0.1', 6379): messages#connect-call-failed
ValueError: Separator is found, but chunk is longer than limit: messages#separator-is-found-but-chunk-is-longer-than-limit
"""

QUESTIONS = """
how do I read a line from stdin without blocking: pipes
why is my asyncio program slow: faster
how do I handle ctrl-c gracefully: signals
how do I run two coroutines at the same time: tasks
how do I set a timeout for a connection: timeouts wait_for connections
messages: messages
answers: answers
"""

NAMES = """
create_server: create_server
add_reader: selecting
asyncio.wait: wait
asyncio.AbstractEventLoop: names
asyncio.Task.cancel: cancelling
behind.Task: cancelling
behind.EventLoop.create_server: create_server
behind.StreamReader.readline: readers
"""

STATUS = ".searcher [role=status]"
HIT = ".searcher li > a"

Answers = dict[str, list[str]]


def answers(lines: str) -> Answers:
    """For each query, the pages and sections that answer it."""
    split = (line.rsplit(": ", 1) for line in lines.strip().splitlines())
    return {query: targets.split() for query, targets in split}


@pytest.fixture(scope="module")
def found(browser: Browser, address: str) -> Iterator[dict[str, list[str]]]:
    """What the search shows for each query, from the top."""
    with Reader(browser, address) as reader:
        page = reader.open("search.html")
        queries = [
            query
            for lines in (COLLECTED, OWN, PASTED, NAMES, QUESTIONS)
            for query in answers(lines)
        ]
        yield {query: ask(page, query) for query in queries}


def ask(page: Page, query: str) -> list[str]:
    page.get_by_role("searchbox").fill(query)
    of_query = re.compile(re.escape(f"?found={quote_plus(query)}#"))
    expect(page.locator(HIT).first).to_have_attribute("href", of_query)
    hits = page.locator(HIT).evaluate_all(
        "(all) => all.map((one) => one.href)"
    )
    return [shortened(hit) for hit in hits]


def shortened(address: str) -> str:
    """The page and the anchor; the page alone, if that is its beginning."""
    page, _, anchor = address.rpartition("/")[2].partition("#")
    return f"{page.partition('.')[0]}#{anchor}"


@pytest.mark.parametrize(
    ("queries", "least"),
    [
        (COLLECTED, (22, 18)),
        (OWN, (24, 20)),
        (PASTED, (11, 11)),
        (NAMES, (8, 0)),
        (QUESTIONS, (7, 0)),
    ],
)
def test_first_hits(
    found: dict[str, list[str]],
    site: Path,
    queries: str,
    least: tuple[int, int],
) -> None:
    """A right page comes first, and mostly the right section of it."""
    expected = answers(queries)
    firsts = {query: found[query][0] for query in expected}
    beginnings = {name: beginning(site, name) for name in pages_of(expected)}
    rows, pages, sections = [], 0, 0
    for query, first in firsts.items():
        targets = [
            one if "#" in one else f"{one}#{beginnings[one]}"
            for one in expected[query]
        ]
        pages += is_page(first, targets)
        sections += first in targets
        if first not in targets:
            rows.append(f"{query}: {first}, not {' or '.join(targets)}")
    assert (pages >= least[0], sections >= least[1]) == (True, True), (
        f"{pages} pages and {sections} sections of {len(firsts)} are right:\n"
        + "\n".join(rows)
    )


def is_page(hit: str, targets: list[str]) -> bool:
    return hit.partition("#")[0] in {one.partition("#")[0] for one in targets}


def pages_of(expected: Answers) -> set[str]:
    return {
        one.partition("#")[0] for all_ in expected.values() for one in all_
    }


def beginning(site: Path, name: str) -> str:
    """The anchor of the page's first section."""
    html = (site / f"{name}.html").read_text("utf-8")
    return html.partition('<section id="')[2].partition('"')[0]


def test_a_hit_marks_its_words(reader: Reader) -> None:
    page = reader.open("search.html?q=Task was destroyed but it is pending")
    page.locator(HIT).and_(page.locator("[href*='/tasks.html']")).click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("task run")
    page.wait_for_function("CSS.highlights.has('found')")
    marked = page.evaluate("[...CSS.highlights.get('found')].map(String)")
    assert "Task was destroyed but it is pending" in marked
    assert page.evaluate("location.hash") == "#why-did-my-task-disappear"


@pytest.mark.parametrize("key", ["/", "Control+k"])
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_keys(reader: Reader, key: str, scheme: str) -> None:
    """All is done by keys, and Axe finds no fault in what shows."""
    page = reader.open("locks.html", color_scheme=scheme)
    assert not any("search" in file for file in reader.loaded)
    page.keyboard.press(key)
    box = page.get_by_role("searchbox")
    expect(box).to_be_focused()
    page.keyboard.type("semaphore")
    expect(page.locator(HIT).first).to_be_visible()
    assert not Axe().run(page, ".search-dialog").response["violations"]
    page.keyboard.press("ArrowDown")
    expect(page.locator(HIT).first).to_be_focused()
    page.keyboard.press("ArrowUp")
    expect(box).to_be_focused()
    page.keyboard.press("Enter")
    page.wait_for_url("**/locks.html?found=semaphore#a-semaphore")


def test_escape_closes_the_dialog(reader: Reader) -> None:
    """At once, even with words in the box; and the focus is where it was."""
    page = reader.open("locks.html")
    link = page.locator(".sidebar-search")
    link.press("Enter")
    page.get_by_role("searchbox").fill("semaphore")
    expect(page.locator(HIT).first).to_be_visible()
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).not_to_be_visible()
    expect(link).to_be_focused()


def test_an_index_that_is_slow(reader: Reader) -> None:
    """Until it is there, the search says so; what was typed is then found."""
    page = reader.open("locks.html")
    page.keyboard.press("/")
    held: list[Route] = []

    def hold(route: Route) -> None:
        held.append(route)

    page.route("**/pagefind-entry.json*", hold)
    page.get_by_role("searchbox").fill("sema")
    expect(page.locator(STATUS)).to_have_text("The index is on its way")
    page.get_by_role("searchbox").fill("semaphore")
    while not held:
        page.wait_for_timeout(10)
    for route in held:
        route.continue_()
    first = page.locator(HIT).first
    expect(first).to_have_attribute("href", re.compile("found=semaphore"))


def test_phone(reader: Reader) -> None:
    """The search is one touch away, and nothing of it is too wide."""
    page = reader.open("locks.html", 320)
    page.locator(".mobile-header").get_by_role("link", name="Search").click()
    page.get_by_role("searchbox").fill("wait_closed hangs")
    expect(page.locator(HIT).first).to_be_in_viewport()
    wide = "document.querySelector('dialog').scrollWidth"
    assert page.evaluate(wide) <= 320


def test_nothing_found(reader: Reader) -> None:
    """Who finds nothing is told where else to look."""
    page = reader.open("search.html?q=qqqxyz")
    expect(page.locator(STATUS)).to_have_text("0 pages")
    links = page.locator(".searcher").get_by_role("link")
    expect(links).to_have_text(["all messages", "all questions", "all names"])


def test_some_words(reader: Reader) -> None:
    """Where no page has all words, those with some are shown, and it says so."""
    page = reader.open("search.html?q=umask eyeballs")
    expect(page.locator(STATUS)).to_contain_text("some of the words")
    first = page.locator(HIT).first
    expect(first).to_have_attribute("href", re.compile("/(paths|races).html"))


TRACEBACK = """
Traceback (most recent call last):
  File "/home/anna/app/main.py", line 12, in <module>
    asyncio.run(main())
RuntimeError: asyncio.run() cannot be called from a running event loop
"""
WARNING = """
/home/anna/app/main.py:7: RuntimeWarning: coroutine 'get_page' was never awaited
  get_page("x")
"""
LOGGED = """
Task exception was never retrieved
future: <Task finished name='Task-3' coro=<poll() done, defined at poller.py:4>>
"""


@pytest.mark.parametrize(
    ("pasted", "entry"),
    [
        (TRACEBACK, "asyncio-run-cannot-be-called-from-a-running-event-loop"),
        (WARNING, "coroutine-was-never-awaited"),
        (LOGGED, "task-exception-was-never-retrieved"),
    ],
)
def test_lines_that_are_pasted(
    reader: Reader, pasted: str, entry: str
) -> None:
    """Of several lines the message is searched for, and not its traceback."""
    page = reader.open("search.html")
    page.get_by_role("searchbox").evaluate(PASTE, pasted)
    first = page.locator(HIT).first
    expect(first).to_have_attribute("href", re.compile(f"#{entry}$"))


PASTE = """(box, pasted) => {
  const clipboardData = new DataTransfer();
  clipboardData.setData("text", pasted);
  box.focus();
  const options = { clipboardData, bubbles: true, cancelable: true };
  box.dispatchEvent(new ClipboardEvent("paste", options));
}"""


def test_a_script_in_the_address_is_text(reader: Reader) -> None:
    said = "<script>document.title = 'x'</script><img src=x onerror=y()>"
    page = reader.open(f"search.html?q={quote_plus(said)}")
    expect(page.locator(STATUS)).to_contain_text("page")
    expect(page.get_by_role("searchbox")).to_have_value(said)
    assert "Search" in page.title()
    assert page.locator(".searcher :is(script, img)").count() == 0


def test_without_script(reader: Reader) -> None:
    page = reader.open("locks.html", java_script_enabled=False)
    page.get_by_role("link", name="Search").first.click()
    expect(page.get_by_role("link", name="all questions that")).to_be_visible()


def test_below_a_path(browser: Browser, site: Path, tmp_path: Path) -> None:
    """The site need not be at the root of its server."""
    shutil.copytree(site, tmp_path / "docs" / "latest")
    with served(tmp_path) as address:
        root = f"{address}docs/latest/"
        with Reader(browser, root) as reader:
            page = reader.open("search.html?q=semaphore")
            hit = f"{root}locks.html?found=semaphore#a-semaphore"
            first = page.locator(HIT).first
            expect(first).to_have_attribute("href", hit)
        assert not reader.complaints


def test_from_a_file(browser: Browser, site: Path) -> None:
    """A page that is opened as a file gives the command that serves it."""
    page = browser.new_page()
    page.goto((site / "search.html").as_uri())
    command = f"python3 -m http.server --bind localhost -d {site}/"
    expect(page.locator(".searcher pre")).to_have_text(command)
    page.close()


def test_weight(reader: Reader, site: Path) -> None:
    """What a query loads stays below 200 KB, as the server sends it."""
    reader.open("search.html?q=semaphore")
    expect(reader.page.locator(STATUS)).to_contain_text("pages")
    pieces = [one for one in reader.loaded if one.startswith("pagefind")]
    assert sum((site / one).stat().st_size for one in pieces) < 250_000
