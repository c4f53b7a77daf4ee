"""Run pages again and again: each run has to pass.

    python tools/repeat.py PAGE ...

PAGE is a page or a folder of pages. They run twenty times in a row, then
twice at the same time. It stops with status 1 at the first run that fails.
"""

import subprocess
import sys

TIMES = 20
RUN = [sys.executable, "-m", "pytest", "--sybil", "-q", "-n", "auto"]


def start(pages: list[str]) -> subprocess.Popen[str]:
    return subprocess.Popen(
        RUN + pages,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )


def passes(run: subprocess.Popen[str]) -> bool:
    """Await the end of *run*. Prints its last line, or all if it failed."""
    printed, _ = run.communicate()
    lines = printed.splitlines()
    print(*(lines if run.returncode else lines[-1:]), sep="\n", flush=True)
    return run.returncode == 0


def main() -> int:
    pages = sys.argv[1:]
    if not all(passes(start(pages)) for _ in range(TIMES)):
        return 1
    print("Now twice at once:")
    at_once = [passes(run) for run in [start(pages), start(pages)]]
    return 0 if all(at_once) else 1


if __name__ == "__main__":
    sys.exit(main())
