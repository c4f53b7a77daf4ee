"""`tox -e live` shows each change, says what is wrong, and ends at once."""

import contextlib
import http.client
import os
import socket
import sys
import time
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from live import Live, started, until
from project import Project

pytestmark = pytest.mark.once


def replace(path: Path, old: str, new: str) -> None:
    """Change *path* as ``sed -i`` does: by a file that takes its name.

    Whoever watches sees the times of files in whole seconds.
    """
    text = path.read_text()
    assert old in text
    changed = path.with_name("sedAbCdEf")
    changed.write_text(text.replace(old, new))
    now = max(time.time(), path.stat().st_mtime + 1)
    os.utime(changed, (now, now))
    os.replace(changed, path)


def fetch(url: str) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    with contextlib.closing(connection):
        connection.request("GET", parts.path)
        answer = connection.getresponse()
        return answer.status, answer.read().decode()


def shows(live: Live, page: str, text: str) -> bool:
    try:
        return text in fetch(live.url + page)[1]
    except http.client.IncompleteRead:  # Sphinx writes it just now
        return False


def test_each_change_is_shown(project: Project) -> None:
    conf, docs = project.folder / "conf.py", project.folder / "docs"
    replace(conf, "root_doc", "html_title = 'First'\nroot_doc")
    browser = project.folder / "browser.py"
    browser.write_text("import sys\nopen('seen', 'w').write(sys.argv[1])\n")
    with started(project, f"{sys.executable} {browser} %s") as live:
        until(lambda: shows(live, "echo.html", "First"))
        for before, after in ("First", "Second"), ("Second", "Third"):
            replace(conf, before, after)
            until(partial(shows, live, "echo.html", after))
        (docs / ".echo.rst.swp").write_text("what an editor keeps there")
        (docs / "echo.rst~").write_text("what an editor keeps there")
        replace(project.page, "How does echo work?", "Why does echo work?")
        until(lambda: shows(live, "echo.html", "Why does echo work?"))
        (docs / "new.rst").write_text(":orphan:\n\nWhat is new?\n============")
        until(lambda: shows(live, "new.html", "What is new?"))
        (project.folder / "src" / "echo.py").unlink()
        until(lambda: "echo.rst:4: WARNING" in live.said)
        assert (project.folder / "seen").read_text() == live.url.rstrip("/")
    assert live.said.count("Detected changes (conf.py)") == 2
    assert "swp" not in live.said
    assert "echo.rst~" not in live.said


def test_a_failure_is_not_the_end(project: Project) -> None:
    conf = project.folder / "conf.py"
    replace(conf, "root_doc", "1 / 0\nroot_doc")
    with started(project) as live:
        until(lambda: "Sphinx exited with exit code: " in live.said)
        assert fetch(live.url + "echo.html")[0] == 404
        replace(conf, "1 / 0\n", "")
        until(lambda: shows(live, "echo.html", "How does echo work?"))


def test_it_ends_amid_a_build(project: Project) -> None:
    conf = project.folder / "conf.py"
    hang = "open('started', 'w').close()\nimport time\ntime.sleep(3600)\n"
    conf.write_text(hang + conf.read_text())
    with started(project) as live:
        until((project.folder / "started").exists)
    assert "Traceback" not in live.said


def test_a_port_in_use_is_told_before_the_build(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        live = Live(project, "--port", str(port))
        assert live.process.wait(60) == 1
        live.listener.join()
    assert live.said.startswith(f"Port {port} cannot be used (")
    assert live.said.endswith("Leave out --port, and a free one is found.\n")
