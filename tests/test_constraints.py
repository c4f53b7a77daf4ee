"""What a run installs is what constraints.txt says."""

import os
import re
from importlib.metadata import distributions
from pathlib import Path

import pytest

CONSTRAINTS = Path(__file__).parents[1] / "constraints.txt"
SEED = {"pip", "setuptools"}  # come with virtualenv, which is pinned


@pytest.mark.skipif(
    not os.environ.get("PIP_CONSTRAINT"),
    reason="Versions are those of constraints.txt only where tox installs",
)
def test_every_package_has_the_version_that_is_written_down() -> None:
    pinned = {
        normal(name): version
        for name, version in re.findall(
            r"^([\w.-]+)==([^\s;]+)", CONSTRAINTS.read_text(), re.MULTILINE
        )
    }
    installed = {normal(one.name): one.version for one in distributions()}
    installed = {name: installed[name] for name in installed.keys() - SEED}
    assert installed == {name: pinned.get(name) for name in installed}


def normal(name: str) -> str:
    return re.sub("[-_.]+", "-", name).lower()
