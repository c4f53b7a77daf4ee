"""Each page, as a browser shows it."""

import gzip
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser, Page
from readers import Contexts, Reader


@pytest.fixture(scope="session")
def shared() -> Contexts:
    """No page stores anything here, so all can share."""
    return {}


@pytest.fixture(scope="module")
def visit(
    browser: Browser, address: str, shared: Contexts, name: str
) -> Iterator[Reader]:
    """The page *name*, opened once for all its tests."""
    with Reader(browser, address, shared) as reader:
        reader.open(name)
        yield reader


@pytest.fixture
def page(visit: Reader) -> Page:
    visit.page.emulate_media(media="screen", color_scheme="light")
    visit.page.set_viewport_size({"width": 1440, "height": 800})
    return visit.page


# An audit of colours is the slowest thing that is done to a page. Of all words
# that look alike, on this page or on one before, one is looked at.
STYLES = """() => [...document.querySelectorAll("body *")].map((one) => {
  const hasWords = (node) => node.nodeType === 3 && node.data.trim();
  if (![...one.childNodes].some(hasWords)) return "";
  const { color, fontSize, fontWeight, opacity } = getComputedStyle(one);
  let behind, box = one;
  do behind = getComputedStyle(box).backgroundColor;
  while (behind === "rgba(0, 0, 0, 0)" && (box = box.parentElement));
  return [color, behind, fontSize, fontWeight, opacity].join(" ");
})"""

SHOW_ONLY = """(shown) => {
  const all = [...document.querySelectorAll("body *")];
  for (const [number, one] of all.entries())
    if (!one.firstElementChild)
      one.style.visibility = shown[number] ? "" : "hidden";
}"""


@pytest.fixture(scope="session")
def known() -> set[tuple[str, str]]:
    """How words look, in light and in dark, whose colours are right."""
    return set()


def test_colours(page: Page, known: set[tuple[str, str]]) -> None:
    """In light and in dark, words stand out from what is behind them."""
    light = page.evaluate(STYLES)
    page.emulate_media(color_scheme="dark")
    looks = list(zip(light, page.evaluate(STYLES), strict=True))
    first = {look: number for number, look in reversed([*enumerate(looks)])}
    new = {number for look, number in first.items() if look not in known}
    found = []
    if new:
        page.evaluate(SHOW_ONLY, [n in new for n in range(len(looks))])
        found += faults(page, runOnly=["color-contrast"])
        page.emulate_media(color_scheme="light")
        found += faults(page, runOnly=["color-contrast"])
        page.evaluate(SHOW_ONLY, [True] * len(looks))
    assert not found, "\n".join(found)
    known.update(looks)


def faults(page: Page, **options: object) -> list[str]:
    """What Axe finds on *page* as it is now."""
    options["resultTypes"] = ["violations"]
    results = Axe().run(page, options=options).response
    return [
        f"{fault['help']}: {node['html'][:200]}\n  {node['failureSummary']}"
        for fault in results["violations"]
        for node in fault["nodes"]
    ]


# What the window's right edge, or a box around it, cuts off. On a screen a box
# may scroll instead, if the keyboard comes to it; on paper nothing does.
CUT_OFF = """(onPaper) => {
  const style = (one, key) => getComputedStyle(one)[key];
  const scrolls = (one) => !onPaper && one.tabIndex === 0 &&
    /auto|scroll/.test(style(one, "overflowX"));
  const isInside = (one) => one && (scrolls(one) || isInside(one.parentElement));
  const cuts = (one) =>
    (style(one, "overflowX") !== "visible" && !scrolls(one) &&
      one.scrollWidth > one.clientWidth + 1) ||
    (onPaper && style(one, "overflowY") !== "visible" &&
      one.scrollHeight > one.clientHeight + 1);
  const isSeen = (one) =>
    one.checkVisibility({ opacityProperty: true, visibilityProperty: true }) &&
    one.getBoundingClientRect().width > 1;
  const sticksOut = (one) =>
    one.getBoundingClientRect().right > innerWidth + 1 &&
    !isInside(one.parentElement);
  return [...document.querySelectorAll("body *")]
    .filter((one) => isSeen(one) && (cuts(one) || sticksOut(one)))
    .map((one) => one.outerHTML.slice(0, 200));
}"""

TOO_WIDE = """() => {
  const right = (one) => one.getBoundingClientRect().right;
  return [...document.querySelectorAll("article .highlight")]
    .filter((one) => right(one) > right(one.parentElement) + 0.5)
    .map((one) => one.outerHTML.slice(0, 200));
}"""

MENUS = ".sidebar-drawer, .toc-drawer, .mobile-header, .copy, .loop-panel"


def test_fits_a_small_phone(page: Page) -> None:
    """At 320 pixels nothing but a box of code or a table scrolls sideways.

    Boxes of code end where the text does.
    """
    page.set_viewport_size({"width": 320, "height": 800})
    assert not page.evaluate(CUT_OFF, False)
    assert not page.evaluate(TOO_WIDE)


