"""Where each name of ``behind`` is, and which of asyncio's there are."""

import ast
import asyncio
import re
import sys
from collections.abc import Iterator
from functools import cache
from types import FunctionType, ModuleType
from typing import NamedTuple

import behind
from literate.outputs import numbers
from website.graph import imports, tree
from website.records import Found, Record


class Place(NamedTuple):
    """Where something is defined: a module of ``behind``, and the line."""

    module: str
    line: int


@cache
def definitions(module: str) -> dict[str, int]:
    """The line of each class, function, method and constant of *module*."""
    return dict(defined(tree(module).body))


def defined(
    body: list[ast.stmt], prefix: str = ""
) -> Iterator[tuple[str, int]]:
    """The names that *body* defines, each with its line; methods too."""
    for node in body:
        match node:
            case (
                ast.FunctionDef(name=name)
                | ast.AsyncFunctionDef(name=name)
                | ast.Assign(targets=[ast.Name(id=name)])
            ):
                yield prefix + name, node.lineno
            case ast.ClassDef(name=name):
                yield prefix + name, node.lineno
                yield from defined(node.body, f"{prefix}{name}.")


@cache
def names() -> dict[str, Place]:
    """Where each public name of ``behind`` is: ``wait``, ``Task.cancel``."""
    places = {}
    for name, module in imports("__init__").items():
        if line := definitions(module).get(name):
            places[name] = Place(module, line)
            value = getattr(behind, name)
            if isinstance(value, type) and value.__name__ == name:
                places |= methods(value)
    return places


def methods(owner: type) -> dict[str, Place]:
    """Where the public methods of *owner* are.

    EventLoop has those of all its bases, which then have none.
    """
    is_loop = owner is behind.EventLoop
    if issubclass(behind.EventLoop, owner) and not is_loop:
        return {}
    places = {}
    for base in reversed(owner.__mro__ if is_loop else [owner]):
        if base.__module__.startswith("behind."):
            for name in vars(base):
                place = defined_at(base, name)
                if place and not name.startswith("_"):
                    places[f"{owner.__name__}.{name}"] = place
    return places


def defined_at(owner: type, name: str) -> Place | None:
    """Where *name* of *owner* is: a function may be another module's."""
    value = vars(owner)[name]
    if isinstance(value, FunctionType):
        module, name = value.__module__, value.__qualname__
    else:
        module, name = owner.__module__, f"{owner.__name__}.{name}"
    module = module.removeprefix("behind.")
    line = definitions(module).get(name)
    return Place(module, line) if line else None


def rebuilt(name: str) -> Place | None:
    """Where ``behind.X`` is, if it is ``asyncio.X`` and no namesake of it."""
    text = getattr(getattr(behind, name, None), "__doc__", None) or ""
    said = re.search(r"Rebuilds\s(?:[a-z_]+\.)*(\w+)", text)
    is_other = said and said[1] not in {name for _, name in RECORD.pythons}
    return None if is_other else names().get(name)


PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
LOOP = "loop"
"""What stands for a file of CPython where a name is a method of loops."""


class Known(NamedTuple):
    """Where a name of asyncio's is rebuilt, and which Pythons have it."""

    place: Place | None
    pythons: list[str]


def found() -> set[Found]:
    """The public names that asyncio and its loops have on this Python."""
    names = {(LOOP, name) for name in public(dir(asyncio.AbstractEventLoop))}
    for module in list(vars(asyncio).values()):
        if isinstance(module, ModuleType) and hasattr(module, "__all__"):
            file = module.__name__.replace(".", "/") + ".py"
            own = public(module.__all__)
            names |= {(file, name) for name in own if hasattr(asyncio, name)}
    return names


def public(names: list[str]) -> list[str]:
    """Those of *names* that do not begin with an underscore."""
    return [name for name in names if not name.startswith("_")]


RECORD = Record("names", ("File", "Name", "Pythons"), PYTHON, found)


def asyncio_names() -> dict[str, dict[str, Known]]:
    """The public names of asyncio on all Pythons, by the file that has them."""
    files: dict[str, dict[str, Known]] = {}
    for (file, name), pythons in RECORD.pythons.items():
        if file != LOOP:
            known = Known(rebuilt(name), pythons)
            files.setdefault(file, {})[name] = known
    return files


def loop_methods() -> dict[str, Known]:
    """The methods that asyncio asks of a loop, on all Pythons."""
    return {
        name: Known(names().get(f"EventLoop.{name}"), pythons)
        for (file, name), pythons in RECORD.pythons.items()
        if file == LOOP
    }


def span(pythons: list[str]) -> str:
    """In words which of all recorded Pythons these *pythons* are."""
    everywhere = {one for ones in RECORD.pythons.values() for one in ones}
    first, *_, last = sorted(everywhere, key=numbers)
    since = f"from {pythons[0]}" if pythons[0] != first else ""
    until = f"up to {pythons[-1]}" if pythons[-1] != last else ""
    return f"{since} {until}".strip()
