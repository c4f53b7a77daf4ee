"""What tools/mutants.py does, in parts: what to spoil, and who notices."""

from typing import NamedTuple

RUNS_A_CORE = 6
"""Runs at a time: most of the time they wait."""

DEADLINE = 600.0
"""Seconds for a run of which nothing is known yet."""


class Mutant(NamedTuple):
    """The lines *new* instead of *old* from *line* of the file *path* on.

    It is in the function *name*, or in the block of a page that begins on
    line *block*. Nothing notices it but what runs one of the lines *around*:
    those of its statement.
    """

    path: str
    line: int
    old: list[str]
    new: list[str]
    name: str = ""
    block: int = 0
    around: range = range(0)

    @property
    def is_control(self) -> bool:
        """Whether nothing is spoilt: it has to survive."""
        return self.old == self.new

    @property
    def key(self) -> str:
        """What it is, wherever the line has moved."""
        old, new = (
            " ".join(line.strip() for line in lines)
            for lines in (self.old, self.new)
        )
        return f"{self.name or self.path}: `{old}` -> `{new}`"

    def __str__(self) -> str:
        return f"{self.path}:{self.line}: {self.key}"


class Outcome(NamedTuple):
    """What a test came to, "failed" and the like, in how many seconds."""

    kinds: frozenset[str]
    seconds: float


def patience(seconds: float) -> float:
    """After how long a run hangs that took *seconds* with nothing spoilt.

    It may have had a core for itself then, and now share it, and not only with
    our other runs.
    """
    return 5 + RUNS_A_CORE * seconds
