"""What a message costs is what its carrier says, once, and not more than its ceiling."""

from decimal import Decimal
from functools import partial

import pytest
from msgspec.structs import replace

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import CostSource
from ordercast.sending.prices import Pricing, claim_request
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import (
    CARRIER,
    HANDSET,
    OPTED_OUT,
    TEXT,
    text_says,
)


def test_the_carrier_s_price_replaces_the_estimate_and_is_neither_added_nor_erased(
    world: World,
) -> None:
    """It comes with each receipt of a message; a last one without a price once erased it."""
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)
    estimate = world.row(TEXT.id)
    world.apply(text_says(CARRIER, price="0.0129"))
    world.apply(text_says(HANDSET, price="0.00645"))
    world.apply(text_says("SUCCESS/Delivered"))
    row = world.row(TEXT.id)

    assert (Decimal("0.01"), CostSource.ESTIMATE) == (estimate.cost, estimate.cost_source)
    assert (Decimal("0.0129"), CostSource.CARRIER) == (row.cost, row.cost_source)


def test_a_carrier_that_asks_more_than_the_list_is_paid_up_to_the_ceiling(world: World) -> None:
    """As in Japan: 0.06860 by the list, 0.07451 by a receipt."""
    world.cost = partial(
        claim_request,
        pricing=Pricing(factor=Decimal("1.5"), countries={"JP": None}, email_plan="none"),
    )
    text = replace(TEXT, country="JP")
    world.enter(text)
    world.send(text.id, channel=Channel.SMS)
    sent = world.row(text.id)
    world.apply(text_says(HANDSET, price="0.07451"))
    row = world.row(text.id)

    assert (Decimal("0.06860"), Decimal("0.10290")) == (sent.cost, sent.reserved)
    assert State.DELIVERED is row.state
    assert (Decimal("0.07451"), CostSource.CARRIER) == (row.cost, row.cost_source)


@pytest.mark.parametrize("price", [None, "0", "0.07451"])
def test_a_text_over_its_ceiling_fails_by_its_own_rule_and_costs_nothing(
    world: World, price: str | None
) -> None:
    """It was never sent, whatever price the log line names."""
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(text_says("FAILURE/This delivery would exceed max price", price=price))
    row = world.row(TEXT.id)

    assert (State.FAILED, "over-price") == (row.state, row.rule)
    assert (Decimal(0), CostSource.CARRIER) == (row.cost, row.cost_source)


def test_nothing_is_a_price(world: World) -> None:
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)
    world.apply(text_says(OPTED_OUT, price="0"))

    assert (Decimal(0), CostSource.CARRIER) == (
        world.row(TEXT.id).cost,
        world.row(TEXT.id).cost_source,
    )


def test_what_two_messages_of_one_notification_cost_is_added(world: World) -> None:
    world.enter(replace(TEXT, state=State.SENT))
    for each in ("m-1", "m-2"):
        owned = replace(text_says(HANDSET, each, price="0.02"), notification_id=TEXT.id)
        world.apply(owned, owned)

    assert Decimal("0.04") == world.row(TEXT.id).cost
