"""What asyncio can say: the messages in its source, and on which Python."""

import ast
import asyncio
import re
from collections.abc import Iterable, Iterator
from functools import cache
from pathlib import Path

from literate.outputs import RELEASE, numbers
from website.records import DOCS, Found, Record

VARIES = "…"
"""What stands in a message for the part that differs each time."""

PAGE = DOCS / "messages.rst"

WINDOWS = {"proactor_events.py", "windows_events.py", "windows_utils.py"}
RAISED = r"\w*(Empty|Error|Exception|ExceptionGroup|Full|ShutDown)$"
WARNED = {"warn", "_warn"}
LOGGED = {"critical", "error", "exception", "info", "warning"}
NAMED = {"message", "msg"}
"""The names that asyncio gives a message, in a dict and elsewhere."""


def found() -> set[Found]:
    """The messages in this Python's asyncio, without what it says in debug.

    The files that are for Windows alone are left out.
    """
    return {
        (f"asyncio/{path.name}", message)
        for path in Path(asyncio.__file__).parent.glob("*.py")
        if path.name not in WINDOWS
        for message in messages(path.read_text("utf-8"))
    }


def messages(source: str) -> set[str]:
    """The messages in *source*, with VARIES for what is put into them."""
    nodes = (
        said for node in ast.walk(ast.parse(source)) for said in says(node)
    )
    texts = (re.sub(rf"({VARIES}\s*)+{VARIES}", VARIES, one) for one in nodes)
    return {one for one in texts if re.search(r"[a-z]{3}", one)}


def says(node: ast.AST) -> Iterator[str]:
    """The messages that *node* gives to a reader, if it does."""
    match node:
        case ast.Call(func=function, args=arguments):
            name = ast.unparse(function).rpartition(".")[2]
            yield from said(name, ast.unparse(function), arguments)
        case ast.Assign(targets=[ast.Name(name)], value=value):
            if name in NAMED:
                yield text(value)
        case ast.Dict(keys=keys, values=values):
            for key, value in zip(keys, values, strict=True):
                if isinstance(key, ast.Constant) and key.value in NAMED:
                    yield text(value)
        case ast.arguments(args=[*_, ast.arg("message")], defaults=[default]):
            yield text(default)


def said(name: str, function: str, arguments: list[ast.expr]) -> Iterator[str]:
    """The message that is handed to *function*, whose last part is *name*."""
    texts = [text(one) for one in arguments]
    if function == f"logger.{name}" and name in LOGGED:
        yield formatted(texts[0])
    elif function == "logger.log":
        yield formatted(texts[1])
    elif name == "_deprecated":
        yield f"'{texts[0]}' is deprecated {VARIES}"
    elif re.match(RAISED, name) or name in WARNED:
        yield from [one for one in texts if one != VARIES][:1]
    elif name in {"_fatal_error", "__init__"}:
        yield from texts


def text(node: ast.AST) -> str:
    """What *node* is worth as a text, as far as the source says."""
    match node:
        case ast.Constant(value=str(value)):
            return value
        case ast.JoinedStr(values=values):
            return "".join(map(text, values))
        case ast.BinOp(left=left, op=ast.Mod()):
            return formatted(text(left))
        case ast.BinOp(left=left, op=ast.Add(), right=right):
            return text(left) + text(right)
        case ast.Call(func=ast.Attribute(value=value, attr="format")):
            return re.sub(r"{.*?}", VARIES, text(value))
    return VARIES


def formatted(message: str) -> str:
    """*message* with VARIES for each ``%s`` and the like."""
    return re.sub(r"%(\(\w+\))?[-#.\d]*[a-z]", VARIES, message)


RECORD = Record("messages", ("File", "Message", "Releases"), RELEASE, found)


def entries() -> list[str]:
    """The messages that the page explains."""
    return re.findall(
        r"^\.\. message:: (.*)", PAGE.read_text("utf-8"), re.MULTILINE
    )


def gone() -> list[str]:
    """The entries of the page that this release should have, and has not.

    It should have what all recorded releases of the same Python have.
    """
    said = {message for _, message in found()}
    here = {
        release
        for ones in RECORD.pythons.values()
        for release in ones
        if minor(release) == minor(RELEASE)
    }
    return [
        entry
        for entry in entries()
        if here and here <= releases(entry) and not kinds(entry, said)
    ]


def minor(release: str) -> str:
    """The Python of a *release*: 3.13 for 3.13.5."""
    return ".".join(release.split(".")[:2])


def pythons(entry: str) -> list[str]:
    """On which Pythons, as 3.13, asyncio can say what *entry* is about."""
    return sorted(set(map(minor, releases(entry))), key=numbers)


def releases(entry: str) -> set[str]:
    """The same by their releases."""
    return {
        release
        for (_, message), ones in RECORD.pythons.items()
        if kinds(entry, {message})
        for release in ones
    }


def kinds(entry: str, messages: Iterable[str]) -> list[str]:
    """Those of *messages* of which *entry* is one."""
    return [one for one in messages if re.fullmatch(pattern(one), entry)]


@cache
def pattern(message: str) -> str:
    """What finds *message* where it is printed, over ends of lines too."""
    parts = map(re.escape, message.split(VARIES))
    return ".+?".join(parts).replace(r"\ ", r"\s+")
