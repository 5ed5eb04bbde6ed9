"""A short outage of the first Region's texts: urgent ones go by the second, and none is lost or doubled."""

from datetime import timedelta

import pytest

from local_cloud.chaos.outages import outage_on, tell
from local_cloud.cloud import LocalCloud
from ordercast.cli.output.terminal import console
from tests.cloud.conftest import restored_environment

SHORT = timedelta(seconds=40)


@pytest.mark.slow
def test_urgent_texts_go_by_the_second_region_while_the_first_refuses_connections() -> None:
    with restored_environment(), LocalCloud.start("outage", another=True) as cloud:
        cloud.deploy()
        outcome = outage_on(cloud, "refused", count=60, outage=SHORT, where=console)

    tell(outcome, console)
    # How fast they go is measured by `make outages`, on a machine with nothing else to do.
    broken = outcome.broken.keys() - {"later than 30 s"}
    assert set() == broken
