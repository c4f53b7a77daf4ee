"""Show the site in a browser, and again after each change: `tox -e live`."""

import argparse
import os
import signal
import socket
import sys
from contextlib import suppress

from sphinx_autobuild.__main__ import main as autobuild

WATCHED = ("bench", "conf.py", "src")
"""What the site is made of besides docs, which are watched anyway."""

MADE = r"/__pycache__/|/\.[^/]*$|~$"
"""What Python and editors leave beside a source."""

BUILD = ["-n", "-c", ".", "docs", "docs/_build/html"]


def main() -> None:
    """Serve the site as sphinx-autobuild does, with our settings."""
    parser = argparse.ArgumentParser(
        prog="tox -e live --", description=__doc__
    )
    parser.add_argument("--port", type=int, default=0, help="any, if left out")
    port = parser.parse_args().port
    check(port)
    os.environ["WATCHFILES_FORCE_POLLING"] = "true"
    watched = [f"--watch={path}" for path in WATCHED]
    options = [f"--port={port}", f"--re-ignore={MADE}", *browser(), *watched]
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    with suppress(KeyboardInterrupt):
        autobuild([*options, *BUILD])


def check(port: int) -> None:
    """Exit if *port* cannot be used. sphinx-autobuild builds first."""
    try:
        socket.create_server(("127.0.0.1", port)).close()
    except (OSError, OverflowError) as error:
        sys.exit(
            f"Port {port} cannot be used ({error}). Leave out --port, "
            "and a free one is found."
        )


def browser() -> list[str]:
    """The option that opens a browser, where there is one with a window."""
    screens = {"BROWSER", "DISPLAY", "WAYLAND_DISPLAY"}
    if sys.platform == "darwin" or screens & os.environ.keys():
        return ["--open-browser", "--delay=0"]
    return []


if __name__ == "__main__":
    main()
