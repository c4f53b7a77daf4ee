"""What has been measured: costs, and their ratios to asyncio's."""

import json
from collections.abc import Iterable
from fnmatch import fnmatch
from pathlib import Path
from statistics import median
from typing import Any, NamedTuple

UNITS = {"cpu": (1e6, "µs"), "wall": (1e6, "µs"), "bytes": (1, "bytes")}
"""What is measured: how many of which unit a second is, or a byte."""

Costs = dict[str, dict[str, list[float]]]
"""For each case, for each peer, what a round after the other cost."""


class Ratio(NamedTuple):
    """How many times as much a peer does as asyncio, over all rounds."""

    median: float
    least: float
    most: float

    def __str__(self) -> str:
        return f"{self.median:.2f} ({self.least:.2f} to {self.most:.2f})"


def ratio(base: Iterable[float], costs: Iterable[float]) -> Ratio:
    """For each round, what asyncio cost (*base*) over what a peer cost."""
    each = [b / c for b, c in zip(base, costs, strict=True)]
    return Ratio(median(each), min(each), max(each))


def ratios(costs: Costs) -> dict[str, dict[str, Ratio]]:
    """For each case, for each peer but asyncio, the ratio to asyncio."""
    return {
        case: {
            peer: ratio(peers["asyncio"], cost)
            for peer, cost in peers.items()
            if peer != "asyncio"
        }
        for case, peers in costs.items()
    }


def chosen(name: str, patterns: Iterable[str]) -> bool:
    """Whether *name* matches one of *patterns*, such as sock-10-*."""
    return any(fnmatch(name, pattern) for pattern in patterns)


def costs(rows: Iterable[dict[str, Any]], what: str, *patterns: str) -> Costs:
    """What *rows* say of *what*, a key of UNITS, for the cases chosen."""
    found: Costs = {}
    for row in rows:
        if what in row and chosen(row["case"], patterns):
            found.setdefault(row["case"], {})[row["peer"]] = row[what]
    return found


def amount(cost: Iterable[float], what: str) -> str:
    """The median of *cost* with its unit: "21.3 µs"."""
    scale, unit = UNITS[what]
    number = median(cost) * scale
    return f"{number:,.{0 if number > 100 else 2}f} {unit}"


def read(folder: Path) -> list[dict[str, Any]]:
    """The results in *folder*, those of the newest Python first."""
    found = [
        json.loads(path.read_text("utf-8"))
        for path in folder.glob("results-*.json")
    ]
    return sorted(found, key=version, reverse=True)


def version(results: dict[str, Any]) -> list[int]:
    return [int(part) for part in results["python"].split(".")[:2]]
