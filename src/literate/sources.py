"""The code of a page: its blocks are one program, the module ``__main__``."""

import __future__

import linecache
from collections.abc import Callable
from contextvars import Context, copy_context
from functools import cached_property
from pathlib import Path
from types import CodeType, ModuleType

FUTURES = sum(
    getattr(__future__, name).compiler_flag
    for name in __future__.all_feature_names
)


class Module(ModuleType):
    """What the blocks define. Its file is written when something asks for it.

    That is `inspect`, for the code of a class, or a process of
    `multiprocessing`, which runs it to have what the blocks define.
    """

    __slots__ = ("_code",)  # in __dict__ it would be a name of the page's

    def __init__(self, code: "Code") -> None:
        super().__init__("__main__")
        self._code = code

    @property
    def __file__(self) -> str:  # type: ignore[override]
        return str(self._code.write())


class Code:
    """The code of the page *name*, as far as it has run, and its `module`.

    *folder* makes the folder for its file.
    """

    def __init__(self, name: str, folder: Callable[[], Path]) -> None:
        self.name = name
        self.folder = folder
        self.lines: list[str] = []
        self.flags = 0
        self.module = Module(self)

    @cached_property
    def context(self) -> Context:
        """A copy of the one in which the page begins."""
        return copy_context()

    def join(self, other: "Code") -> None:
        """Run as a part of *other*: in its module, and as it has imported."""
        self.module, self.context = other.module, other.context
        self.flags = other.flags

    def compile(self, source: str, line: int, mode: str) -> CodeType:
        """Compile *source*, which begins on *line* of the page.

        What a block above has imported from ``__future__`` holds here too.
        *mode* is as in ``compile``: "exec" for a snippet, "single" for a
        doctest.
        """
        padded = "\n" * (line - 1) + source
        code: CodeType = compile(
            padded, self.name, mode, self.flags, dont_inherit=True
        )
        self.flags |= code.co_flags & FUTURES
        self.keep(source.splitlines(), line)
        return code

    def keep(self, source: list[str], line: int) -> None:
        """Have the lines *source* found by tracebacks and by `inspect`."""
        lines, end = self.lines, line - 1 + len(source)
        lines += ["\n"] * (end - len(lines))
        lines[line - 1 : end] = [f"{one}\n" for one in source]
        linecache.cache[self.name] = end, None, lines, self.name

    def write(self) -> Path:
        """Write the code to a file, each line where it is on the page."""
        path = self.folder() / ".page.py"
        path.write_text("".join(self.lines), "utf-8")
        return path

    def run(self, code: CodeType) -> None:
        """Run *code*; what it changes in its context stays on this page."""
        self.context.run(exec, code, vars(self.module))
