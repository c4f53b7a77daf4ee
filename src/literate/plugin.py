"""pytest's option ``--sybil``: run every block of every page.

pytest finds it when it is installed. Where only the folder is there, the root
``conftest.py`` says ``pytest_plugins = ["literate.plugin"]``. Pages are the
``.rst`` files below the folders that pytest looks through.
"""

import difflib
import gc
import os
import shutil
import signal
from collections.abc import Callable, Generator, Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sybil import Sybil

from literate import ports
from literate.blocks import (
    PARSERS,
    count,
    pass_over,
    refusal,
    summary,
    tally,
    unrun,
)
from literate.failures import Failure, NotRun
from literate.leftovers import adopt_orphans
from literate.limits import Guard, TimeLimit
from literate.outputs import RELEASE, advice
from literate.page import Page, Settings, page_of
from literate.private import is_block, page_scheduling, show_as
from literate.project import Wrong, project_of
from literate.proving import Rewritten, prove, rewrite

COLLECT = pytest.StashKey[Callable[[Path, pytest.Collector], Any]]()
ENDED = pytest.StashKey[Path]()
LEFT_OUT = pytest.StashKey[int]()
REFUSED = pytest.StashKey[dict[str, str]]()


class Hooks:
    """What a project may say, in its conftest.py or in a plugin."""

    def pytest_page_surroundings(self) -> Any:
        """What the snippets in a directive of the project's own run in.

        Returns for the name of each directive what makes a context manager.
        """


def pytest_addhooks(pluginmanager: pytest.PytestPluginManager) -> None:
    pluginmanager.add_hookspecs(Hooks)


def pytest_addoption(parser: pytest.Parser) -> None:
    group = parser.getgroup("sybil", "pages")
    group.addoption(
        "--sybil", action="store_true", help="run the blocks of the pages too"
    )
    group.addoption(
        "--sybil-nc",
        choices=["auto", "own"],
        default="auto",
        help="the `nc` in terminals: the machine's where it has one (auto), "
        "or our own",
    )
    group.addoption(
        "--sybil-update",
        action="store_true",
        help="rewrite the outputs on the pages as they are now",
    )


@pytest.hookimpl(tryfirst=True)
def pytest_configure(config: pytest.Config) -> None:
    config.stash[LEFT_OUT] = 0
    if is_wanted(config):
        check_names(config)
    if not config.getoption("--sybil"):
        return
    if config.getoption("--sybil-update"):
        check_recording(config)
    ports.map_sockets(lambda port: None)
    set_limits(config)
    config.stash[COLLECT] = collector(settings(config))


def check_recording(config: pytest.Config) -> None:
    """Raise UsageError where nobody would read what a recording changes."""
    if os.environ.get("CI"):
        raise pytest.UsageError("--sybil-update: not under CI")
    is_worker = hasattr(config, "workerinput")
    if not is_worker and "--sybil-update" not in config.invocation_params.args:
        raise pytest.UsageError("--sybil-update: on the command line alone")


def settings(config: pytest.Config) -> Settings:
    """What this run's options and its project say of all pages."""
    around = config.hook.pytest_page_surroundings()
    return Settings(
        root=config.rootpath,
        folder=TimeLimit.guard.folder,
        records=config.getoption("--sybil-update"),
        around={name: one for told in around for name, one in told.items()},
        own_netcat=config.getoption("--sybil-nc") == "own",
        pythonpath=config.getini("pythonpath"),
    )


def collector(settings: Settings) -> Callable[[Path, pytest.Collector], Any]:
    """What collects a page for which *settings* hold."""
    return Sybil(
        parsers=PARSERS,
        pattern="*.rst",
        path="/",
        document_types={".rst": Page.of(settings)},
    ).pytest()


