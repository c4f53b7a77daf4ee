"""An entry of the page of messages is refused where it does not hold."""

from pathlib import Path

import pytest

from project import Project
from website.messages import messages

PAGE = """\
Which message?
==============

.. message:: no running event loop

   Run it.
"""

ECHO = """\
How does echo work?
===================

.. literalinclude:: ../src/echo.py
   :language: python

>>> print("no running event loop, and it is broken")
no running event loop, and it is broken

.. code-block:: python

   print("Timeout has not been entered")

.. output::

   Timeout has not been entered

.. terminal:: console 1

   $ echo "Task exception was never retrieved"
   Task exception was never retrieved
"""


@pytest.fixture
def project(tmp_path: Path) -> Project:
    """A project whose page ``messages`` explains what ``echo`` prints."""
    project = Project(tmp_path)
    project.page.write_text(f"{ECHO}\n.. toctree::\n\n   messages\n")
    (tmp_path / "docs" / "messages.rst").write_text(PAGE)
    with (tmp_path / "conf.py").open("a") as conf:
        conf.write(
            'extensions += ["website.provoked"]\n'
            "from website.domain import Website\n"
            "def setup(app): app.add_domain(Website)\n"
        )
    return project


def explain(project: Project, message: str) -> str:
    """What the build says when *message* is explained, too."""
    page = project.folder / "docs" / "messages.rst"
    page.write_text(f"{PAGE}\n.. message:: {message}\n\n   Do.\n")
    return project.build().removeprefix(f"{page}:8: WARNING: ").rstrip()


@pytest.mark.parametrize(
    "message",
    [
        "Timeout has not been entered",
        "Task exception was never retrieved",
        "it is broken\n   :interpreter:",
    ],
)
def test_an_entry_that_holds(project: Project, message: str) -> None:
    assert explain(project, message) == ""


@pytest.mark.parametrize(
    ("message", "fault"),
    [
        ("no running event loop", "two entries have this message"),
        ("Runner is closed", "no page prints this message"),
        (
            "Future exception was never retrieved",
            "no page prints this message",
        ),
        ("it is broken", "asyncio has this message on no Python"),
        (
            "Timeout has not been entered\n   :interpreter:",
            "asyncio has this message: take :interpreter: away",
        ),
    ],
)
def test_an_entry_that_does_not_hold(
    project: Project, message: str, fault: str
) -> None:
    assert explain(project, message) == f"{fault} [website.message]"


def test_an_entry_leads_to_what_prints_it(project: Project) -> None:
    assert project.build(builder="html") == ""
    out = project.folder / "out"
    page = (out / "messages.html").read_text()
    assert '<section id="no-running-event-loop">' in page
    assert 'href="echo.html#how-does-echo-work">How does echo work?' in page
    listed = (out / "messages.txt").read_text()
    unprinted, _, unexplained = listed.partition(" printed, without")
    assert "    Runner is closed  (3.11" in unprinted
    assert "    Timeout has not been entered  (3.11" in unexplained
    assert "no running event loop" not in listed


def test_message_of_a_level_that_varies() -> None:
    """Some Pythons' asyncio logs so, and not all."""
    assert messages('logger.log(level, "was %s in %.3f s", a, b)') == {
        "was … in … s"
    }
