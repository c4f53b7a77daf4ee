"""A selector with epoll."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from unittest import mock

import behind
from parts import Part


@contextmanager
def put_in_selector() -> Iterator[None]:
    case = sys.modules["test.test_selectors"].EpollSelectorTestCase
    with mock.patch.object(case, "SELECTOR", behind.EpollSelector):
        yield


PART = Part(
    modules=["test_selectors"],
    select=r"EpollSelectorTestCase\.(?!test_above_fd_setsize)",
    put_in=put_in_selector,
)