def set_limits(config: pytest.Config) -> None:
    """Have each block end in time, and Ctrl-C end what it should.

    A shell has a job in the background ignore Ctrl-C. Its pages shall not.
    """
    if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
        signal.signal(signal.SIGINT, signal.default_int_handler)
    worker = getattr(config, "workerinput", {})
    TimeLimit.guard = Guard(Path(worker.get("ended", os.devnull)))
    config.add_cleanup(TimeLimit.guard.close)
    adopt_orphans()
    if config.getoption("dist", "no") != "no":
        config.stash[ENDED] = TimeLimit.guard.folder / "ended"
        config.stash[ENDED].touch()


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Any:
    """For ``-n``: a page has one worker."""
    by_page = config.getoption("dist") in ("load", "loadfile")
    if by_page and config.getoption("--sybil"):
        config.option.loadscopereorder = False
        return page_scheduling(config, log)
    return None


@pytest.hookimpl(optionalhook=True)
def pytest_configure_node(node: Any) -> None:
    """Tell a worker of xdist's where it reads which blocks ended others."""
    if ENDED in node.config.stash:
        node.workerinput["ended"] = str(node.config.stash[ENDED])


def pytest_report_header(config: pytest.Config) -> str | None:
    if not config.getoption("--sybil"):
        return None
    own = config.getoption("--sybil-nc") == "own"
    machine = None if own else shutil.which("nc")
    return f"nc in terminals: {machine or 'our own'}"


def is_wanted(config: pytest.Config) -> bool:
    """Whether a project has asked for this: by the option, or in conftest.py.

    pytest loads what is installed in every project, also in those that have
    nothing to do with it.
    """
    installed = config.pluginmanager.list_plugin_distinfo()
    return config.getoption("--sybil") or not any(
        getattr(plugin, "__name__", "") == __name__ for plugin, _ in installed
    )


def check_names(config: pytest.Config) -> None:
    """Raise UsageError if a page is named that is not there, or not run."""
    is_worker = hasattr(config, "workerinput")
    if is_worker or config.args_source != config.ArgsSource.ARGS:
        return
    for arg in config.args:
        name = Path(arg.partition("::")[0])
        path = config.invocation_params.dir / name
        is_page = name.suffix == ".rst"
        if is_page and not path.exists():
            raise pytest.UsageError(f"{name}: no such page{near(name, path)}")
        if not config.getoption("--sybil"):
            patterns = config.getini("python_files")
            if is_page or has_pages_only(path, patterns):
                kind = "a page" if is_page else "a folder of pages"
                command = f"pytest --sybil {' '.join(config.args)}"
                raise pytest.UsageError(f"{name} is {kind}: write {command}")


def near(name: Path, path: Path) -> str:
    """The pages beside *path* with a like *name*, for a message."""
    pages = [page.name for page in path.parent.glob("*.rst")]
    found = difflib.get_close_matches(name.name, pages)
    names = " or ".join(str(name.with_name(one)) for one in found)
    return f"; is it {names}?" if found else ""


def has_pages_only(path: Path, tests: Iterable[str]) -> bool:
    """Whether the folder *path* has pages, and no file like *tests*."""
    return any(path.rglob("*.rst")) and not any(
        any(path.rglob(pattern)) for pattern in tests
    )


@pytest.hookimpl(wrapper=True)
def pytest_collect_file(
    file_path: Path, parent: pytest.Collector
) -> Generator[None, list[Any], list[Any]]:
    """Take the pages, which pytest's own doctests would collect as well."""
    collected = yield
    if file_path.suffix != ".rst":
        return collected
    if parent.config.getoption("--sybil"):
        try:
            project_of(file_path.parent)
        except Wrong as error:
            raise pytest.Collector.CollectError(str(error)) from None
        return [parent.config.stash[COLLECT](file_path, parent)]
    parent.config.stash[LEFT_OUT] += 1
    return collected


