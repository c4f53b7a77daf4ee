"""What a reader does with the site: by search, by mouse, by keyboard."""

import re
from pathlib import Path

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from readers import Reader

DOCS = Path(__file__).parents[2] / "docs"


CLIPBOARD = ["clipboard-read", "clipboard-write"]


def typed(page: str) -> list[str]:
    """For each terminal of a page, the commands that a reader types."""
    text = (DOCS / page).with_suffix(".rst").read_text("utf-8")
    blocks = re.findall(
        r"^\.\. terminal::.*\n((?:\n|   .*\n)*)", text, re.MULTILINE
    )
    commands = [
        re.findall(r"^ +\$ (.*)", block, re.MULTILINE) for block in blocks
    ]
    return ["\n".join(lines) for lines in commands if lines]


def test_copy_commands(reader: Reader) -> None:
    """A terminal's button copies the commands, and nothing else."""
    page = reader.open("sock.html", permissions=CLIPBOARD)
    copied = []
    for terminal in page.locator(".terminal").all():
        button = terminal.get_by_role("button", name="Copy")
        if button.count():
            terminal.hover()
            button.click()
            expect(terminal.get_by_role("button")).to_have_text("Copied")
            copied.append(page.evaluate("navigator.clipboard.readText()"))
    assert copied == typed("sock.html")


def test_copy_a_doctest(reader: Reader) -> None:
    page = reader.open("callbacks.html", permissions=CLIPBOARD)
    block = page.locator(".highlight", has_text=">>>").first
    block.locator("pre").focus()
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    expect(page.locator(":focus")).to_have_text("Copied")
    expect(page.locator(".copy-status")).to_have_text("Copied")
    copied = page.evaluate("navigator.clipboard.readText()")
    prompts = re.findall(r"^>>> (.*)", block.inner_text(), re.MULTILINE)
    assert copied.splitlines() == prompts


def test_lost_reader(reader: Reader) -> None:
    """Whatever the address, 404.html looks right, and leads to the rest."""
    page = reader.open("no/such/page.html")
    colour = "getComputedStyle(document.querySelector('article a')).color"
    assert page.evaluate(colour) == "rgb(0, 88, 107)"
    page.locator("article").get_by_role("link").first.click()
    expect(page.get_by_role("heading", level=1)).to_contain_text("Asyncio")
    assert all("404" in complaint for complaint in reader.complaints)
    reader.complaints.clear()


def test_theme(reader: Reader) -> None:
    """The button goes through light, dark and the system's; it is kept."""
    page = reader.open("index.html")
    seen = []
    for _ in range(3):
        page.locator(".content").get_by_label("Toggle Light").click()
        page.reload()
        colour = "getComputedStyle(document.body).backgroundColor"
        seen.append(
            (
                page.evaluate("document.body.dataset.theme"),
                page.evaluate(colour),
            )
        )
    white, black = "rgb(255, 255, 255)", "rgb(19, 20, 22)"
    assert seen == [("dark", black), ("light", white), ("auto", white)]


def test_skip_link(reader: Reader) -> None:
    page = reader.open("index.html")
    page.keyboard.press("Tab")
    link = page.locator(":focus")
    expect(link).to_have_text("Skip to content")
    expect(link).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.closest('article') !== null")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(
    ("switch", "drawer"),
    [("site navigation", ".sidebar-drawer"), ("contents", ".toc-drawer")],
)
def test_drawers(
    reader: Reader, switch: str, drawer: str, scheme: str
) -> None:
    """On a phone the keyboard opens a menu, comes to its links, closes it."""
    page = reader.open("sock.html", 320, color_scheme=scheme)
    link = page.locator(drawer).get_by_role("link").first
    expect(link).not_to_be_visible()
    page.get_by_role("checkbox", name=switch).press("Space")
    expect(link).to_be_in_viewport()
    link.focus()
    assert not Axe().run(page, drawer).response["violations"]
    page.get_by_role("checkbox", name=switch).press("Space")
    expect(link).not_to_be_visible()


# What changes its look, or the place to which it scrolls, in several frames.
MOVING = """[...document.querySelectorAll("*")].filter((one) => {
  const style = getComputedStyle(one);
  return style.scrollBehavior === "smooth" || style.animationName !== "none" ||
    /[1-9]/.test(style.transitionDuration);
}).map((one) => one.outerHTML.slice(0, 100))"""


@pytest.mark.parametrize("page", ["index.html", "tasks.html"])
def test_reduced_motion(reader: Reader, page: str) -> None:
    """Where a reader wants no motion, nothing slides and nothing fades."""
    assert reader.open(page, reduced_motion="no-preference").evaluate(MOVING)
    assert not reader.open(page, reduced_motion="reduce").evaluate(MOVING)
