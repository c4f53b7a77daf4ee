"""Pipes."""

from parts import Part, put_in_event_loop

PART = Part(
    modules=["test_events", "test_streams"],
    select=r"(Select|Poll|EPoll|Kqueue)EventLoopTests.test_.*(_pipe|_pty)|"
    r"test_read_all_from_pipe_reader",
    put_in=put_in_event_loop,
)