def pytest_itemcollected(item: pytest.Item) -> None:
    """Have a block's failure shown as what it says, and other errors whole.

    Sybil would shorten them, and fails at those that a page's end raises.
    """

    def shown(error: pytest.ExceptionInfo[BaseException]) -> Any:
        if isinstance(error.value, Failure):
            return str(error.value)
        return pytest.Item.repr_failure(item, error)

    if is_block(item):
        show_as(item, shown)
        if item.example.region.evaluator is pass_over:
            kind = item.example.region.lexemes["kind"]
            reason = f"`{kind}` blocks are not run, as pyproject.toml says"
            item.add_marker(pytest.mark.skip(reason))


def pytest_collection_finish(session: pytest.Session) -> None:
    """Let blocks collect their own garbage, and look at nothing older."""
    if session.config.getoption("--sybil"):
        gc.collect()
        gc.freeze()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    error = call.excinfo.value if call.excinfo else None
    if isinstance(error, NotRun):
        report.outcome = "skipped"
        report.longrepr = str(item.path), error.line, error.reason
    elif isinstance(error, Failure):
        report.longrepr = str(error)
    if not is_block(item):
        return report
    if not report.passed:
        report.user_properties.extend(unrun(item.example))
    if call.when == "call":
        page = page_of(item.example)
        for message in page.unrecorded:
            report.user_properties.append(("unrecorded", message))
        page.unrecorded.clear()
        if report.passed:
            block = (page.name, *count(item.example))
            report.user_properties.append(("block", block))
    return report


@pytest.hookimpl(trylast=True)  # pytest's own part comes first, come what may
def pytest_runtest_teardown(
    item: pytest.Item, nextitem: pytest.Item | None
) -> None:
    """End a page with its last block."""
    ends = nextitem is None or nextitem.parent is not item.parent
    if ends and is_block(item):
        page = page_of(item.example)
        try:
            page.close()
        finally:
            for one in (page, *page.parts):
                if one.recording:
                    rewritten = tuple(rewrite(one, page))
                    item.user_properties.append(("rewritten", rewritten))


def pytest_sessionfinish(session: pytest.Session) -> None:
    """Prove what was recorded; or, in a worker, say what it left out."""
    config = session.config
    if hasattr(config, "workeroutput"):
        config.workeroutput["left_out"] = config.stash[LEFT_OUT]
    elif config.getoption("--sybil-update"):
        pages = told(config, "rewritten")
        said = prove(config, (Rewritten(*page) for page in pages))
        config.stash[REFUSED] = said
        if said and session.exitstatus == pytest.ExitCode.OK:
            session.exitstatus = pytest.ExitCode.TESTS_FAILED


def told(config: pytest.Config, name: str) -> Iterator[Any]:
    """What the reports of a run tell by the *name*."""
    reporter = config.pluginmanager.get_plugin("terminalreporter")
    for reports in getattr(reporter, "stats", {}).values():
        for report in reports:
            for key, value in getattr(report, "user_properties", []):
                if key == name:
                    yield value


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    """Take over what a worker of xdist's says. All leave out the same."""
    if said := getattr(node, "workeroutput", None):
        node.config.stash[LEFT_OUT] = said["left_out"]


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """Show how pages were rewritten, what ran, and what did not."""
    refused = config.stash.get(REFUSED, {})
    for name, *_, difference, _ in told(config, "rewritten"):
        terminalreporter.write(refused.get(name, difference))
    if unrecorded := [*told(config, "unrecorded")]:
        terminalreporter.section(f"no output for Python {RELEASE}")
        terminalreporter.write_line(advice(unrecorded))
    if unfit := [*told(config, "refused")]:
        terminalreporter.write_line(refusal(unfit))
    if left := [*told(config, "left")]:
        terminalreporter.write_line(
            f"not run, as pyproject.toml says: {tally(left)}"
        )
    if blocks := [*told(config, "block")]:
        terminalreporter.write_line(summary(blocks))
    number = config.stash[LEFT_OUT]
    if number and is_wanted(config):
        pages = "1 page was" if number == 1 else f"{number} pages were"
        terminalreporter.write_line(
            f"{pages} left out: pytest --sybil runs pages too"
        )
