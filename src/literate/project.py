"""What a project says of its pages, in the table ``[tool.literate]``.

It is in the nearest ``pyproject.toml`` at or above a page that has such a
table, so that pytest and Sphinx find the same.
"""

import functools
import tomllib
from pathlib import Path
from typing import Any, NamedTuple


class Wrong(ValueError):
    """The table has a mistake. The text begins with the file."""


class Project(NamedTuple):
    """The kinds of blocks that are *not_run*, and the *file* that says so."""

    file: Path | None = None
    not_run: frozenset[str] = frozenset()


def project_of(folder: Path) -> Project:
    """What holds for the pages in *folder*. Raises Wrong."""
    for home in (folder, *folder.parents):
        file = home / "pyproject.toml"
        if file.is_file():
            table = table_in(file, file.stat().st_mtime_ns)
            if table is not None:
                return Project(file, not_run(file, table))
    return Project()


@functools.lru_cache
def table_in(file: Path, _changed: int) -> dict[str, Any] | None:
    """The table in *file*, which was last changed at that time."""
    try:
        tables = tomllib.loads(file.read_text("utf-8"))
    except ValueError as error:
        raise Wrong(f"{file}: {error}") from None
    found: dict[str, Any] | None = tables.get("tool", {}).get("literate")
    return found


def not_run(file: Path, table: dict[str, Any]) -> frozenset[str]:
    """The kinds of blocks that *table*, which is in *file*, names."""
    kinds = table.get("not-run", [])
    if table.keys() - {"not-run"} or not (
        isinstance(kinds, list) and all(isinstance(one, str) for one in kinds)
    ):
        raise Wrong(
            f"{file}: [tool.literate] takes a list of kinds of blocks, as in "
            '`not-run = ["bash", "::"]`, and no other setting'
        )
    return frozenset(kinds)
