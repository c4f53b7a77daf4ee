"""The programs that pages draw."""

import re
import textwrap
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

DOCS = Path(__file__).parents[1] / "docs"

PROGRAM = re.compile(
    r"^\.\. stepper::\n(?:   :loop: (\w+).*\n)?\n   \.\. "
    r"(?:code-block:: python\n((?:\n|      .*\n)*)|literalinclude:: (.*))",
    re.MULTILINE,
)


class Program(NamedTuple):
    page: str
    number: int  # on the page
    loop: str  # whose steps are told in words
    source: str

    def __str__(self) -> str:
        return f"{self.page}-{self.number}"


def programs() -> Iterator[Program]:
    for page in sorted(DOCS.glob("*.rst")):
        text = page.read_text("utf-8")
        found = PROGRAM.findall(text)
        assert len(found) == len(
            re.findall(r"^\.\. stepper::", text, re.MULTILINE)
        )
        for number, (loop, source, path) in enumerate(found):
            if path:
                source = (DOCS / path).read_text("utf-8")
            yield Program(
                page.stem,
                number,
                loop or "asyncio",
                textwrap.dedent(source).lstrip(),
            )


PROGRAMS = list(programs())
