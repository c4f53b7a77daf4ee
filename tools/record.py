"""Record what asyncio has on this Python: its public names, and its messages.

    python tools/record.py

Run it on each Python: a run changes only what it finds on its own. The pages
that list them fail where they are others than was recorded.
"""

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parent.parent / "src"))

from website import messages, names

if __name__ == "__main__":
    for module in names, messages:
        module.RECORD.write()
