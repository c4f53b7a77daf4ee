"""Record which public names asyncio has on this Python, in docs/names.csv.

    python tools/names.py

Run it on each Python: a run changes only what it finds on its own. The page
that lists the names fails where they are others than was recorded.
"""

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from website.names import RECORD, recorded, updated


def main() -> None:
    rows = [
        (file, name, " ".join(pythons))
        for (file, name), pythons in updated(recorded()).items()
    ]
    with RECORD.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("File", "Name", "Pythons"), *rows])


if __name__ == "__main__":
    main()
