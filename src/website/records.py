"""What asyncio has, found on each Python and kept in a file."""

import csv
from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from literate.outputs import numbers

DOCS = Path(__file__).parents[2] / "docs"

Found = tuple[str, str]
"""A file of CPython, and what is in it."""


class Record:
    """The file ``docs/NAME.csv``: what *find* found, and on which Pythons.

    *columns* are its heads. *here* is this Python, as the file has it.
    """

    def __init__(
        self,
        name: str,
        columns: tuple[str, str, str],
        here: str,
        find: Callable[[], set[Found]],
    ) -> None:
        self.path = DOCS / f"{name}.csv"
        self.columns = columns
        self.here = here
        self.find = find

    @cached_property
    def pythons(self) -> dict[Found, list[str]]:
        """What is recorded, and on which Pythons it was found."""
        with self.path.open(encoding="utf-8", newline="") as file:
            _, *rows = csv.reader(file)
        return {(place, what): ones.split() for place, what, ones in rows}

    def updated(
        self, record: dict[Found, list[str]]
    ) -> dict[Found, list[str]]:
        """*record*, with what this Python has now."""
        pythons = {one: {*record[one]} - {self.here} for one in record}
        for one in self.find():
            pythons.setdefault(one, set()).add(self.here)
        return {
            one: sorted(pythons[one], key=numbers)
            for one in sorted(pythons)
            if pythons[one]
        }

    def differences(self) -> list[Found]:
        """What this Python has, and the record not, or the reverse.

        A Python that was never recorded has none.
        """
        known = {one for one, on in self.pythons.items() if self.here in on}
        return sorted(self.find() ^ known) if known else []

    def write(self) -> None:
        """Record this Python, and leave alone what the others have."""
        rows = self.updated(self.pythons)
        with self.path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.writer(file, lineterminator="\n")
            writer.writerow(self.columns)
            writer.writerows((*one, " ".join(rows[one])) for one in rows)
