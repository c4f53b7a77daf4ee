"""Debug mode."""

import asyncio
import os
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

from parts import BareLoop, Part, put_in_turns
from parts.callbacks import PART as CALLBACKS


@contextmanager
def put_in_debug_mode() -> Iterator[None]:
    with (
        mock.patch.dict(os.environ, PYTHONASYNCIODEBUG="1"),
        mock.patch.object(asyncio, "BaseEventLoop", BareLoop),
        put_in_turns(),
    ):
        yield


PART = Part(
    modules=[*CALLBACKS.modules, "test_pep492"],
    select=CALLBACKS.select + "|origin_tracking",
    put_in=put_in_debug_mode,
    excepted=CALLBACKS.excepted,
)
