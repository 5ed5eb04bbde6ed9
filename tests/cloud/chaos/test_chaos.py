"""A short chaos run: faults of services, providers and processes cost nobody a message."""

import pytest

from local_cloud.chaos.report import print_outcome
from local_cloud.chaos.run import ChaosRun, cloud_with_proxy
from local_cloud.cloud import silent
from ordercast.cli.output.terminal import console
from tests.cloud.conftest import restored_environment

SEED = 7


@pytest.mark.slow
def test_no_message_is_lost_or_doubled_while_faults_are_thrown() -> None:
    run = ChaosRun(orders=60, seed=SEED, seconds=15, console=console)
    with restored_environment(), cloud_with_proxy("chaos", SEED, progress=silent) as (cloud, proxy):
        outcome = run(cloud, proxy)

    print_outcome(outcome, console)
    assert {} == outcome.broken
    assert outcome.thrown.total() > 20
    assert len(outcome.thrown) >= 5
