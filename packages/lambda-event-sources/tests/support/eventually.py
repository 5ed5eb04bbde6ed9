"""Wait until a condition is true. Used by tests with threads."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

Found = TypeVar("Found")


def eventually(
    condition: Callable[[], Found], *, within: float = 10.0, every: float = 0.05
) -> Found:
    """Ask again until the *condition* is true, for what it found; the test fails when it never is.

    *within* and *every* are seconds. The failure names the condition, so name it well.
    """
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within:g} s: {condition.__name__} (last: {found!r})")
        time.sleep(every)
    return found
