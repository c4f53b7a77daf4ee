"""`tox -e live`, started on a small project."""

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

from project import SRC, Project


def until(is_so: Callable[[], object]) -> None:
    deadline = time.monotonic() + 120
    while not is_so():
        assert time.monotonic() < deadline
        time.sleep(0.05)


def answers(url: str) -> bool:
    host, _, port = url.removeprefix("http://").partition(":")
    with socket.socket() as sock:
        return sock.connect_ex((host, int(port))) == 0


SCREENS = {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}


def environment(browser: str) -> dict[str, str]:
    """Where nothing is opened but by the command *browser*, if there is."""
    env = os.environ | {"PYTHONPATH": str(SRC), "PYTHONUNBUFFERED": "1"}
    told = {"BROWSER": browser} if browser else {}
    return {key: env[key] for key in env if key not in SCREENS} | told


class Live:
    """The command, started in the folder of *project*."""

    def __init__(
        self, project: Project, *options: str, browser: str = ""
    ) -> None:
        if sys.platform == "darwin":
            browser = browser or "true %s"
        (project.folder / "bench").mkdir()
        self.process = subprocess.Popen(
            [sys.executable, "-m", "website.live", *options],
            cwd=project.folder,
            env=environment(browser),
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
        )
        self.said = ""
        self.listener = threading.Thread(target=self.listen, daemon=True)
        self.listener.start()

    def listen(self) -> None:
        """Until the last process has ended that can write there."""
        assert self.process.stdout
        with self.process.stdout as lines:
            for line in lines:
                self.said += line

    @property
    def url(self) -> str:
        """Where the site is, once it is there."""
        until(lambda: "Serving on " in self.said)
        [url] = set(re.findall(r"http://[\d.:]+", self.said))
        until(lambda: answers(url))
        return f"{url}/"

    def end(self) -> None:
        """Type ^C: it ends, and so does all it started."""
        os.killpg(self.process.pid, signal.SIGINT)  # as a terminal does
        assert self.process.wait(60) == 0
        self.listener.join(60)
        assert not self.listener.is_alive()


@contextmanager
def started(project: Project, browser: str = "") -> Iterator[Live]:
    live = Live(project, browser=browser)
    try:
        yield live
        live.end()
    finally:
        live.process.kill()
        live.listener.join(60)
