"""What can be imported where parts of Unix are missing."""

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
SRC = ROOT / "src"

IMPORTS = """
import importlib, sys

for name in "fcntl", "pty", "termios":
    sys.modules[name] = None  # importing it now raises ImportError
for name in sys.argv[1:]:
    importlib.import_module(name)
"""


def test_no_module_wants_a_terminal_to_be_imported() -> None:
    modules = [
        ".".join(path.relative_to(SRC).with_suffix("").parts)
        for path in SRC.rglob("*.py")
        if path.name not in ("__init__.py", "__main__.py")
        and path.parent.name != "startup"
    ]
    assert len(modules) > 80
    command = [sys.executable, "-c", IMPORTS, *modules]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": str(SRC)},
        capture_output=True,
        text=True,
    )
    assert done.returncode == 0, done.stderr
