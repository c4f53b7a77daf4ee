"""What a Python that is too old is told: the version that it takes."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SRC = Path(__file__).parent.parent / "src"

OLD = f"""
import runpy, sys
sys.path.append({str(SRC)!r})
sys.version_info, sys.version = (3, 9, 18), "3.9.18 (main)"
"""


def on_an_old_python(code: str) -> str:
    """What *code* says that runs where ``sys`` tells of Python 3.9.18."""
    finished = subprocess.run(
        [sys.executable, "-c", OLD + code], capture_output=True, text=True
    )
    assert finished.returncode == 1
    return finished.stderr


@pytest.mark.parametrize("package", ["behind", "literate", "loopscope"])
def test_old_python_is_told(package: str) -> None:
    said = f"{package} needs Python 3.11 or later; this is Python 3.9.18"
    printed = on_an_old_python(f"import {package}")
    assert printed.endswith(f"\nImportError: {said}\n")
    printed = on_an_old_python(f"runpy._run_module_as_main({package!r})")
    assert f"(ImportError: {said})\n" in printed
    assert "Traceback" not in printed


@pytest.mark.parametrize("package", ["behind", "literate", "loopscope"])
def test_old_python_can_read_it(package: str) -> None:
    source = (SRC / package / "__init__.py").read_text()
    ast.parse(source, feature_version=(3, 8))
