"""The directives ``measured``, ``aims`` and ``machines``."""

from collections.abc import Iterable
from pathlib import Path
from statistics import median
from typing import Any

from bench.results import Costs, Ratio, amount, costs, ratios, read
from docutils import nodes
from sphinx.application import Sphinx
from sphinx.config import Config
from sphinx.util.docutils import SphinxDirective
from sphinx.util.typing import ExtensionMetadata

from website.speeds import MARKS, Figure

PER = {"cpu": "per CPU second", "wall": "per second", "bytes": "per byte"}


class Results(SphinxDirective):
    """A directive that shows something from the folder ``speed_results``."""

    def results(self) -> list[dict[str, Any]]:
        folder = Path(self.config.speed_results)
        for path in folder.glob("results-*.json"):
            self.env.note_dependency(str(path))
        return read(folder)


class Measured(Results):
    """``.. measured:: PATTERN ...``: these cases as a figure and as tables.

    The figure is of the newest Python, and of what comes first in PER.
    """

    required_arguments = 1
    final_argument_whitespace = True

    def run(self) -> list[nodes.Node]:
        shown: list[nodes.Node] = []
        for results in self.results():
            for what, per in PER.items():
                patterns = self.arguments[0].split()
                found = costs(results["rows"], what, *patterns)
                if found:
                    title = f"Python {results['python']}, {per}"
                    shown = shown or self.figure(title, found)
                    shown += self.table(title, found, what)
        return shown

    def figure(self, title: str, found: Costs) -> list[nodes.Node]:
        rows = {label(case): row for case, row in ratios(found).items()}
        told = f"{title}: {score(list(rows.values()))}"
        svg = Figure(rows).svg(f"{told} All numbers are in the tables below.")
        drawn = nodes.raw("", svg, format="html")
        return [drawn, *self.parse_text_to_nodes(told)]

    def table(self, title: str, found: Costs, what: str) -> list[nodes.Node]:
        each = ratios(found)
        peers = [peer for peer in MARKS if any(peer in each[c] for c in each)]
        rows = [["", "asyncio", *(MARKS[peer][0] for peer in peers)]]
        for case, row in each.items():
            base = amount(found[case]["asyncio"], what)
            cells = [str(row.get(peer, "")) for peer in peers]
            rows.append([label(case), base, *cells])
        before = f"<details><summary>{title}</summary>"
        return [
            nodes.raw("", before, format="html"),
            *self.parse_text_to_nodes(csv_table(rows)),
            nodes.raw("", "</details>", format="html"),
        ]


class Aims(Results):
    """``.. aims::``: what was aimed at, and what was reached.

    A line is what it is about, a bar, and a ratio, a peer, what is measured,
    and the patterns of the cases that shall all have it.
    """

    has_content = True

    def run(self) -> list[nodes.Node]:
        every = self.results()
        rows = [["", "aim", *(f"Python {one['python']}" for one in every)]]
        for line in self.content:
            words, _, rest = line.partition("|")
            aim, peer, what, *patterns = rest.split()
            cells = (
                reached(
                    float(aim),
                    peer,
                    ratios(costs(one["rows"], what, *patterns)),
                )
                for one in every
            )
            rows.append([words.strip(), aim, *cells])
        return self.parse_text_to_nodes(csv_table(rows))


class Machines(Results):
    """``.. machines::``: on what all was measured."""

    def run(self) -> list[nodes.Node]:
        rows = [["Python", "on", "cores", "with", "client idle"]]
        for one in self.results():
            loops = (f"{name} {it}" for name, it in one["versions"].items())
            system = f"{one['cpu']}, {one['system']}"
            idle, case, peer = min(
                (median(row["idle"]), label(row["case"]), row["peer"])
                for row in one["rows"]
                if "idle" in row
            )
            rows.append(
                [
                    one["python"],
                    system,
                    str(one["cores"]),
                    ", ".join(loops),
                    f"at least {idle:.0%} ({case}, {peer})",
                ]
            )
        return self.parse_text_to_nodes(csv_table(rows))


def reached(aim: float, peer: str, found: dict[str, dict[str, Ratio]]) -> str:
    """The least median of *peer*, its case, and how far from *aim* it is."""
    least, case = min((row[peer].median, case) for case, row in found.items())
    verdict = "reached" if least >= aim else f"missed by {aim - least:.2f}"
    return f"{verdict}: {least:.2f} ({label(case)})"


def score(rows: list[dict[str, Ratio]]) -> str:
    """In how many *rows* ours does more than asyncio, and than each peer."""
    wins = {"asyncio": [row["behind"].median > 1 for row in rows]}
    for row in rows:
        for peer in row:
            if peer not in ("behind", "own-task"):
                name, _ = MARKS[peer]
                wins.setdefault(name, []).append(row["behind"] > row[peer])
    told = (f"{name} in {sum(w)} of {len(w)}" for name, w in wins.items())
    return f"ours is ahead of {', '.join(told)}."


def label(case: str) -> str:
    """What a reader calls *case*: "10 × 1 KiB" for sock-10-1024."""
    *parts, last = case.split("-")
    if not last.isdigit():
        return last
    kib, rest = divmod(int(last), 1024)
    return f"{int(parts[1]):,} × {f'{last} B' if rest else f'{kib} KiB'}"


def csv_table(rows: Iterable[Iterable[str]]) -> str:
    """*rows*, the first of which is the head, in reStructuredText."""
    lines = [", ".join(f'"{cell}"' for cell in row) for row in rows]
    return "\n   ".join([".. csv-table::", ":header-rows: 1", "", *lines])


def settle(app: Sphinx, config: Config) -> None:
    """``speed_results`` is seen from the folder of ``conf.py``."""
    config.speed_results = str(Path(app.confdir, config.speed_results))


def setup(app: Sphinx) -> ExtensionMetadata:
    app.add_config_value("speed_results", "bench", "env", frozenset({str}))
    app.connect("config-inited", settle)
    app.add_directive("measured", Measured)
    app.add_directive("aims", Aims)
    app.add_directive("machines", Machines)
    return {"parallel_read_safe": True, "parallel_write_safe": True}
