"""Where each name of ``behind`` is, and which of asyncio's there are."""

import ast
import asyncio
import re
from collections.abc import Iterator
from functools import cache
from types import FunctionType
from typing import NamedTuple

import behind
from website.graph import imports, tree


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


def asyncio_names() -> dict[str, dict[str, Place | None]]:
    """asyncio's public names, by the file that has them; where ours are."""
    files = {}
    for module in list(vars(asyncio).values()):
        own = set(getattr(module, "__all__", ())) & set(asyncio.__all__)
        public = sorted(name for name in own if not name.startswith("_"))
        if public:
            file = module.__name__.replace(".", "/") + ".py"
            files[file] = {name: rebuilt(name) for name in public}
    return files


def rebuilt(name: str) -> Place | None:
    """Where ``behind.X`` is, if it is ``asyncio.X`` and no namesake of it."""
    text = getattr(getattr(behind, name, None), "__doc__", None) or ""
    said = re.search(r"Rebuilds\s(?:[a-z_]+\.)*(\w+)", text)
    is_other = said and said[1] not in asyncio.__all__
    return None if is_other else names().get(name)


def loop_methods() -> dict[str, Place | None]:
    """The methods that asyncio asks of a loop, and where ours are."""
    methods = [one for one in dir(asyncio.AbstractEventLoop) if one[0] != "_"]
    return {name: names().get(f"EventLoop.{name}") for name in methods}
