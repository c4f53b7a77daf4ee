"""Run tox where nothing is installed but Python: ``python3 start.py ...``.

It makes .venv, installs there the tox that constraints.txt names, and runs it
with the arguments given. When all that is there, it only runs tox.
"""

import os
import subprocess
import sys
from pathlib import Path

# Pythons that are too old read this file too, so that it can tell them so.
NEEDED = (3, 11)
HERE = Path(__file__).resolve().parent
VENV = HERE / ".venv"
CONSTRAINTS = HERE / "constraints.txt"
INSTALLED = VENV / "constraints.txt"  # as it was when tox was installed


def main() -> None:
    """Run tox with this program's arguments, after what has to come first."""
    if sys.version_info < NEEDED:
        sys.exit("start.py: " + too_old())
    if not is_ready():
        make_ready()
    os.chdir(str(HERE))
    os.execv(program("tox"), ["tox"] + sys.argv[1:])


def too_old() -> str:
    """What to tell a Python that is too old, and which one to take."""
    said = "needs Python {}.{} or later; this is Python {}".format(
        *NEEDED, sys.version.split()[0]
    )
    names = (f"python3.{minor}" for minor in range(20, 10, -1))
    newest = next((name for name in names if succeeds(name, "-c", "")), None)
    return f"{said}. Write: {newest} start.py" if newest else said


def succeeds(*command: str) -> bool:
    try:
        return subprocess.call(command, stderr=subprocess.DEVNULL) == 0
    except OSError:  # it is not there
        return False


def program(name: str) -> str:
    """The path of a program in .venv."""
    return str(VENV / "bin" / name)


def is_ready() -> bool:
    """Whether .venv has this very Python, and the tox that is wanted."""
    this = f"import sys; sys.exit(sys.version != {sys.version!r})"
    return (
        INSTALLED.exists()
        and INSTALLED.read_bytes() == CONSTRAINTS.read_bytes()
        and succeeds(program("python"), "-c", this)
    )


def make_ready() -> None:
    """Make .venv anew, and install tox there. Exits if it cannot."""
    print("start.py: makes .venv, and installs tox there", flush=True)
    if subprocess.call([sys.executable, "-m", "venv", "--clear", str(VENV)]):
        sys.exit(
            "start.py: python3 -m venv does not work; its words are above"
        )
    pip = [program("python"), "-m", "pip", "install", "-q"]
    pip += ["--disable-pip-version-check", "-c", str(CONSTRAINTS), "tox"]
    done = subprocess.run(pip, stderr=subprocess.PIPE)
    said = done.stderr.decode(errors="replace")
    if done.returncode and "connection broken" in said:
        said = "no package index answers: the first run needs a network"
    if done.returncode:
        sys.exit("start.py: pip cannot install tox: " + said)
    INSTALLED.write_bytes(CONSTRAINTS.read_bytes())


if __name__ == "__main__":
    main()
