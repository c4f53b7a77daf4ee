"""The whole loop, waiting with `select`."""

from parts.whole import with_selector

PART = with_selector("SelectSelector")
