"""Measure all loops side by side: `tox -e bench`.

Without a CASE it measures all, and writes bench/results-VERSION.json. With
some it only prints. A CASE is a pattern, such as sock-10-* (connections,
bytes) or gather; --list names them all.
"""

import argparse
import json
import os
import platform
import resource
import sys
from collections.abc import Callable
from functools import partial
from importlib.metadata import PackageNotFoundError, version
from itertools import product
from pathlib import Path
from typing import Any

from bench import load, servers, steps
from bench.peers import OWN_WAYS, PEERS
from bench.results import UNITS, amount, chosen, costs, ratio
from tqdm import tqdm

SERVERS = ["sock", "protocol", "streams"]
CONNECTIONS = [1, 10, 100, 1000]
SIZES = [64, 1024, 65536]
HELD = 10_000
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

Measure = Callable[[str], dict[str, float]]


def cases(seconds: float) -> dict[str, tuple[str, Measure]]:
    """For each case what it is about, and what measures it for a peer."""
    found: dict[str, tuple[str, Measure]] = {}
    for server, number, size in product(SERVERS, CONNECTIONS, SIZES):
        measure = partial(load.requests, server, number, size, seconds)
        found[f"{server}-{number}-{size}"] = server, measure
    for step in STEPS:
        found[step] = step, partial(load.step, step, seconds)
    for server in SERVERS:
        found[f"held-{server}"] = server, partial(load.held, server, HELD)
    return found


def can(peer: str, what: str) -> bool:
    """Whether *peer* is here, and has *what*, of its own."""
    if peer == "own-task":
        return what != "protocol"  # which needs no task
    if peer in OWN_WAYS:
        name = f"{peer}_{what}"
        return hasattr(servers, name) or hasattr(steps, name)
    return True


def measured(
    every: dict[str, tuple[str, Measure]], peers: list[str], rounds: int
) -> list[dict[str, Any]]:
    """A row for each case and peer, with a cost from each round.

    A round measures each case on all peers, one right after the other: what
    a ratio compares is seconds apart.
    """
    rows: dict[tuple[str, str], dict[str, Any]] = {
        (case, peer): {"case": case, "peer": peer}
        for case, (what, _) in every.items()
        for peer in peers
        if can(peer, what)
    }
    for case, peer in tqdm(list(rows) * rounds, smoothing=0):
        _, measure = every[case]
        for what, cost in measure(peer).items():
            rows[case, peer].setdefault(what, []).append(float(f"{cost:.4g}"))
    return list(rows.values())


def installed() -> dict[str, str]:
    """The version of each package with a loop that is here."""
    found = {}
    for package in ("uvloop", "rloop", "trio"):
        try:
            found[package] = version(package)
        except PackageNotFoundError:
            print(f"not here, so left out: {package}")
    return found


def machine() -> dict[str, Any]:
    """On what all is measured."""
    _, _, cpu = (
        Path("/proc/cpuinfo").read_text("utf-8").partition("model name\t: ")
    )
    return {
        "python": platform.python_version(),
        "system": platform.platform(),
        "cpu": cpu.partition("\n")[0],
        "cores": os.cpu_count(),
    }


def show(rows: list[dict[str, Any]]) -> None:
    """Print what each case costs on each peer, and its ratio to asyncio."""
    for what in UNITS:
        for case, found in costs(rows, what, "*").items():
            print(f"\n{case}, {what}")
            for peer, cost in found.items():
                times = ratio(found["asyncio"], cost)
                print(f"  {peer:10}{amount(cost, what):>15}  {times}")


def write(path: Path, results: dict[str, Any]) -> None:
    """Write *results* as JSON, a row on a line."""
    rows = ",\n".join(map(json.dumps, results.pop("rows")))
    head = json.dumps(results, indent=1).removesuffix("\n}")
    path.write_text(f'{head},\n "rows": [\n{rows}\n]}}\n', "utf-8")


def main() -> None:
    parser = argparse.ArgumentParser("python -m bench", description=__doc__)
    parser.add_argument("cases", nargs="*", metavar="CASE")
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=0.15)
    parser.add_argument("--peers", nargs="+", choices=PEERS, default=PEERS)
    parser.add_argument("--list", action="store_true")
    args = parser.parse_args()
    every = cases(args.seconds)
    if args.list:
        return print("\n".join(every))
    _, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    patterns = args.cases or ["*"]
    some = {case: every[case] for case in every if chosen(case, patterns)}
    versions = installed()
    here = {"behind", "own-task", "epoll", *versions} & {*args.peers} | {
        "asyncio"
    }
    peers = [peer for peer in PEERS if peer in here]
    rows = measured(some, peers, args.rounds)
    show(rows)
    if not args.cases:
        name = f"results-3.{sys.version_info.minor}.json"
        results = {**machine(), "versions": versions, "rows": rows}
        write(Path(__file__).with_name(name), results)


if __name__ == "__main__":
    main()
