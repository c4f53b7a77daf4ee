"""What has been measured: seconds, and their ratios to asyncio's."""

import json
from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

Row = dict[str, Any]


class Ratio(NamedTuple):
    """How many times as much a peer does as asyncio, over all rounds."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f} to {self.most:.2f})"


def ratio(base: Iterable[float], costs: Iterable[float]) -> Ratio:
    """Of each round, what asyncio needed (*base*) over what a peer needed."""
    each = [b / c for b, c in zip(base, costs, strict=True)]
    return Ratio(median(each), min(each), max(each))


def ratios(rows: Iterable[Row], what: str) -> dict[str, dict[str, Ratio]]:
    """For each case in *rows*, for each peer: the ratio of *what*.

    That is "cpu" or "wall", seconds, or "bytes".
    """
    measured: dict[str, dict[str, list[float]]] = {}
    for row in rows:
        if what in row:
            measured.setdefault(row["case"], {})[row["peer"]] = row[what]
    return {
        case: {
            peer: ratio(costs["asyncio"], cost) for peer, cost in costs.items()
        }
        for case, costs in measured.items()
    }


def read(path: Path) -> dict[str, Any]:
    """The results in the file *path*: the machine, and a row a measurement."""
    results: dict[str, Any] = json.loads(path.read_text("utf-8"))
    return results
