"""While the first Region's routes are closed, messages go by the second one and their receipts come home."""

from collections.abc import Iterator
from datetime import UTC, datetime

import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.environment import REGION, REGIONS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.notifications.route_reason import RouteReason
from ordercast.operations.target import Target
from ordercast.pacing.holds import Hold, Scope, Why
from ordercast.sending.outcome import DAILY_QUOTA
from tests.cloud.orders import ended, order, put, sent_messages

(_, AWAY) = REGIONS
PROVIDERS = ("sns", "ses")


@pytest.fixture
def closed(target: Target) -> Iterator[None]:
    """The first Region's routes are closed, for a reason that the sweeper probes with no message."""
    now = datetime.now(UTC)
    holds = [
        Hold(
            why=Why.ACCOUNT,
            scope=Scope(route=f"{provider}/{REGION}/default"),
            by="test",
            since=now,
            reason=DAILY_QUOTA,
        )
        for provider in PROVIDERS
    ]
    target.ledger().hold(holds)
    yield
    target.ledger().let_go([each.id for each in holds], at=datetime.now(UTC))


@pytest.mark.usefixtures("closed")
def test_messages_go_by_the_second_region_and_their_receipts_come_home(
    cloud: LocalCloud, target: Target, order_id: str
) -> None:
    put(target, order(order_id))
    text, email = ended(target, order_id, State.DELIVERED, State.DELIVERED)

    assert [f"sns/{AWAY}/default", f"ses/{AWAY}/default"] == [text.route, email.route]
    assert {RouteReason.SECOND_REGION} == {text.route_reason, email.route_reason}
    assert CostSource.CARRIER is text.cost_source
    assert 2 == len(sent_messages(cloud, order_id))


def test_they_take_the_first_region_again_as_soon_as_it_is_open(
    target: Target, order_id: str
) -> None:
    put(target, order(order_id))
    text, email = ended(target, order_id, State.DELIVERED, State.DELIVERED)

    assert [None, None] == [text.route, email.route]
