"""What every test may use: a world of fakes, and Hypothesis the same on each run."""

import hypothesis
import pytest

from tests.fakes.world import World

# Promises are kept in modules that are not tests themselves; a broken one should say how.
pytest.register_assert_rewrite("tests.promises")

hypothesis.settings.register_profile("ordercast", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ordercast")


@pytest.fixture
def world() -> World:
    """The whole flow over fakes, at a time that stands still."""
    return World()
