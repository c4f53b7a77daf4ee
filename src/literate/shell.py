"""What a command of a terminal is to a shell, and what it leaves behind.

Each command is a program of its own, and needs a shell only where it is more
than words. A `Session` carries over what a reader's shell would keep: the
folder, the exported variables and the last status. What else a shell keeps
is refused, with what to write.
"""

import os
import re
import shlex
import shutil
import subprocess
from pathlib import Path

QUOTED = re.compile(
    r"""\\.|'[^']*'|"(?:\\.|[^"\\])*"|(?:^|(?<=[\s;&|()]))\#[^\n]*""",
    re.DOTALL,
)


HEREDOC = re.compile(r"(?<!<)<<-?\s*(['\"]?)(\w+)\1")


def bare(command: str) -> str:
    """*command* with blanks for its comments, and ``_`` for quoted text.

    What it has for the input of a program, after ``<<``, is blank too.
    """

    def cover(found: re.Match[str]) -> str:
        text = found[0]
        if text[0] == "#":
            return " " * len(text)
        if text[0] == "\\":
            return "_" * len(text)
        return text[0] + "_" * (len(text) - 2) + text[-1]

    seen = QUOTED.sub(cover, command)
    end = command.find("\n")
    if heredoc(command, seen):
        return seen[:end] + " " * (len(seen) - end)
    return seen


def heredoc(command: str, seen: str) -> str:
    """The word that ends the input within *command*, if it has such."""
    words = (
        found[2]
        for found in HEREDOC.finditer(command)
        if seen[found.start()] == "<"
    )
    return next(words, "")


BEGINS = re.compile(
    r"(?:^|[;&|(\n])\s*(?:for|while|until|if|case)\s|\(|\{\s|(?:&&|\|)\s*$"
)


def goes_on(command: str) -> bool:
    """Whether a shell asks for more of *command*, with the prompt ``>``."""
    rest = QUOTED.sub("", command)
    if word := heredoc(
        command, QUOTED.sub(lambda it: "_" * len(it[0]), command)
    ):
        return word not in command.replace("\t", "").split("\n")[1:]
    if rest.endswith("\\") or re.search(r"""['"]""", rest):
        return True
    return BEGINS.search(rest) is not None and bool(
        subprocess.run(
            ["/bin/sh", "-n", "-c", command], stderr=subprocess.DEVNULL
        ).returncode
    )


def job_of(command: str) -> str | None:
    """What runs in the background where *command* ends with ``&``."""
    seen = bare(command).rstrip()
    if seen.endswith("&") and not seen.endswith("&&"):
        return command[: len(seen) - 1]
    return None


PREFIX = (
    r"(?:^|[;&|\n])\s*(?:(?:if|then|else|do|while|until|!|\{)\s+)*"
    r"(?:\w+=[^\s;&|]*\s+)*"
)


def outside(command: str) -> str:
    """*command* as `bare` has it, without what stands in parentheses."""
    seen, count = bare(command), 1
    while count:
        seen, count = re.subn(r"\$?\([^()]*\)", "", seen)
    return seen


def words_of(command: str) -> list[str]:
    """The name of each command within *command*, outside of parentheses."""
    return re.findall(PREFIX + r"([^\s;&|<>]+)", outside(command))


KEPT = {"cd", "export", "unset", "eval", "."}
BASH = {"[[", "source", "pushd", "popd", "declare", "shopt", "function", "let"}
JOBS = {"jobs", "bg", "wait", "disown"}
LOST = {"alias", "unalias", "umask", "ulimit", "set", "trap", "exec"}
OF_BASH = re.compile(
    r"(?:^|(?<=[;&|\n]))\s*\(\(|<<<|[<>]\(|&>|\|&|\$'"
    r"|(?<!\$)\{[^{}\s;]*(?:,|\.\.)[^{}\s;]*\}"
)
ECHO = re.compile(r"\becho\s+(?:-n?[eE]|[^;&|\n]*\\[abcefnrtv0])")
OF_JOBS = re.compile(r"\bkill\b.*%\d|\bfg\s+\S|^[^&]*\$!")
PYTHON = re.compile(
    r"(?:\S*/)?(?:python[\d.]*|[ib]python3?)(?:\s+-[bBdEiIOPqsSuvx]+)*\s*"
)

ENV = shutil.which("env") or "/usr/bin/env"


