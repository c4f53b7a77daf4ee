"""Record what asyncio can say on this Python, in docs/messages.csv.

    python tools/messages.py

Run it on each Python: a run changes only what it finds on its own. The page
that explains the messages fails where they are others than was recorded.
"""

import csv
import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from website.messages import RECORD, recorded, updated


def main() -> None:
    rows = [
        (file, message, " ".join(releases))
        for (file, message), releases in updated(recorded()).items()
    ]
    with RECORD.open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerows([("File", "Message", "Releases"), *rows])


if __name__ == "__main__":
    main()