def test_prints(page: Page) -> None:
    """On paper all of the article is there, and nothing of the site's menu."""
    page.set_viewport_size({"width": 718, "height": 800})
    page.emulate_media(media="print")
    assert not page.evaluate(CUT_OFF, True)
    menus = page.locator(MENUS).filter(visible=True)
    assert not menus.evaluate_all("(all) => all.map((one) => one.className)")


def test_quiet(visit: Reader) -> None:
    """A page asks nobody but its server, and has no errors."""
    assert not visit.complaints


BUDGET = 50_000  # bytes


def test_weight(
    visit: Reader,
    site: Path,
    record_property: Callable[[str, object], None],
) -> None:
    """A page, with all that it loads, is light: in bytes, compressed."""
    weights = {
        file: len(gzip.compress((site / file).read_bytes(), 6))
        for file in visit.loaded
    }
    record_property("weight", sum(weights.values()))
    assert sum(weights.values()) <= BUDGET, sorted(
        weights.items(), key=lambda item: -item[1]
    )


def test_whole_without_script(
    browser: Browser, address: str, shared: Contexts, page: Page, name: str
) -> None:
    """All that there is to read is there before any script runs."""
    with Reader(browser, address, shared) as reader:
        bare = reader.open(name, java_script_enabled=False)
        assert text(bare) == text(page) != ""
    assert not reader.complaints


def text(page: Page) -> str:
    """The words in the article, without what scripts add to handle it."""
    return page.evaluate("""() => {
      const added = document.querySelectorAll(
        "article :is(.copy, .filter, .loop-panel, noscript)");
      for (const one of added) one.style.display = "none";
      const text = document.querySelector("article").innerText;
      for (const one of added) one.style.display = "";
      return text;
    }""")


INTERACTIVE = """a[href], button, input, select, textarea, summary,
    [tabindex]:not([tabindex="-1"])"""

# Notes what gets the focus, and whether it then has a frame and is in sight.
# The switch of a drawer is not to be seen; its label is. Without *all* it
# begins behind the list of pages.
WATCH = """([selector, all]) => {
  window.reached = new Set();
  window.unseen = [];
  window.wanted = [...document.querySelectorAll(selector)].filter((one) =>
    one.checkVisibility({ visibilityProperty: true }));
  if (!all) {
    const end = wanted.findLastIndex((one) => one.closest(".sidebar-drawer"));
    wanted[end].focus();
    wanted = wanted.slice(end + 1);
  }
  addEventListener("focusin", ({ target }) => {
    reached.add(target);
    const shows = (one) => {
      const box = one.getBoundingClientRect();
      const { outlineStyle, outlineWidth } = getComputedStyle(one);
      return outlineStyle !== "none" && parseFloat(outlineWidth) >= 2 &&
        one.checkVisibility({ opacityProperty: true }) &&
        box.right > 0 && box.left < innerWidth &&
        box.bottom > 0 && box.top < innerHeight;
    };
    const isSeen = [target, ...(target.labels ?? [])].some(shows);
    if (!isSeen) unseen.push(target.outerHTML.slice(0, 200));
  });
}"""

MISSED = """() => wanted.filter((one) => !reached.has(one))
  .map((one) => one.outerHTML.slice(0, 200))"""


def test_keyboard(page: Page, name: str) -> None:
    """Tab comes to each thing that can be used, and shows where it is.

    The list of all pages is the same on each: the front page has it tried.
    What is drawn at each step is less in a window that is not high.
    """
    has_all = name == "index.html"
    height = 400 if has_all else 64
    page.set_viewport_size({"width": 1440, "height": height})
    page.evaluate(WATCH, [INTERACTIVE, has_all])
    for _ in range(page.evaluate("wanted.length") + 1):
        page.keyboard.down("Tab")  # as if it were held
    page.keyboard.up("Tab")
    assert not page.evaluate(MISSED), "Tab does not come to these"
    assert not page.evaluate("unseen"), (
        "these do not show that they have focus"
    )


WCAG = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]

COLOURLESS = {"color-contrast": {"enabled": False}}

# Half of what Axe would walk through is the coloured words in boxes of code,
# and the list of pages, which is the same on each.
STRIP = """(isFirst) => {
  for (const box of document.querySelectorAll("pre"))
    if (!box.querySelector("a, button, [id]")) box.textContent = box.textContent;
  if (!isFirst) document.querySelector(".sidebar-tree").remove();
}"""


def test_accessible(page: Page, name: str) -> None:
    """Axe finds no fault in what colours have no part in.

    This takes the page apart, so no other test of it may follow.
    """
    page.evaluate(STRIP, name == "index.html")
    assert not faults(page, runOnly=WCAG, rules=COLOURLESS)
