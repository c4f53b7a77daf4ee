"""HTML and SVG as text: elements, and how wide words are in a figure."""

from html import escape

from loopscope.snapshots import shortened


def element(tag: str, *inside: str, **attributes: str | float) -> str:
    """The element *tag*, with what is *inside* it, which is markup already.

    The values of *attributes* are not. Where Python wants another name, it is
    `class_` and `text_anchor`. An attribute that is empty is left out.
    """
    given = "".join(
        f' {name.rstrip("_").replace("_", "-")}="{plain(value)}"'
        for name, value in attributes.items()
        if value != ""
    )
    return f"<{tag}{given}>{''.join(inside)}</{tag}>"


def plain(value: str | float) -> str:
    """*value* as text that is no markup: numbers as short as they can be."""
    return f"{value:g}" if isinstance(value, float) else escape(str(value))


def figure(
    kind: str,
    box: tuple[int, int, int, int],
    title: str,
    *inside: str,
    role: str = "img",
) -> str:
    """An SVG: *box* is its left, top, width and height; *title* tells it."""
    shown = " ".join(map(str, box))
    return element(
        "svg",
        "\n",
        *inside,
        class_=kind,
        xmlns="http://www.w3.org/2000/svg",
        viewBox=shown,
        role=role,
        aria_label=title,
    )


def text(
    x: float, y: float, words: str, kind: str = "", more: str = ""
) -> str:
    """*words* in a figure, and *more*, which is markup already."""
    return element("text", escape(words), more, class_=kind, x=x, y=y)


def path(way: str, kind: str = "") -> str:
    """A line in a figure: its *way*, in SVG's letters, and its class."""
    return element("path", class_=kind, d=way)


def width(words: str, letter: float) -> int:
    """How wide *words* are where a letter is as wide as *letter*."""
    return round(len(words) * letter)


def fitted(words: str, room: float, letter: float) -> str:
    """As much of *words* as there is *room* for."""
    return shortened(words, int(room / letter))
