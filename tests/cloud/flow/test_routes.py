"""A country's texts go by End User Messaging, and their receipts come back with a price."""

from collections.abc import Iterator

import pytest
from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import read_inbox
from ordercast.cli.local.clouds import local_target
from ordercast.cli.status import order_listing
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.operations.target import Target
from tests.cloud.another_stage import checkout_with, deployed_apart
from tests.cloud.conftest import restored_environment
from tests.cloud.orders import ended, put, rows, sweep_now
from tests.eventually import eventually

SWEDISH, AMERICAN, CANADIAN = "+46701740605", "+12065550101", "+16045550191"
BY_VOICE = "sms-voice/us-east-1/default"


@pytest.fixture(scope="module")
def deployed_with_routes(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A stage whose texts to Sweden take another provider, deployed to a local cloud of its own."""
    checkout = checkout_with(
        'sms_provider_by_country = "SE sms-voice, CA sms-voice"\n'
        'retry_after_receipt = "normal 1 over 5 s"',
        tmp_path_factory.mktemp("routed") / "checkout",
    )
    with deployed_apart("routed", checkout) as started:
        yield started


@pytest.fixture
def routed_cloud(deployed_with_routes: LocalCloud) -> Iterator[LocalCloud]:
    """AWS clients that the test makes find that cloud, and nothing else."""
    with restored_environment():
        deployed_with_routes.adopt_environment()
        yield deployed_with_routes


def status(target: Target, order_id: str) -> str:
    console = Console(width=160, highlight=False)
    with console.capture() as captured:
        console.print(order_listing(target, order_id, shop=None))
    return captured.get()


def test_a_text_takes_its_country_s_route_and_its_receipt_comes_back_with_the_price(
    routed_cloud: LocalCloud,
) -> None:
    target = local_target(routed_cloud)
    for order_id, phone in (("o-se", SWEDISH), ("o-us", AMERICAN)):
        put(target, {"order_id": order_id, "channel": "sms", "contact": {"phone": phone}})
    (swedish,) = ended(target, "o-se", State.DELIVERED)
    (american,) = ended(target, "o-us", State.DELIVERED)

    sent = {each.to: each for each in read_inbox(routed_cloud.inbox) if each.channel == "sms"}
    assert ("sms-voice", "us-east-1") == (sent[SWEDISH].provider, sent[SWEDISH].region)
    assert "sns" == sent[AMERICAN].provider
    assert [BY_VOICE, None] == [swedish.route, american.route]
    assert {CostSource.CARRIER} == {swedish.cost_source, american.cost_source}
    assert swedish.cost

    shown = status(target, "o-se")
    assert f"by {BY_VOICE}" in shown
    assert "End User Messaging" in shown
    assert "by SNS" in status(target, "o-us")


def test_a_phone_that_was_switched_off_gets_the_text_in_another_try(
    routed_cloud: LocalCloud,
) -> None:
    """Its provider says that it no longer tries; each try is paid for."""
    target = local_target(routed_cloud)
    put(target, {"order_id": "o-ca", "channel": "sms", "contact": {"phone": CANADIAN}})

    def delivered() -> bool:
        found = rows(target, "o-ca")
        if any(row.state in {State.FAILED, State.DEFERRED} for row in found):
            sweep_now(target, "o-ca")
        return [State.DELIVERED] == [row.state for row in found]

    eventually(delivered, within=90, every=1)

    (row,) = rows(target, "o-ca")
    first, second = sorted(row.messages.values(), key=lambda each: each.number is None)
    assert (1, BY_VOICE, State.FAILED) == (first.number, first.route, first.state)
    assert first.price
    assert second.price
    assert (first.price + second.price, CostSource.CARRIER) == (row.cost, row.cost_source)
    assert 2 == sum(each.to == CANADIAN for each in read_inbox(routed_cloud.inbox))
    assert "try 1" in status(target, "o-ca")
