"""Fixtures: one deployed local cloud for all tests, and the clients, shells and targets that use it."""

import os
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from uuid import uuid4

import pytest

from local_cloud.cloud import LocalCloud
from ordercast.cli.local.clouds import local_target
from ordercast.operations.target import Target
from tests.cloud.demo.played import Played
from tests.cloud.event_sources.deployed_function import Deployed
from tests.pages import ROOT
from tests.workers import group_of


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what is in this folder: these tests speak HTTP, on loopback only.

    What uses the session's cloud has to run in one worker, so that there is one cloud.
    """
    for item in items:
        if item.nodeid.startswith("tests/cloud/"):
            item.add_marker("cloud")
            item.add_marker(pytest.mark.allow_hosts(["127.0.0.1"]))
        if "empty_cloud" in getattr(item, "fixturenames", ()):
            assert "cloud" == group_of(item.nodeid), f"{item.nodeid} is in no worker's group"


@pytest.fixture(scope="session")
def empty_cloud() -> Iterator[LocalCloud]:
    """The app, deployed to a local cloud of its own; it ends with us, whatever happens to us."""
    with LocalCloud.start("test", another=True, receipt_delay=0.2) as started:
        started.deploy()
        yield started


@pytest.fixture(scope="session")
def played(empty_cloud: LocalCloud, tmp_path_factory: pytest.TempPathFactory) -> Played:
    """The demo's day, which is over before any test puts anything."""
    with restored_environment():
        return Played.on(empty_cloud, tmp_path_factory.mktemp("out"))


@pytest.fixture(scope="session")
def deployed_cloud(empty_cloud: LocalCloud, request: pytest.FixtureRequest) -> LocalCloud:
    """The same cloud, where the demo was played if any test asks for it."""
    if any("played" in getattr(item, "fixturenames", ()) for item in request.session.items):
        request.getfixturevalue("played")
    return empty_cloud


@pytest.fixture
def cloud(deployed_cloud: LocalCloud) -> Iterator[LocalCloud]:
    """The session's cloud; AWS clients that the test makes find it, and nothing else."""
    with restored_environment():
        deployed_cloud.adopt_environment()
        yield deployed_cloud


@contextmanager
def restored_environment() -> Iterator[None]:
    before = dict(os.environ)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)


AWS_CLI = f'aws() {{ "{Path(sys.executable).parent / "aws"}" "$@"; }}\n'
"""The one that is locked, whatever else is on the PATH."""

LEADING_TO_AWS = {
    "AWS_PROFILE": "production",
    "AWS_REGION": "eu-west-1",
    "AWS_SESSION_TOKEN": "token",
    "AWS_ENDPOINT_URL_KINESIS": "https://kinesis.example.com",
    "AWS_ENDPOINT_URL_CLOUDWATCH": "https://monitoring.example.com",
    "AWS_IGNORE_CONFIGURED_ENDPOINT_URLS": "true",
}
"""What the reader may have set for other work."""


@pytest.fixture
def shell(cloud: LocalCloud, tmp_path: Path):
    """A shell as a reader has it, in which the tests' cloud is the one that is meant."""
    environment = {"PATH": os.environ["PATH"], "HOME": str(tmp_path), "LANG": "C.UTF-8"}
    environment |= {"ORDERCAST_CLOUD": cloud.name} | LEADING_TO_AWS

    def run(script: str) -> str:
        done = subprocess.run(
            ["bash", "-euc", AWS_CLI + script],
            cwd=ROOT,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stderr
        return done.stdout

    return run


@pytest.fixture
def target(cloud: LocalCloud) -> Target:
    """What the session's cloud deployed, as the command line finds it."""
    return local_target(cloud)


@pytest.fixture
def order_id() -> str:
    """An order that no other test knows."""
    return f"flow-{uuid4().hex[:12]}"


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


@pytest.fixture
def deployed(cloud: LocalCloud) -> Iterator[Deployed]:
    """A function of the test's own in the session's cloud."""
    made = Deployed(cloud)
    yield made
    made.remove()
