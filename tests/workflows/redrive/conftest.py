"""What the tests of workflows share: a bench with shelves of records and of batches."""

import pytest

from tests.workflows.redrive.bench import Bench


@pytest.fixture
def bench() -> Bench:
    return Bench()
