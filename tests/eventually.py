"""Wait until a condition holds, and fail the test when it never does. Used by tests of processes and clouds."""

import time
from collections.abc import Callable
from typing import TypeVar

import pytest

Found = TypeVar("Found")

SELDOM = 0.25  # seconds


def eventually(
    condition: Callable[[], Found], *, within: float = 10.0, every: float = 0.05
) -> Found:
    """Ask again until the *condition* is true, for what it found; the test fails when it never is.

    *within* and *every* are seconds; it asks less and less often, down to four times a second. The
    failure names the condition, so name it well.
    """
    deadline = time.monotonic() + within
    while not (found := condition()):
        if time.monotonic() > deadline:
            pytest.fail(f"not within {within:g} s: {condition.__name__} (last: {found!r})")
        time.sleep(every)
        every = max(every, min(1.25 * every, SELDOM))
    return found


def all_the_while(condition: Callable[[], object], *, during: float, every: float = 0.05) -> bool:
    """Ask again and again; whether the *condition* stayed true for *during* seconds."""
    deadline = time.monotonic() + during
    while time.monotonic() < deadline:
        if not condition():
            return False
        time.sleep(every)
    return True
