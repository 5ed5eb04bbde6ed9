"""Choose how much of the tests runs: a sample, the whole, or only what is fast. Used by large tests.

docs/testing.md lists both the tests of which `make test` runs a sample, which are marked `sampled`,
and what `make test-fast` leaves out.
"""

import os

import pytest

WHOLE = "ORDERCAST_WHOLE" in os.environ

SAMPLED = pytest.mark.sampled


def sampled(sample: int, *, whole: int) -> int:
    """Return how many: a *sample*, or as many as the *whole* has."""
    return whole if WHOLE else sample


SLOW = frozenset(
    {
        "benchmarks",
        "docs",
        "explorer",
        "fuzzing",
        "long_day",
        "mutations",
        "setup",
        "supervisor",
        "test_a_thousand.py",
        "test_cut_short.py",
        "test_failures.py",
        "test_flow_in_any_order.py",
        "test_in_a_browser.py",
        "test_kpl_damaged.py",
        "test_kpl_mutated.py",
        "test_many_receipts.py",
        "test_many_rows.py",
        "test_offline.py",
        "test_recordings.py",
        "test_rollups_balance.py",
        "test_wheel.py",
        "test_without_a_checkout.py",
    }
)
"""Folders and files whose tests start other processes or play for long."""


def is_slow(nodeid: str) -> bool:
    """Tell whether `make test-fast` leaves that test out for its time."""
    return not SLOW.isdisjoint(nodeid.partition("::")[0].split("/"))
