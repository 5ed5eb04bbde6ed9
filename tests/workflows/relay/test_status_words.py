"""A shop's own word or name for a status is told as what it means, or not at all."""

import json
from typing import Any

import pytest

from ordercast.events.order_event import Priority
from ordercast.events.statuses import STATUSES
from ordercast.notifications.lifecycle import State
from tests.examples import EMAIL
from tests.fakes.world import World
from tests.workflows.relay.order_events import TO_ADA, relay, requested

STATUS_WORDS = {
    "canceled": "cancelled",
    "refund": "refunded",
    "Refund Issued": "refunded",
    "fulfilled": "shipped",
    "wc-completed": "shipped",
    "dispatched": "shipped",
    "OUT FOR DELIVERY": "out_for_delivery",
    "ready_for_collection": "ready_for_pickup",
    "partially-refunded": "partially_refunded",
    "PaymentFailed": "payment_failed",
    "order.placed": "confirmed",
    "shipment delayed": "delayed",
}


@pytest.mark.parametrize(("written", "meant"), STATUS_WORDS.items())
def test_a_common_shop_s_word_for_a_status_is_told_as_that(
    world: World, written: str, meant: str
) -> None:
    """`canceled` was once told as "there is news", and in the morning."""
    (row,) = relay(world, TO_ADA | {"status": written})

    assert meant == row.status
    assert (row.priority is Priority.HIGH) == STATUSES[meant].urgent


def test_a_word_of_the_shop_s_own_makes_older_news_stale(world: World) -> None:
    at = {"occurred_at": "2026-03-02T09:00:00Z"}
    rows = relay(world, TO_ADA | {"status": "Delivered"}, TO_ADA | {"status": "fulfilled"} | at)

    assert ["delivered"] == [row.status for row in rows]


@pytest.mark.parametrize(
    "name", ["order_status", "orderStatus", "OrderStatus", "order-state", "orderState", "newStatus"]
)
def test_a_status_under_another_name_is_the_news(world: World, name: str) -> None:
    """Each of these was once told as confirmed, in silence."""
    rows = relay(world, TO_ADA | {"type": "OrderStateChanged", name: "Cancelled"})

    assert [("cancelled", State.REQUESTED)] == [(row.status, row.state) for row in rows]


def test_two_names_of_the_status_may_differ_in_case_only(world: World) -> None:
    once = {"status": "shipped", "orderStatus": "Shipped"}
    rows = relay(
        world, TO_ADA | once, TO_ADA | once | {"order_id": "o-2", "newStatus": "delivered"}
    )

    assert [("o-1", "shipped")] == [(row.order.order_id, row.status) for row in rows]
    (detail,) = world.parked.details.values()
    assert detail.startswith("status, orderStatus, newStatus: found different values")


MAY_SAY_A_STATUS = {
    "state": "cancelled",
    "statusCode": 40,
    "fulfillment_status": "fulfilled",
    "payment_state": {"name": "Failed"},
    "cancelledAt": "2026-03-02T09:29:58Z",
    "type": "OrderStateChanged",
    "eventType": "order.refund.created",
    "event": "order_cancelled",
    "topic": "orders/cancelled",
    "action": "ship",
    "kind": "\u53d6\u6d88",
    "detail-type": "Order Cancelled",
    "X-Shopify-Topic": "orders/cancelled",
    "orderEvent": "order.cancelled",
    "reason": "order.cancelled",
    "status_label": "Storniert",
    "isCancelled": True,
    "cancelledOn": "2026-03-02T09:29:58Z",
    "cancel_reason": "customer",
    "shipped_at": "2026-03-02T09:29:58Z",
    "refunded": "2026-03-02",
    "order": {"status": "cancelled"},
}


@pytest.mark.parametrize("name", MAY_SAY_A_STATUS)
def test_what_may_be_a_status_is_never_told_as_confirmed(world: World, name: str) -> None:
    may_be = {name: MAY_SAY_A_STATUS[name]}
    rows = relay(world, TO_ADA | may_be, TO_ADA | may_be | {"order_id": "o-2", "status": "shipped"})

    assert [("o-2", "shipped")] == [(row.order.order_id, row.status) for row in rows]
    (detail,) = world.parked.details.values()
    assert detail.startswith(f"{name}: found what may be a status, and no status; taken is ")


@pytest.mark.parametrize(
    "envelope",
    [
        {"specversion": "1.0", "id": "1", "source": "/shop", "type": "com.example.OrderCancelled"},
        {"source": "shop", "detail-type": "Order State Changed"},
        {"Type": "Notification", "TopicArn": "t", "Subject": "Order cancelled"},
        {
            "Type": "Notification",
            "TopicArn": "t",
            "MessageAttributes": {"type": {"Type": "String", "Value": "order.cancelled"}},
        },
    ],
)
def test_an_envelope_s_type_is_not_told_as_confirmed(
    world: World, envelope: dict[str, Any]
) -> None:
    """The type may say the status; the event inside must."""

    def around(event: dict[str, Any]) -> dict[str, Any]:
        if "TopicArn" in envelope:
            return envelope | {"Message": json.dumps(event)}
        return envelope | {"data" if "type" in envelope else "detail": event}

    shipped = TO_ADA | {"order_id": "o-2", "orderStatus": "shipped"}
    rows = relay(world, around(TO_ADA), around(shipped))

    assert [("o-2", "shipped")] == [(row.order.order_id, row.status) for row in rows]
    (detail,) = world.parked.details.values()
    assert "found what may be a status, and no status" in detail


@pytest.mark.parametrize(
    "says_nothing",
    [
        *({"type": each} for each in ("order", "OrderEvent", "com.example.order.created", "")),
        *({"state": None}, {"cancelled": False}, {"topic": "orders/create"}, {"event": {"n": 1}}),
        *({}, {"event_name": "order.placed"}, {"action": "ORDER_CONFIRMED"}),
        *(
            {"is_cancelled": 0},
            {"order": {"total": 4}},
            {"refunds": []},
            {"placed_at": "2026-03-02"},
        ),
        *({"cancel_url": "https://shop.example.com/"}, {"payment_type": "card"}),
    ],
)
def test_an_event_that_says_no_more_than_its_order_is_confirmed(
    world: World, says_nothing: dict[str, Any]
) -> None:
    assert [("confirmed", "email", EMAIL)] == requested(world, TO_ADA | says_nothing)
