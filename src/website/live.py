"""Show the site in a browser, and again after each change: `tox -e live`."""

import argparse
import functools
import os
import re
import signal
import subprocess
import sys
import threading
import time
import webbrowser
from collections.abc import Iterator
from contextlib import suppress
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import NoReturn

SITE = Path("docs/_build/html")

SOURCES = ("bench", "docs", "src")
SOURCE = re.compile(r"[^.#].*\.[a-z]\w*")
MADE = re.compile(r"\.|_build$|__pycache__$")

States = dict[Path, tuple[int, int]]


def sources() -> Iterator[Path]:
    """The files of which the site is made."""
    yield Path("conf.py")
    for source in SOURCES:
        for folder, folders, names in os.walk(source):
            folders[:] = [one for one in folders if not MADE.match(one)]
            yield from (
                Path(folder, one) for one in names if SOURCE.fullmatch(one)
            )


def look() -> States:
    """For each source, which file it is now, and when it was written."""
    states = {}
    for path in sources():
        with suppress(FileNotFoundError):
            status = path.stat()
            states[path] = status.st_ino, status.st_mtime_ns
    return states


def changed(before: States, after: States) -> list[str]:
    """The paths of the sources that are new, gone or written anew."""
    return sorted({str(path) for path, _ in before.items() ^ after.items()})


SCRIPT = """
<script>
setInterval(async () => {
  const news = await fetch("/news");
  if (await news.text() !== "%s") location.reload();
}, 1000);
</script>
"""


class Server(ThreadingHTTPServer):
    allow_reuse_port = False  # else two servers could have the same
    build = ""  # the newest


class Handler(SimpleHTTPRequestHandler):
    """Answers with the site's files, and at /news with the newest build."""

    server: Server

    def do_GET(self) -> None:
        path = self.path.partition("?")[0]
        file = Path(self.translate_path(path))
        if path == "/":
            file /= "index.html"
        with suppress(ConnectionError):  # the reader has gone
            if path == "/news":
                self.answer("plain", self.server.build)
            elif file.suffix == ".html" and file.is_file():
                page = file.read_text("utf-8")
                self.answer("html", page + SCRIPT % self.server.build)
            else:
                super().do_GET()

    def answer(self, kind: str, text: str) -> None:
        self.send_response(200)
        self.send_header("Content-Type", f"text/{kind}; charset=utf-8")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(text.encode())

    def log_message(self, *args: object) -> None:
        """Leave the terminal to Sphinx."""


def listen(port: int) -> Server:
    """A server on *port* of this machine alone; 0 is any free port."""
    handler = functools.partial(Handler, directory=SITE)
    try:
        return Server(("127.0.0.1", port), handler)
    except (OSError, OverflowError) as error:
        sys.exit(
            f"Port {port} cannot be used ({error}). Leave out --port, "
            "and a free one is found."
        )


def build() -> None:
    """Have Sphinx build the site; whatever ends this ends Sphinx too."""
    command = [sys.executable, "-m", "sphinx", "-n", "-c", "."]
    with subprocess.Popen(
        [*command, "docs", SITE], start_new_session=True
    ) as sphinx:
        try:
            status = sphinx.wait()
        except KeyboardInterrupt:
            os.killpg(sphinx.pid, signal.SIGKILL)
            raise
    if status:
        print("Sphinx has failed. Mend what it names, and it starts again.")


def show(url: str) -> None:
    """Open *url* in a browser, where there is one with a window."""
    screens = {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}
    if sys.platform == "darwin" or screens & os.environ.keys():
        webbrowser.open(url)


def changes(seen: States) -> Iterator[list[str]]:
    """What has changed since the last look, twice a second."""
    while True:
        time.sleep(0.5)
        before, seen = seen, look()
        yield changed(before, seen)


def serve(port: int) -> NoReturn:
    """Build the site and show it, and build it again after each change."""
    server = listen(port)
    url = f"http://127.0.0.1:{server.server_port}/"
    found = filter(None, changes(look()))
    build()
    threading.Thread(target=server.serve_forever, daemon=True).start()
    print(f"The site: {url} (^C ends this)", flush=True)
    show(url)
    while True:
        print("Changed:", *next(found)[:5], flush=True)
        build()
        server.build = str(time.time_ns())
        print(f"The site: {url} (^C ends this)", flush=True)


def stop(*args: object) -> NoReturn:
    """End this at the first signal; tox sends more of them."""
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, signal.SIG_IGN)
    raise KeyboardInterrupt


def main() -> None:
    parser = argparse.ArgumentParser(
        prog="tox -e live --", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="any, if left out")
    options = parser.parse_args()
    for number in signal.SIGINT, signal.SIGTERM:
        signal.signal(number, stop)
    with suppress(KeyboardInterrupt):
        serve(options.port)


if __name__ == "__main__":
    main()
