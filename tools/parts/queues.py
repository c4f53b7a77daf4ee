"""Queues."""

import asyncio
import importlib
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from unittest import mock

import behind
from parts import Part, put_in_names

NAMES = ["LifoQueue", "PriorityQueue", "Queue", "QueueShutDown"]


@contextmanager
def put_in_queues() -> Iterator[None]:
    """Our queues, and in the test cases that have noted asyncio's."""
    tests = importlib.import_module("test.test_asyncio.test_queues")
    with put_in_names(asyncio.queues, *NAMES), ExitStack() as stack:
        for case in vars(tests).values():
            theirs = getattr(case, "q_class", None)
            if theirs is not None:
                ours = getattr(behind, theirs.__name__)
                stack.enter_context(mock.patch.object(case, "q_class", ours))
        yield


PART = Part(modules=["test_queues"], select="", put_in=put_in_queues)