def fault(command: str) -> str:
    """What is wrong with *command*, and what to write; nothing if it is fine.

    It is wrong if it does here what it would not do in a reader's shell.
    """
    seen = bare(command)
    if not command.strip(" &"):
        return "a command is missing: write `$ COMMAND`"
    if (found := ECHO.search(command)) and seen[found.start()] == "e":
        return (
            "each shell's `echo` prints something else for a backslash: "
            "write `printf`, as in `printf '%s\\n' 'C:\\new'`"
        )
    return of_bash(command) or lost(command) or interactive(seen)


def of_bash(command: str) -> str:
    """What to write where *command* needs bash; nothing if it does not."""
    found = OF_BASH.search(bare(command))
    for name in [found[0].strip()] if found else words_of(command):
        if found or name in BASH:
            instead = "`. FILE`" if name == "source" else "`bash -c '...'`"
            return (
                f"`{name}` is bash's, and commands run in /bin/sh: "
                f"write {instead}"
            )
    return ""


def lost(command: str) -> str:
    """What *command* would change in a reader's shell, and does not here."""
    for word in words_of(command):
        name, assigns, _ = word.partition("=")
        if (assigns and name.isidentifier()) or word in LOST:
            instead = f"export {name}=..." if assigns else f"({command})"
            return (
                f"`{name}{assigns}` would hold for the commands after it too, "
                f"and here it does not: write `{instead}`"
            )
    if re.search(r"(?:^|[;&\n]|\|\|)\s*read\b", outside(command)):
        return (
            "what `read` reads would hold for the commands after it too, and "
            f"here it does not: write `({command}; ...)` with what needs it"
        )
    if re.search(r"(?:^|[;&|\n])\s*[\w-]+\s*\(\s*\)", bare(command)):
        return "a function lasts for one command here: write a script"
    return ""


def interactive(seen: str) -> str:
    """What only a shell, or a Python, that talks with a person can do."""
    if JOBS.intersection(seen.split()[:1]) or OF_JOBS.search(seen):
        return (
            "a terminal's jobs have no numbers: write `$ fg`, which brings "
            "the last one to the front, and then `^C`"
        )
    if PYTHON.fullmatch(seen):
        return (
            "a terminal does not play Python's prompt yet: write `>>>` lines "
            "on the page itself, as a doctest"
        )
    return ""


def may_change(command: str) -> bool:
    """Whether *command* may change the folder or the variables of a shell."""
    return job_of(command) is None and not KEPT.isdisjoint(words_of(command))


class Session:
    """The folder, the variables and the status that commands begin with.

    *state* is the file into which a command that may change them writes what
    it leaves.
    """

    def __init__(
        self, directory: Path, environment: dict[str, str], state: Path
    ) -> None:
        self.directory = directory
        self.environment = environment
        self.state = state
        self.status = 0

    def arguments(self, command: str) -> list[str]:
        """What to execute for *command*: the shell only where it takes one.

        A shell may miss a Ctrl-C that comes while it starts a program, and
        has a status of its own after one that comes later.
        """
        run = job_of(command) or command
        name, *_ = words = run.split()
        path = self.environment.get("PATH", os.defpath)
        if may_change(command):
            run = f"{self.trap()}; {run}"
        elif "$?" in run and self.status:
            run = f"(exit {self.status}); {run}"
        elif shutil.which(name, path=path):
            if not re.search(r"[^\w\s./:,@%+=-]", run):
                return words
            if not re.search(r"[;|&()\n{}`]", bare(run)):
                run = f"exec {run}"
        return ["/bin/sh", "-c", run]

    def trap(self) -> str:
        """A shell's command that has it say, at its end, what it leaves."""
        said = f"{{ pwd -P; printf '\\0'; {ENV} -0; }}"
        file = shlex.quote(str(self.state))
        return f"trap {shlex.quote(f'{said} > {file}')} EXIT"

    def keep(self, command: str) -> None:
        """Take over what *command* leaves. Raises ValueError if unknown."""
        if not may_change(command):
            return
        try:
            said = os.fsdecode(self.state.read_bytes())
            self.state.unlink()
        except FileNotFoundError:
            said = ""
        directory, *variables = said.removesuffix("\0").split("\0")
        if not variables:
            raise ValueError(
                f"nobody knows what `{command}` leaves, for it did not come "
                "to its end: write `cd` and `export` as commands of their own"
            )
        self.directory = Path(directory.removesuffix("\n"))
        self.environment = dict(one.split("=", 1) for one in variables)
