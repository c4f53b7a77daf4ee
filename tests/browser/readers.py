"""Serve the built site on a free port, and read it in a real browser."""

import contextlib
import functools
import re
import threading
from collections.abc import Iterator
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, BrowserContext, Page, expect

TIMEOUT = 60_000
"""Milliseconds that anything may take: machines can be busy."""

expect.set_options(timeout=TIMEOUT)


class Handler(SimpleHTTPRequestHandler):
    """Answers as the hosts of static sites do: 404.html is for the lost."""

    def send_error(self, code: int, *args: object, **kwargs: object) -> None:
        self.send_response(code)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.end_headers()
        self.wfile.write(Path(self.directory, "404.html").read_bytes())

    def log_message(self, *args: object) -> None:
        pass


@contextlib.contextmanager
def served(folder: Path) -> Iterator[str]:
    """The address at which a server has *folder*, as long as this runs."""
    handler = functools.partial(Handler, directory=folder)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}/"
        finally:
            server.shutdown()
            thread.join()


Contexts = dict[str, BrowserContext]
"""Those in which pages are open, by their options."""


class Reader:
    """Opens pages, and notes what a page should not do.

    Each page has a context of its own, with nothing stored, or else one of
    *shared*, which is quicker.
    """

    def __init__(
        self, browser: Browser, address: str, shared: Contexts | None = None
    ) -> None:
        self.browser = browser
        self.address = address
        self.shared = shared
        self.opened = contextlib.ExitStack()
        self.loaded: set[str] = set()
        self.complaints: list[str] = []

    def open(self, name: str, width: int = 1440, **options: Any) -> Page:
        """Show the page *name*, *width* pixels wide."""
        self.page = page = self.context(width, options).new_page()
        self.opened.callback(page.close)
        page.on("request", lambda request: self.note(request.url))
        page.on("response", self.answered)
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.complain(f"raises: {error}"))
        page.goto(name)
        return page

    def context(self, width: int, options: dict[str, Any]) -> BrowserContext:
        key = repr((width, sorted(options.items())))
        if self.shared and key in self.shared:
            return self.shared[key]
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 800},
            **{"reduced_motion": "reduce", **options},
        )
        context.set_default_timeout(TIMEOUT)
        elsewhere = re.compile(f"^(?!{re.escape(self.address)}|data:|blob:)")
        context.route(elsewhere, lambda route: route.abort())
        if self.shared is None:
            self.opened.callback(context.close)
        else:
            self.shared[key] = context
        return context

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.opened.close()

    def complain(self, what: str) -> None:
        self.complaints.append(what)

    def note(self, url: str) -> None:
        if url.startswith(self.address):
            path = url.removeprefix(self.address)
            self.loaded.add(re.split("[?#]", path)[0] or "index.html")
        elif not url.startswith(("data:", "blob:")):
            self.complain(f"asks another host: {url}")

    def answered(self, response: Any) -> None:
        if response.status >= 400:
            self.complaints.append(f"is answered {response.status}")

    def said(self, message: Any) -> None:
        if message.type in {"error", "warning"}:
            place = message.location["url"].removeprefix(self.address)
            self.complain(f"says in the console: {message.text} ({place})")
