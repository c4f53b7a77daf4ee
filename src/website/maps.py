"""A map of the pages: a column for each group, lines to what each needs."""

from collections.abc import Callable
from graphlib import TopologicalSorter
from html import escape
from itertools import accumulate

from loopscope.markup import element, figure, path, text, width
from website.graph import Graph

GUTTER = 20
"""How much room is left of a column, for lines, in the figure's units."""

ROW = 26
GAP = 10
"""How high a name is, and the room between those of one depth and the next."""


class Map:
    """Which page stands on which, as SVG.

    *graph* has for each page those that it stands on; *groups* has the pages
    of each column. A page is further down than all that it stands on. Where
    it needs pages of more than half the columns, it is as wide as the map.
    """

    def __init__(self, graph: Graph, groups: dict[str, list[str]]) -> None:
        self.graph = graph
        self.groups = {
            caption: own
            for caption, pages in groups.items()
            if (own := [page for page in pages if page in graph])
        }
        widths = [
            GUTTER + max(map(breadth, [*own, caption.split(" and ")[0]]))
            for caption, own in self.groups.items()
        ]
        *self.left, self.width = accumulate(widths, initial=0)
        self.column = {
            page: number
            for number, pages in enumerate(self.groups.values())
            for page in pages
        }
        self.top: dict[str, int] = {}
        self.height = self.place(36)

    def place(self, top: int) -> int:
        """Give each page its height, from *top* on; return the last."""
        depths = depth_of(self.graph)
        for depth in range(max(depths.values(), default=-1) + 1):
            most = 0
            for pages in self.groups.values():
                own = [page for page in pages if depths[page] == depth]
                most = max(most, len(own))
                for number, page in enumerate(own):
                    self.top[page] = top + number * ROW
            top += most * ROW + GAP
        return top

    def svg(self, link: Callable[[str], str]) -> str:
        """The figure. *link* gives the address of a page."""
        drawn = [
            *map(self.caption, range(len(self.groups)), self.groups),
            *(
                self.line(page, other)
                for page in self.top
                for other in sorted(self.graph[page] & self.top.keys())
            ),
            *(self.name(page, link(page)) for page in self.top),
        ]
        return figure(
            "map",
            (0, 0, self.width, self.height),
            "Which page stands on which",
            "\n".join(drawn),
            role="group",
        )

    def caption(self, column: int, caption: str) -> str:
        """The *caption* of a column, in two lines if it is long."""
        first, _, rest = caption.partition(" and ")
        x = self.left[column] + GUTTER
        more = element("tspan", f"and {escape(rest)}", x=x, y=26)
        return text(x, 12, first, more=more if rest else "")

    def is_wide(self, page: str) -> bool:
        columns = {self.column[other] for other in self.graph[page]}
        return len(columns) > len(self.groups) / 2

    def box(self, page: str) -> tuple[int, int, int]:
        """Where *page* begins and ends, and its middle from the top."""
        middle = self.top[page] + ROW // 2
        if self.is_wide(page):
            return 0, self.width, middle
        left = self.left[self.column[page]] + GUTTER
        return left, left + breadth(page), middle

    def line(self, page: str, other: str) -> str:
        """The line from *other* to *page*, which stands on it."""
        left, right, y = self.box(page)
        start, end, middle = self.box(other)
        if self.is_wide(page):
            way = f"M{start} {middle}q-14 0-14 14V{y}"
        elif self.is_wide(other):
            way = f"M{left + 14} {middle}V{y}"
        elif left == start:
            bulge = left - 9 - (y - middle) // 20
            way = f"M{left} {middle}C{bulge} {middle} {bulge} {y} {left} {y}"
        else:
            begin, x = (end, left) if left > start else (start, right)
            half = (begin + x) // 2
            way = f"M{begin} {middle}C{half} {middle} {half} {y} {x} {y}"
        return path(way)

    def name(self, page: str, link: str) -> str:
        left, right, middle = self.box(page)
        box = element(
            "rect",
            x=left,
            y=middle - 12,
            width=right - left,
            height=24,
            rx=4,
        )
        return element("a", box, text(left + 4, middle + 4, page), href=link)


def breadth(name: str) -> int:
    """How wide *name* is, with a margin."""
    return width(name, 7.2) + 8


def depth_of(graph: Graph) -> dict[str, int]:
    """How many pages are below each on the longest way down."""
    depths: dict[str, int] = {}
    for page in TopologicalSorter(graph).static_order():
        depths[page] = 1 + max((depths[o] for o in graph[page]), default=-1)
    return depths
