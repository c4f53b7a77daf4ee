"""A page that is open is loaded again when it has changed."""

from playwright.sync_api import Browser, expect
from readers import Reader

from live import started
from project import Project


def test_an_open_page_is_loaded_again(
    browser: Browser, project: Project
) -> None:
    with started(project) as live, Reader(browser, live.url) as reader:
        heading = reader.open("echo.html").locator("h1").first
        expect(heading).to_contain_text("How does echo work?")
        for old, new in ("How", "Why"), ("Why", "When"):
            project.spoil(f"{old} does", f"{new} does")
            expect(heading).to_contain_text(f"{new} does echo work?")
