"""The parts of ``behind``, and which stands on which."""

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import behind

FOLDER = Path(behind.__file__).parent

Graph = dict[str, set[str]]


@cache
def tree(module: str) -> ast.Module:
    """The syntax tree of a *module* of ``behind``."""
    return ast.parse((FOLDER / f"{module}.py").read_text("utf-8"))


def imports(module: str) -> dict[str, str]:
    """The names that *module* takes from others, each with its module."""
    return {
        alias.name: node.module.removeprefix("behind.")
        for node in ast.walk(tree(module))
        if isinstance(node, ast.ImportFrom)
        and node.module
        and node.module.startswith("behind.")
        for alias in node.names
    }


def graph() -> Graph:
    """For each module those that it imports."""
    modules = [path.stem for path in sorted(FOLDER.glob("[!_]*.py"))]
    return {module: set(imports(module).values()) for module in modules}


def reduced(graph: Graph) -> Graph:
    """*graph* without the edges that a longer way has in it.

    Raises graphlib.CycleError if a part stands on itself.
    """
    below: Graph = {}
    direct: Graph = {}
    for node in TopologicalSorter(graph).static_order():
        near = graph[node]
        far = set().union(*(below[one] for one in near))
        below[node] = near | far
        direct[node] = near - far
    return direct
