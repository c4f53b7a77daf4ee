"""Records what any asyncio loop does, and draws it.

The rules of the house:

- Everything here is the standard library. No loop is known by name: whatever
  tells asyncio that it runs is recorded, if Python runs its turns.
- ``running`` knows when a loop runs. Meanwhile ``recorder`` and ``clock`` put
  their methods in the place of the loop's (``_run_once``, ``_run`` of its
  handles, ``select`` of its selector), and take them out again.
- ``snapshots`` only looks into a loop. A ``trace`` is plain data, and all that follows
  (``figure``, ``transcript``, ``report``) knows nothing else.
"""

import sys

if sys.version_info < (3, 11):  # noqa: UP036  # pragma: no cover
    raise ImportError(
        "loopscope needs Python 3.11 or later; "
        f"this is Python {sys.version.split()[0]}",
        name="loopscope",  # so that `python -m loopscope` shows no traceback
    )

from loopscope.clock import VirtualClock
from loopscope.recorder import Recorder
from loopscope.trace import Trace

__all__ = ["Recorder", "Trace", "VirtualClock"]

__version__ = "0.1.0"
