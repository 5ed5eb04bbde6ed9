"""Fixture: parked stream records and batches over fakes."""

import pytest

from tests.workflows.redrive.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
