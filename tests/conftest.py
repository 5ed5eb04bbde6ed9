"""What every test may use: a world of fakes, and Hypothesis the same on each run."""

import os
from collections.abc import Iterator
from typing import Any

import hypothesis
import pytest

from local_cloud.environment import without_aws
from tests.address_secret import use_test_secret
from tests.fakes.world import World
from tests.pipeline.synthesis import CACHES
from tests.sampling import is_slow
from tests.templates.review import REVIEW, review_template
from tests.workers import Workers

# Promises are kept in modules that are not tests themselves; a broken one should say how.
pytest.register_assert_rewrite("tests.promises")

hypothesis.settings.register_profile("ordercast", deadline=None, derandomize=True, database=None)
hypothesis.settings.load_profile("ordercast")


def pytest_configure() -> None:
    """Forget a developer's own credentials, profiles and Region; leave nothing in their home."""
    kept = without_aws(os.environ)
    nowhere = dict.fromkeys(("AWS_CONFIG_FILE", "AWS_SHARED_CREDENTIALS_FILE"), os.devnull)
    os.environ.clear()
    os.environ.update(kept | nowhere | {"AWS_EC2_METADATA_DISABLED": "true"} | CACHES)


@pytest.fixture(autouse=True)
def environment_of_one_test(request: pytest.FixtureRequest) -> Iterator[None]:
    """What a test, or a command that it runs, makes of the environment ends with it.

    And none but those of the local cloud finds one that runs beside it, or hashes with its secret.
    """
    if not request.node.nodeid.startswith("tests/cloud/"):
        os.environ.pop("AWS_ENDPOINT_URL", None)
        use_test_secret()
    before = dict(os.environ)
    yield
    if dict(os.environ) != before:
        os.environ.clear()
        os.environ.update(before)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what `make test-fast` leaves out."""
    for item in items:
        if is_slow(item.nodeid):
            item.add_marker("slow")


@pytest.hookimpl(optionalhook=True)  # of pytest-xdist
def pytest_xdist_make_scheduler(config: pytest.Config, log: Any) -> Workers:
    """Keep together what shares something slow; pytest-xdist's own groups do not work with pytest 9.2."""
    return Workers(config, log)


@pytest.fixture
def review() -> Iterator[str]:
    """A promotional template, as a shop may add one; no such template is shipped."""
    with review_template():
        yield REVIEW


@pytest.fixture
def world() -> World:
    """The whole flow over fakes, at a time that stands still."""
    return World()
