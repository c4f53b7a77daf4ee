"""The list of all questions, and the box above it."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import expect
from readers import Reader

SHOWN = ".answers li li:visible"
STATUS = ".filter [role=status]"


def test_words_leave_what_has_them(reader: Reader) -> None:
    """By keyboard: the box, what it leaves, and all again."""
    page = reader.open("answers.html")
    all_ = page.locator(SHOWN).count()
    expect(page.locator(STATUS)).to_have_text(f"{all_} questions")
    box = page.get_by_label("Show only the questions with these words")
    box.press("a")
    page.keyboard.press("Backspace")
    page.keyboard.type("Semaphore many")
    expect(page.locator(SHOWN)).to_have_text(
        ["How many times may I release a Semaphore?"]
    )
    expect(page.locator(".answers > li:visible")).to_have_count(1)
    expect(page.locator(STATUS)).to_have_text(f"1 of {all_} questions")
    page.keyboard.press("Tab")
    page.keyboard.press("Tab")
    page.keyboard.press("Enter")
    page.wait_for_url("**/locks.html#how-many-times-may-i-release-a-semaphore")
    page.go_back()
    expect(page.locator(STATUS)).to_have_text(f"1 of {all_} questions")
    page.get_by_label("Show only").fill("")
    expect(page.locator(SHOWN)).to_have_count(all_)


def test_a_title_counts_for_its_questions(reader: Reader) -> None:
    page = reader.open("answers.html?q=asyncio.Queue")
    expect(page.locator(".answers > li:visible > p")).to_have_text(
        ["How does asyncio.Queue work?"]
    )


def test_no_question_has_it(reader: Reader) -> None:
    page = reader.open("answers.html?q=<b>qqqxyz")
    expect(page.locator(STATUS)).to_contain_text("0 of")
    link = page.locator(STATUS).get_by_role("link")
    expect(link).to_have_attribute("href", "search.html?q=%3Cb%3Eqqqxyz")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [1440, 320])
@pytest.mark.parametrize("words", ["queue", "qqqxyz"])
def test_axe(reader: Reader, scheme: str, width: int, words: str) -> None:
    page = reader.open(f"answers.html?q={words}", width, color_scheme=scheme)
    expect(page.locator(STATUS)).to_contain_text("of")
    assert not Axe().run(page, "article").response["violations"]
    wide = page.evaluate("document.documentElement.scrollWidth")
    assert wide <= width


def test_without_script(reader: Reader) -> None:
    page = reader.open("answers.html", java_script_enabled=False)
    assert page.locator(SHOWN).count() > 150
    assert page.locator(".filter").count() == 0


def test_print(reader: Reader) -> None:
    page = reader.open("answers.html")
    page.emulate_media(media="print")
    expect(page.locator(".filter")).not_to_be_visible()
