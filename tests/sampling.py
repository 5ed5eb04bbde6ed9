"""Choose how much of a large test runs: a sample in `make test`, all of it in `make test-whole`.

docs/testing.md lists these tests, which are marked `sampled`.
"""

import os

import pytest

WHOLE = "ORDERCAST_WHOLE" in os.environ

SAMPLED = pytest.mark.sampled


def sampled(sample: int, *, whole: int) -> int:
    """Return how many: a *sample*, or as many as the *whole* has."""
    return whole if WHOLE else sample
