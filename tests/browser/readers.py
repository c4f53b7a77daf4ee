"""Serve the built site on a free port, and read it in a real browser."""

import contextlib
import re
from http.server import SimpleHTTPRequestHandler
from pathlib import Path
from typing import Any, Self

from playwright.sync_api import Browser, Page, expect

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


class Reader:
    """Opens pages, and notes what a page should not do."""

    def __init__(self, browser: Browser, address: str) -> None:
        self.browser = browser
        self.address = address
        self.contexts = contextlib.ExitStack()
        self.loaded: set[str] = set()
        self.complaints: list[str] = []

    def open(self, name: str, width: int = 1440, **options: Any) -> Page:
        """Show the page *name*, *width* pixels wide."""
        context = self.browser.new_context(
            base_url=self.address,
            viewport={"width": width, "height": 800},
            **{"reduced_motion": "reduce", **options},
        )
        self.contexts.callback(context.close)
        context.set_default_timeout(TIMEOUT)
        elsewhere = re.compile(f"^(?!{re.escape(self.address)}|data:|blob:)")
        context.route(elsewhere, lambda route: route.abort())
        self.page = page = context.new_page()
        page.on("request", lambda request: self.note(request.url))
        page.on("response", self.answered)
        page.on("console", self.said)
        page.on("pageerror", lambda error: self.complain(f"raises: {error}"))
        page.goto(name)
        return page

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exc: object) -> None:
        self.contexts.close()

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
