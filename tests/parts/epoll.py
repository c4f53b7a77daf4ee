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
    select="EpollSelectorTestCase",
    put_in=put_in_selector,
    excepted={
        "test_selectors.EpollSelectorTestCase.test_above_fd_setsize": (
            "wants more than 1,023 files from one call"
        )
    },
)
