"""The built site, served on a free port, and read in a real browser."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import playwright
import pytest
from playwright.sync_api import Browser, sync_playwright
from readers import Reader, served

BUILT = Path(__file__).parents[2] / "docs" / "_build" / "html"

CHROMIUMS = ["chromium", "chromium-browser", "google-chrome", "chrome"]

DRIVER = Path(playwright.__file__).parent / "driver" / "node"

LIGHT = [
    "--disable-gpu",
    "--disable-features=WebUIOmniboxPopup,WebUIOmniboxAimPopup",
]
"""Chromium's switches for what takes half its time, and no test looks at."""

NO_CHROMIUM = (
    "No page was looked at in a browser, for there is none: "
    "`apt-get install {packages}`, or `playwright install chromium`"
)

NO_DRIVER = (
    "No page was looked at in a browser, for Playwright cannot start: "
    "{fault}. `apt-get install {packages}`"
)


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--site", type=Path, default=BUILT, help="the folder that was built"
    )


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """A test that asks for a *name* runs once for each page.

    All tests of a page are one worker's, which has it open.
    """
    if "name" in metafunc.fixturenames:
        folder = metafunc.config.getoption("site")
        names = sorted(
            str(page.relative_to(folder)) for page in folder.rglob("*.html")
        )
        if not names:
            raise pytest.UsageError(f"{folder} has no pages. Build them first")
        pages = [
            pytest.param(name, marks=pytest.mark.xdist_group(name))
            for name in names
        ]
        metafunc.parametrize("name", pages, scope="module")


@pytest.fixture(scope="session")
def site(pytestconfig: pytest.Config) -> Path:
    return pytestconfig.getoption("site")


@pytest.fixture(scope="session")
def address(site: Path) -> Iterator[str]:
    with served(site) as address:
        yield address


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    installed = next(filter(None, map(shutil.which, CHROMIUMS)), None)
    if fault := driver_fault():
        wanted = [*packages(fault), *["chromium"] * (not installed)]
        reason = NO_DRIVER if installed else NO_CHROMIUM
        pytest.skip(reason.format(fault=fault, packages=" ".join(wanted)))
    with sync_playwright() as playwright:
        path = installed or playwright.chromium.executable_path
        if not Path(path).exists():
            pytest.skip(NO_CHROMIUM.format(packages="chromium"))
        browser = playwright.chromium.launch(
            executable_path=path,
            args=LIGHT,
        )
        yield browser
        browser.close()


def driver_fault() -> str:
    """Why Playwright's driver does not start here, in its own words."""
    started = subprocess.run(
        [DRIVER, "--version"], capture_output=True, text=True
    )
    return started.stderr.strip() if started.returncode else ""


def packages(fault: str) -> list[str]:
    """The Debian packages of the libraries that *fault* names."""
    return [
        name + number
        for name, number in re.findall(r"(lib\w+)\.so\.(\d+)", fault)
    ]


@pytest.fixture
def reader(browser: Browser, address: str) -> Iterator[Reader]:
    """Opens pages; none of them may complain."""
    with Reader(browser, address) as reader:
        yield reader
    assert not reader.complaints


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter,
) -> None:
    """Say which pages are the heaviest."""
    weights = [
        (value, report.nodeid)
        for outcome in ("passed", "failed")
        for report in terminalreporter.getreports(outcome)
        for key, value in report.user_properties
        if key == "weight"
    ]
    for weight, test in sorted(weights, reverse=True)[:3]:
        terminalreporter.line(f"{weight:,} bytes: {test}")
