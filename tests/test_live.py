"""`tox -e live` shows each change, says what is wrong, and ends at once."""

import http.client
import os
import re
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from project import SRC, Project


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def replace(path: Path, old: str, new: str) -> None:
    """Change *path* as ``sed -i`` does: by a file that takes its name."""
    text = path.read_text()
    assert old in text
    path.with_name("sedAbCdEf").write_text(text.replace(old, new))
    os.replace(path.with_name("sedAbCdEf"), path)


def fetch(url: str) -> tuple[int, str]:
    parts = urlsplit(url)
    connection = http.client.HTTPConnection(parts.netloc, timeout=120)
    connection.request("GET", parts.path)
    answer = connection.getresponse()
    text = answer.read().decode()
    connection.close()
    return answer.status, text


class Live:
    """The command, started in the folder of *project*."""

    def __init__(self, project: Project, *options: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "website.live", *options],
            cwd=project.folder,
            env=os.environ | {"PYTHONPATH": str(SRC)},
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
        )
        self.said = ""
        self.listener = threading.Thread(target=self.listen)
        self.listener.start()

    def listen(self) -> None:
        """Until the last process has ended that can write there."""
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.said += line

    @property
    def url(self) -> str:
        until(lambda: "The site: " in self.said)
        return self.said.partition("The site: ")[2].partition(" ")[0]

    def shows(self, page: str, text: str) -> bool:
        return text in fetch(self.url + page)[1]

    def end(self) -> None:
        """Type ^C: it ends with no traceback, and so does all it started."""
        said = self.said
        self.process.send_signal(signal.SIGINT)
        assert self.process.wait(60) == 0
        self.listener.join(60)
        assert not self.listener.is_alive()
        assert "Traceback" not in self.said.removeprefix(said)


@contextmanager
def started(project: Project, *options: str) -> Iterator[Live]:
    live = Live(project, *options)
    try:
        yield live
        live.end()
    finally:
        live.process.kill()
        live.listener.join()


def test_each_change_is_shown(
    project: Project, monkeypatch: pytest.MonkeyPatch
) -> None:
    conf, docs = project.folder / "conf.py", project.folder / "docs"
    replace(conf, "root_doc", "html_title = 'First'\nroot_doc")
    browser = project.folder / "browser.py"
    browser.write_text("import sys\nopen('seen', 'w').write(sys.argv[1])\n")
    monkeypatch.setenv("BROWSER", f"{sys.executable} {browser} %s")
    with started(project) as live:
        assert live.shows("echo.html", "First")
        assert fetch(live.url + "news") == (200, "")
        for before, after in ("First", "Second"), ("Second", "Third"):
            replace(conf, before, after)
            until(partial(live.shows, "echo.html", after))
        (docs / ".echo.rst.swp").write_text("what an editor keeps there")
        (docs / "echo.rst~").write_text("what an editor keeps there")
        replace(project.page, "How does echo work?", "Why does echo work?")
        until(lambda: live.shows("echo.html", "Why does echo work?"))
        (docs / "new.rst").write_text(":orphan:\n\nWhat is new?\n============")
        until(lambda: live.shows("new.html", "What is new?"))
        (project.folder / "src" / "echo.py").unlink()
        until(lambda: "echo.rst:4: WARNING" in live.said)
        until(lambda: live.said.endswith("(^C ends this)\n"))
        assert live.shows("echo.html", f'"{fetch(live.url + "news")[1]}"')
        assert (project.folder / "seen").read_text() == live.url
    assert re.findall("Changed: (.*)", live.said) == [
        "conf.py",
        "conf.py",
        "docs/echo.rst",
        "docs/new.rst",
        "src/echo.py",
    ]


def test_a_failure_is_not_the_end(project: Project) -> None:
    conf = project.folder / "conf.py"
    replace(conf, "root_doc", "1 / 0\nroot_doc")
    with started(project) as live:
        until(lambda: "Sphinx has failed" in live.said)
        assert fetch(live.url + "echo.html")[0] == 404
        replace(conf, "1 / 0\n", "")
        until(lambda: live.shows("echo.html", "How does echo work?"))


def test_it_ends_amid_a_build(project: Project) -> None:
    conf = project.folder / "conf.py"
    hang = "open('started', 'w').close()\nimport time\ntime.sleep(3600)\n"
    conf.write_text(hang + conf.read_text())
    with started(project):
        until((project.folder / "started").exists)


def test_a_port_in_use_is_told_before_the_build(project: Project) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        live = Live(project, "--port", str(port))
        assert live.process.wait(60) == 1
        live.listener.join()
    assert live.said.startswith(f"Port {port} cannot be used: ")
    assert live.said.endswith("Leave out --port, and a free one is found.\n")
