"""The session-wide local cloud: the app as it is deployed, once, for every test that asks for it."""

import os
from collections.abc import Iterator

import pytest

from local.cloud import LocalCloud


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder: these tests speak HTTP, on loopback only."""
    for item in items:
        if item.path.parent.name == "cloud":
            item.add_marker("cloud")
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))


@pytest.fixture(scope="session")
def deployed_cloud() -> Iterator[LocalCloud]:
    """The app, deployed to a local cloud of its own; it ends with us, whatever happens to us."""
    with LocalCloud.start("test", another=True, receipt_delay=0.5) as started:
        started.deploy()
        yield started


@pytest.fixture
def cloud(deployed_cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The session's cloud; AWS clients that the test makes find it, and nothing else."""
    before = dict(os.environ)
    deployed_cloud.adopt_environment()
    yield deployed_cloud
    os.environ.clear()
    os.environ.update(before)
