"""The whole loop, waiting with `poll`."""

from parts.whole import with_selector

PART = with_selector("PollSelector")
