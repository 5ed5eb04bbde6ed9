"""A real emulator, its services and a deployment end together; `tests/local_cloud/supervisor` has the other cases."""

import signal
from collections.abc import Iterator
from pathlib import Path

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.errors import LocalCloudError
from local_cloud.supervisor.state import CloudFolder
from tests.eventually import eventually
from tests.local_cloud.supervisor.shop import (
    OWNER,
    Traces,
    complete_state,
    folder_in,
    nothing_is_left,
    start,
    the_next_start_works,
)
from tests.started import started


@pytest.fixture
def shop(tmp_path: Path) -> Iterator[CloudFolder]:
    """The folder of a test's local cloud, which is stopped afterwards."""
    yield folder_in(tmp_path)
    for cloud in LocalCloud.running(tmp_path):
        cloud.stop()


def test_nothing_outlives_an_owner_killed_while_it_deploys(
    shop: CloudFolder, tmp_path: Path
) -> None:
    with started(OWNER, str(tmp_path)) as owner:
        process = owner("deploy")
        complete_state(shop)
        traces = Traces(shop)

        def the_cdk_is_at_work() -> bool:
            return any("aws-cdk" in arguments for arguments in traces.look())

        eventually(the_cdk_is_at_work, within=90)
        process.kill()
        assert nothing_is_left(shop, traces)
    assert the_next_start_works(shop)


def test_a_deployment_to_a_cloud_that_dies_fails_soon_and_says_what_died(shop: CloudFolder) -> None:
    traces: list[Traces] = []

    def kill_emulator(step: str, state: str) -> None:
        if (step, state) == ("bootstrap the CDK", "started"):
            traces.append(Traces(shop))
            complete_state(shop).processes["emulator"].send(signal.SIGKILL)

    with (
        start(shop) as cloud,
        pytest.raises(LocalCloudError, match=r"emulator ended unexpectedly \(SIGKILL\)"),
    ):
        cloud.deploy(progress=kill_emulator)
    assert nothing_is_left(shop, traces[0])
