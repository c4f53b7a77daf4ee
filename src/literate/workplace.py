"""What a page's programs have to work with, and what its end puts away."""

import contextlib
import os
import shutil
import tempfile
from collections.abc import Iterable
from functools import cached_property
from pathlib import Path

from literate import ports
from literate.programs import Machine


class Workplace:
    """A folder, ports and a machine for the page with this *text*.

    Each is made when it is asked for first. The folder is in *home*, which is
    the run's. *own_netcat* and *pythonpath* are the machine's.
    """

    def __init__(
        self,
        text: str,
        home: Path | None,
        own_netcat: bool,
        pythonpath: Iterable[Path],
    ) -> None:
        self.text = text
        self.home = home
        self.own_netcat = own_netcat
        self.pythonpath = pythonpath
        self.resources = contextlib.ExitStack()

    @cached_property
    def directory(self) -> Path:
        """Where the page's terminals work: a new one, gone at its end."""
        directory = tempfile.mkdtemp(prefix="page-", dir=self.home)
        self.resources.callback(shutil.rmtree, directory, ignore_errors=True)
        return Path(directory)

    @cached_property
    def mapping(self) -> ports.Mapping:
        """A free port for each that the page's commands name."""
        lines = map(str.lstrip, self.text.splitlines())
        commands = [line for line in lines if line.startswith("$ ")]
        pairs = []
        for port in ports.named_in("\n".join(commands)):
            free, lock = ports.reserve(self.text)
            self.resources.enter_context(lock)
            pairs.append((port, free))
        return ports.Mapping(pairs)

    @cached_property
    def machine(self) -> Machine:
        """What the page's programs run on; its end takes them down."""
        machine = Machine(
            self.directory, self.mapping, self.own_netcat, self.pythonpath
        )
        return self.resources.enter_context(contextlib.closing(machine))

    def misplaced(self) -> str:
        """What to say of a file that a command names, and a snippet may have.

        Nothing, if there is none.
        """
        commands = (program.command for program in self.machine.programs)
        for word in " ".join(commands).split():
            if os.path.isfile(word) and not (self.directory / word).exists():
                return (
                    f"\n{word} is in {os.getcwd()}, where snippets run; what "
                    'they write to os.environ["TMPDIR"] is in $TMPDIR here'
                )
        return ""

    def close(self) -> None:
        """End what was begun: the processes, then their folder."""
        self.resources.close()
