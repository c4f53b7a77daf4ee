"""Tell a protocol when its transport's write buffer is too full."""

import asyncio
import logging
from typing import Any

__all__ = ["FlowControl", "ProtocolCaller"]

HIGH_WATER = 64 * 1024  # bytes that the buffer holds before it is too full
MANY_DROPPED = 5  # writes: one who goes on like this does not look

logger = logging.getLogger("asyncio")


class ProtocolCaller:
    """Calls its protocol, and reports what that raises to its loop."""

    _loop: asyncio.AbstractEventLoop
    _protocol: Any
    _lost_message: str  # what to log for many writes to nobody
    _dropped = 0  # writes since the connection was lost

    def _call_protocol(self, name: str, *args: Any) -> None:
        try:
            getattr(self._protocol, name)(*args)
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as exc:
            self._report(f"protocol.{name}() failed", exc)

    def _report(self, message: str, exc: BaseException) -> None:
        self._loop.call_exception_handler(
            {
                "message": message,
                "exception": exc,
                "transport": self,
                "protocol": self._protocol,
            }
        )

    def _drop(self) -> None:
        """Count a write to a connection that is lost, and warn of many."""
        self._dropped += 1
        if self._dropped >= MANY_DROPPED:
            logger.warning(self._lost_message)


class FlowControl(ProtocolCaller):
    """The methods of a transport that look at how full its buffer is.

    Rebuilds _FlowControlMixin (Lib/asyncio/transports.py).
    """

    _buffer: Any
    _lost = False  # connection_lost() is about to be called, or was
    _protocol_paused = False  # pause_writing() was called
    _high_water = HIGH_WATER
    _low_water = HIGH_WATER // 4

    def get_write_buffer_size(self) -> int:
        return len(self._buffer)

    def get_write_buffer_limits(self) -> tuple[int, int]:
        return self._low_water, self._high_water

    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        if high is None:
            high = HIGH_WATER if low is None else 4 * low
        if low is None:
            low = high // 4
        if not high >= low >= 0:
            raise ValueError(
                f"high ({high!r}) must be >= low ({low!r}) must be >= 0"
            )
        self._high_water, self._low_water = high, low
        if not self._lost:
            self._control_flow()

    def _control_flow(self) -> None:
        """Tell the protocol if the buffer has become too full or low again."""
        size = self.get_write_buffer_size()
        if not self._protocol_paused and size > self._high_water:
            name = "pause_writing"
        elif self._protocol_paused and size <= self._low_water:
            name = "resume_writing"
        else:
            return
        self._protocol_paused = not self._protocol_paused
        self._call_protocol(name)
