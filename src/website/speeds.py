"""A figure of ratios: a row a case, in it a line a peer, a mark a median."""

import math
from collections.abc import Iterator

from bench.results import Ratio

from loopscope.markup import figure, path, text, width

WIDTH = 320
LEFT = 90
LINE = 9
"""How high a peer's line is, in the figure's units."""

LETTER = 5.6
"""How wide a letter is, more or less."""

MARKS = {
    "behind": ("ours", "m-4 0a4 4 0 1 0 8 0a4 4 0 1 0-8 0"),
    "own-task": ("ours, own Task", "m-3 0a3 3 0 1 0 6 0a3 3 0 1 0-6 0"),
    "uvloop": ("uvloop", "m-3-3h6v6h-6z"),
    "rloop": ("rloop", "m0-4l4 4l-4 4l-4-4z"),
    "trio": ("trio", "m0-4l4 7h-8z"),
    "epoll": ("no loop", "m0 4l4-7h-8z"),
}
"""What each peer is called, and its mark: a path around a point."""


class Figure:
    """*rows*, for each label the ratios of the peers, as SVG."""

    def __init__(self, rows: dict[str, dict[str, Ratio]]) -> None:
        self.rows = rows
        found = [ratio for row in rows.values() for ratio in row.values()]
        least = min(0.99, *(ratio.least for ratio in found))
        most = max(1.01, *(ratio.most for ratio in found))
        self.powers = math.floor(math.log2(least)), math.ceil(math.log2(most))
        self.y = 8

    def svg(self, title: str) -> str:
        drawn = [*self.legend()]
        self.y += 36
        top = self.y
        for label, row in self.rows.items():
            drawn += self.row(label, row)
        drawn = [*self.scale(top), *drawn]
        return figure("speed", (0, 0, WIDTH, self.y), title, "\n".join(drawn))

    def legend(self) -> Iterator[str]:
        x = 4
        shown = {peer for row in self.rows.values() for peer in row}
        for peer, (name, _) in MARKS.items():
            if peer in shown:
                room = 8 + width(name, LETTER)
                if x + room > WIDTH:
                    x = 4
                    self.y += 16
                yield mark(peer, x, self.y)
                yield text(x + 8, self.y + 4, name, "name")
                x += room + 16

    def scale(self, top: int) -> Iterator[str]:
        """A line at each ratio that is a power of two."""
        first, last = self.powers
        for ratio in (2.0**power for power in range(first, last + 1)):
            x, one = self.x(ratio), ratio == 1
            kind = "one" if one else "scale"
            yield path(f"M{x} {top - 8}V{self.y}", kind)
            name = "asyncio" if one else f"{ratio:g}"
            yield text(x, top - 12, name, "tick")

    def row(self, label: str, row: dict[str, Ratio]) -> Iterator[str]:
        yield text(0, self.y + LINE * len(row) // 2 + 4, label, "case")
        for peer, ratio in in_order(row):
            y = self.y + LINE // 2
            least, most = self.x(ratio.least), self.x(ratio.most)
            yield path(f"M{least} {y}H{most}")
            yield mark(peer, self.x(ratio.median), y)
            self.y += LINE
        self.y += LINE

    def x(self, ratio: float) -> float:
        """Where *ratio* is. Each doubling takes the same room."""
        first, last = self.powers
        part = (math.log2(ratio) - first) / (last - first)
        return round(LEFT + part * (WIDTH - LEFT - 10), 1)


def in_order(row: dict[str, Ratio]) -> list[tuple[str, Ratio]]:
    """The peers of a *row*, in the order of the legend."""
    return [(peer, row[peer]) for peer in MARKS if peer in row]


def mark(peer: str, x: float, y: float) -> str:
    """The mark of *peer*, around a point."""
    _, shape = MARKS[peer]
    return path(f"M{x:g} {y}{shape}", peer)
