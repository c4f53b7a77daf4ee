"""The site, once built, says of itself what is so."""

import csv
import html
import os
import re
import subprocess
import sys
from itertools import product
from os.path import commonprefix
from pathlib import Path
from urllib.parse import urlsplit
from xml.etree import ElementTree
from zipfile import ZipFile

import pytest

pytestmark = pytest.mark.once

ROOT = Path(__file__).parent.parent
SITE = "https://example.org/behind/"


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The whole site, as it is built where it is published."""
    return build("html", tmp_path_factory.mktemp("site"))


def build(builder: str, folder: Path) -> Path:
    """What *builder* makes of the pages, in a folder below *folder*."""
    finished = subprocess.run(
        [sys.executable, "-m", "sphinx", "-q", "-n", "-W", "-b", builder]
        + ["-d", f"{folder}/read", "-c", ".", "docs", f"{folder}/{builder}"],
        cwd=ROOT,
        env=os.environ
        | {
            "SITE_URL": SITE,
            "SOURCE_LINK": "https://example.org/at/{path}#L{first}-L{last}",
            "EDIT_LINK": "https://example.org/edit/{path}",
        },
        capture_output=True,
        text=True,
    )
    assert finished.stderr == ""
    return folder / builder


def text_of(site: Path, page: str) -> str:
    return (site / f"{page}.html").read_text("utf-8")


def section(page: str, anchor: str) -> str:
    """The text of a section of *page*, without those within it."""
    _, _, rest = page.partition(f'<section id="{anchor}">')
    own = re.split("</?section", rest)[0]
    return html.unescape(re.sub("<[^>]*>", "", own))


LINK = re.compile(r'href="([\w.]+)\.html#([\w-]+)"><code.*?><span.*?>(\w+)<')


def test_a_name_leads_to_its_code(site: Path) -> None:
    links = LINK.findall(text_of(site, "names"))
    assert len(links) > 70
    for page, anchor, name in links:
        shown = section(text_of(site, page), anchor)
        assert re.search(
            rf"^ *((async )?def|class) {name}\b|^{name} = ",
            shown,
            re.MULTILINE,
        ), f"{page}.html#{anchor} does not show {name}"


HEADING = re.compile(r'<section id="([\w-]+)">\n.*?<h[23]>(.*?)<a class="h')


def test_each_question_is_listed(site: Path) -> None:
    listed = re.findall(
        r'href="(\w+)\.html#([\w-]+)"', text_of(site, "answers")
    )
    asked = [
        (path.stem, anchor)
        for path in site.glob("*.html")
        for anchor, heading in HEADING.findall(path.read_text("utf-8"))
        if re.sub("<[^>]*>", "", heading).endswith("?")
    ]
    assert len(asked) > 100
    assert set(asked) == set(listed)


TITLE = re.compile(r"<h1>(.*?)<a class=\"h")
NAMED = re.compile(r"<code.*?</code>|“.*?”")
STANDS_FOR = re.compile(
    r"\b(it|its|they|them|their|others"
    r"|these|those|this(?! site)|after that|(if|last|next|of|same|when) one)\b"
)
COMMON = re.compile(
    r"a|an|asyncio|do|does|how|i|in|is|of|on|own|that|the|to|what|which"
    r"|who|why|work|works"
)
READS_ALONE = {
    "How do I clean up when I am cancelled?": "whether by shield or not",
    "What is different on Windows?": "asyncio is, of which all pages are",
}
"""Questions that name nothing of their page, and why they need not."""


@pytest.mark.parametrize(
    ("question", "title", "fault"),
    [
        ("What does it cost?", "What does debug mode find?", "'it'"),
        ("Which fail?", "Which tests does the loop pass?", "name"),
        ("And if one fails?", "How does a lock work?", "'if one'"),
        ("What does debug mode cost?", "What does debug mode find?", ""),
        ("Which locks go, if they do?", "How does a lock work?", ""),
        ("Does <code>drain</code> flush?", "How does a writer work?", ""),
        ("Who owns a lock?", "How does <code>asyncio.Lock</code> work?", ""),
    ],
)
def test_what_reads_alone(question: str, title: str, fault: str) -> None:
    assert fault in vague(question, title)
    assert bool(fault) == bool(vague(question, title))


def test_each_question_reads_alone(site: Path) -> None:
    """Questions are read in lists, in a search, and in links."""
    found = []
    for path in sorted(site.glob("*.html")):
        page = html.unescape(path.read_text("utf-8"))
        for title in TITLE.findall(page):
            headings = [heading for _, heading in HEADING.findall(page)]
            found += [
                f"docs/{path.stem}.rst: {bare(heading)}: {fault}"
                for heading in [title, *headings]
                if heading.endswith("?") and bare(heading) not in READS_ALONE
                if (fault := vague(heading, f"{title} {path.stem}"))
            ]
    assert not found, "\n".join(found)


def bare(heading: str) -> str:
    return re.sub("<[^>]*>", "", heading)


def vague(question: str, title: str) -> str:
    """Why *question* says nothing where the page is not seen; or nothing.

    It has to name a thing in ``code`` or quotes, or a thing of the *title*,
    and only such a thing may then be called *it*.
    """
    own = NAMED.sub("", question.lower())
    pronoun = STANDS_FOR.search(own)
    if pronoun and not has_any(own[: pronoun.start()], title):
        return f"{pronoun[0]!r} stands for what only the page names"
    if own == question.lower() and not has_any(own, title):
        return "it names nothing that the page is about"
    return ""


def has_any(text: str, title: str) -> bool:
    """Whether *text* has a word of *title*, as locks has that of Lock."""
    pairs = product(words(text), words(bare(title)))
    return any(are_like(*pair) for pair in pairs)


def words(text: str) -> set[str]:
    found = re.findall(r"[^\W_]+", text.lower())
    return {word for word in found if not COMMON.fullmatch(word)}


def are_like(one: str, other: str) -> bool:
    """As cancelled and cancelling are, or process and subprocesses."""
    short, long = sorted([re.sub(r"(?<=\w{3})s$", "", one), other], key=len)
    shared = len(commonprefix([short, long]))
    return shared >= 5 or (short in long and len(short) >= 3)


def test_a_name_is_there_or_not(site: Path) -> None:
    import asyncio

    page = text_of(site, "names")
    names = set(re.findall(r'<span class="pre">(\w+)</span>', page))
    public = {name for name in asyncio.__all__ if name[0] != "_"}
    methods = {one for one in dir(asyncio.AbstractEventLoop) if one[0] != "_"}
    assert sorted((public | methods) - names) == []


def test_a_name_that_some_pythons_lack_is_dated(site: Path) -> None:
    text = re.sub("<[^>]*>", "", text_of(site, "names"))
    for dated in (
        "QueueShutDown (from 3.13)",
        "print_call_graph (from 3.14)",
        "get_child_watcher (up to 3.13)",
    ):
        assert dated in text
    assert "sleep (" not in text


def test_what_no_page_prints_or_explains_gets_less(site: Path) -> None:
    """Lower these two numbers where they have fallen."""
    listed = (site / "messages.txt").read_text("utf-8")
    unprinted, unexplained = re.findall(r"^(\d+) of", listed, re.MULTILINE)
    assert int(unprinted) <= 50, f"see {site}/messages.txt"
    assert int(unexplained) <= 3, f"see {site}/messages.txt"


def figures(site: Path) -> list[int]:
    found = re.findall(r"<strong>([\d,]+)</strong>", text_of(site, "index"))
    return [int(number.replace(",", "")) for number in found]


def test_the_figures_are_what_pytest_finds(site: Path) -> None:
    pages, blocks, _, passed = figures(site)
    assert pages == len(list(ROOT.glob("docs/*.rst")))
    collected = subprocess.run(
        [sys.executable, "-m", "pytest", "--sybil", "--collect-only", "-q"]
        + ["docs"],
        cwd=ROOT,
        capture_output=True,
        text=True,
    ).stdout
    not_run = sum(
        len(re.findall(r"^ +:not-run:", page.read_text("utf-8"), re.MULTILINE))
        for page in ROOT.glob("docs/*.rst")
    )
    assert f"\n{blocks + not_run} tests collected" in collected
    recorded = 0
    for path in ROOT.glob("docs/cpython/*.csv"):
        with path.open() as file:
            rows = csv.DictReader(file)
            recorded += sum(int(row.get("Passed", 0)) for row in rows)
    assert passed == recorded


def test_the_pythons_are_those_that_ci_runs(site: Path) -> None:
    workflow = (ROOT / ".github/workflows/tests.yml").read_text()
    [row] = re.findall(r"^ +python: \[(.*)\]", workflow, re.MULTILINE)
    pythons = row.replace('"', "").split(", ")
    assert f"runs on Python {pythons[0]} to {pythons[-1]}" in text_of(
        site, "wait"
    )
    front = text_of(site, "index")
    assert f"each Python from {pythons[0]} to {pythons[-1]}" in front
    assert all(f"<td><p>{python}." in front for python in pythons)


def test_a_page_has_a_line_and_a_description(site: Path) -> None:
    page = text_of(site, "wait")
    assert re.search(r'class="facts">\d+ minutes · runs on Python', page)
    assert (
        '<a class="reference external" href="https://example.org/at/src/b'
        in page
    )
    assert 'href="https://example.org/edit/docs/wait.rst"' in page
    for name in 'name="description"', 'property="og:description"':
        [told] = re.findall(f'<meta {name} content="(.*?)"', page)
        opening = (ROOT / "docs/wait.rst").read_text().split("\n\n")[1]
        assert html.unescape(told) == " ".join(opening.split()).replace(
            "``", ""
        )
    assert f'<meta property="og:url" content="{SITE}wait.html">' in page


def test_a_page_is_marked_in_the_list_of_all(site: Path) -> None:
    pages = [path.stem for path in (ROOT / "docs").glob("*.rst")]
    trees = {
        page: text_of(site, page)
        .partition('"sidebar-tree"')[2]
        .partition("</div>")[0]
        for page in pages
    }
    for page, tree in trees.items():
        assert tree.count('class="toctree-l') == len(pages) - 1
        assert tree.count('current-page"><a aria-current="page"') == (
            page != "index"
        )
    for page in "testing", "weaving":
        assert 'checked="" class="toctree-checkbox"' in trees[page]
    assert 'checked=""' not in trees["sock"]


def test_404_leads_home_from_anywhere(site: Path) -> None:
    page = text_of(site, "404")
    root = urlsplit(SITE).path
    addresses = re.findall(r'(?:href|src|action)="([^"#]+)', page)
    own = [one for one in addresses if not urlsplit(one).netloc]
    assert len(own) > 50
    for address in own:
        path = urlsplit(address).path
        assert path.startswith(root)
        assert (site / path.removeprefix(root)).is_file(), address


def test_sitemap_has_all_pages(site: Path) -> None:
    pages = {f"{SITE}{page.stem}.html" for page in ROOT.glob("docs/*.rst")}
    tree = ElementTree.parse(site / "sitemap.xml")
    assert {
        loc.text for loc in tree.iter() if loc.tag.endswith("loc")
    } == pages


def test_epub_is_well_formed(site: Path) -> None:
    book = build("epub", site.parent) / "behind.epub"
    with ZipFile(book) as files:
        texts = {name: files.read(name) for name in files.namelist()}
    manifest = ElementTree.fromstring(texts["content.opf"])
    items = {
        item.attrib["href"]: item.attrib
        for item in manifest.iter("{http://www.idpf.org/2007/opf}item")
    }
    pages = {f"{page.stem}.xhtml" for page in ROOT.glob("docs/*.rst")}
    assert pages < items.keys() < texts.keys()
    for name, told in items.items():
        if name.endswith(".xhtml"):
            page = ElementTree.fromstring(texts[name])
            figures = list(page.iter("{http://www.w3.org/2000/svg}svg"))
            assert len(figures) == texts[name].count(b"<svg"), name
            assert (told.get("properties") == "svg") == bool(figures), name
