"""A page's stay in a process: from its first block to its end."""

import os
import sys
import tempfile

from literate.exits import Exits
from literate.leftovers import Fault, Leftovers
from literate.restoring import Before
from literate.sources import Code


class Stay:
    """What there is from the first block of a page with this *text* on.

    *code* is the page's. Temporary files of its blocks lie in the page's folder,
    and go with that. `line` is the one of the block that ran last.
    """

    def __init__(self, text: str, code: Code) -> None:
        self.line = 1
        self.faults: list[Fault] = []
        self.exits = Exits()
        self.leftovers = Leftovers()
        self.before = Before(text)
        temporary = code.folder() / ".tmp"
        temporary.mkdir()
        os.environ["TMPDIR"] = tempfile.tempdir = str(temporary)
        sys.modules["__main__"] = code.module

    def leave_block(self) -> None:
        """Look around at the end of a block, whether it failed or not."""
        self.exits.leave_copy(self.line)
        self.leftovers.note(self.line)

    def end(self) -> None:
        """Put back what the page has changed, end what it has begun.

        Then `faults` has what cannot be put back, and what had to be ended.
        """
        faults = self.faults
        faults += [
            (self.line, f"cannot be put back at the end of this page: {fault}")
            for fault in self.before.put_back()
        ]
        faults += self.leftovers.end()
        try:
            if fault := self.exits.fault():
                faults.append(fault)
        except SystemExit as error:  # a thread wanted to end the run
            faults.append((self.line, str(error)))
        self.exits.close()
