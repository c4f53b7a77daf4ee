"""Measure all loops side by side: `tox -e bench`.

`python bench` measures all, and writes results-VERSION.json beside this file.
`python bench CASE ...` measures some and writes nothing: CASE is a pattern
such as sock-10-* (connections, bytes) or gather; --list names them all.
"""

import argparse
import json
import os
import platform
import resource
import sys
from fnmatch import fnmatch
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from pathlib import Path
from statistics import median
from typing import Any

from tqdm import tqdm

import load
import servers
import steps
from peers import PEERS
from results import ratios

SERVERS = ["sock", "protocol", "streams"]
CONNECTIONS = [1, 10, 100, 1000]
SIZES = [64, 1024, 65536]
HELD = 5000
STEPS = [
    "call_soon",
    "sleep_0",
    "create_task",
    "gather",
    "ping_pong",
    "timers_cancelled",
    "timers_fired",
    "call_soon_threadsafe",
]


def cases(seconds: float) -> dict[str, tuple[str, Any]]:
    """For each case what it is about, and the function that measures it."""
    found: dict[str, tuple[str, Any]] = {}
    for server, number, size in product(SERVERS, CONNECTIONS, SIZES):
        found[f"{server}-{number}-{size}"] = (
            server,
            partial(
                load.requests,
                server=server,
                number=number,
                size=size,
                seconds=seconds,
            ),
        )
    for step in STEPS:
        found[step] = step, partial(load.step, what=step, seconds=seconds)
    for server in SERVERS:
        found[f"held-{server}"] = (
            server,
            partial(load.held, server=server, number=HELD),
        )
    return found


def can(peer: str, what: str) -> bool:
    """Whether *peer* is installed, and has *what*, and not as another has."""
    try:
        if peer in ("uvloop", "rloop", "trio"):
            version(peer)
    except PackageNotFoundError:
        return False
    if peer == "trio":
        return hasattr(servers, f"trio_{what}") or hasattr(
            steps, f"trio_{what}"
        )
    return peer != "behind, own Task" or what != "protocol"


def measure(
    chosen: dict[str, tuple[str, Any]], peers: list[str], rounds: int
) -> list[dict[str, Any]]:
    """A row for each case and peer, with what each round has found.

    A round measures each case on all peers in turn, asyncio among them, so
    that a ratio compares what was measured within seconds.
    """
    rows = {
        (case, peer): {"case": case, "peer": peer}
        for case, (what, _) in chosen.items()
        for peer in peers
        if can(peer, what)
    }
    plan = list(rows) * rounds
    for case, peer in tqdm(plan, disable=None, smoothing=0, unit=""):
        for what, value in chosen[case][1](peer).items():
            rows[case, peer].setdefault(what, []).append(value)
    return list(rows.values())


def machine() -> dict[str, Any]:
    """What all was measured on."""
    cpu = Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")
    found = {}
    for peer in ("uvloop", "rloop", "trio"):
        try:
            found[peer] = version(peer)
        except PackageNotFoundError:
            found[peer] = None
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": cpu[2].partition("\n")[0],
        "cores": os.cpu_count(),
        "load": os.getloadavg()[0],
        "versions": found,
    }


def show(rows: list[dict[str, Any]]) -> None:
    """Print for each case what a peer needs, and its ratio to asyncio."""
    for what, unit in ("cpu", "us"), ("wall", "us"), ("bytes", "bytes"):
        for case, peers in ratios(rows, what).items():
            print(f"\n{case}, {what}")
            for peer, ratio in peers.items():
                [row] = [
                    row
                    for row in rows
                    if (row["case"], row["peer"]) == (case, peer)
                ]
                scale = 1e6 if unit == "us" else 1
                print(
                    f"  {peer:17}{median(row[what]) * scale:9.2f} {unit}"
                    f"  x {ratio}"
                )


def main() -> None:
    parser = argparse.ArgumentParser("python bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.2)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    every = cases(args.seconds)
    chosen = {
        case: every[case]
        for case in every
        if not args.cases or any(fnmatch(case, one) for one in args.cases)
    }
    if args.list:
        return print("\n".join(chosen))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    before = machine()
    rows = measure(chosen, args.peers, args.rounds)
    show(rows)
    if not args.cases:
        name = f"results-3.{sys.version_info.minor}.json"
        path = Path(__file__).with_name(name)
        lines = ",\n".join(json.dumps(row) for row in rows)
        head = json.dumps(before, indent=1)[:-2]
        path.write_text(f'{head},\n "rows": [\n{lines}\n]}}\n', "utf-8")


if __name__ == "__main__":
    main()
