"""What is timed beside our reading does the same work, on the same orders."""

import json

import pytest
from pydantic import ValidationError

from benchmarks.plain.contract import PlainOrderEvent
from benchmarks.reading import AGGREGATES, ORDERS_EACH, batch, ours, usual
from ordercast.errors import MalformedOrderEvent
from ordercast.events.parse import parse_order_event


def test_both_take_out_the_same_orders() -> None:
    event = batch()

    mine, theirs = ours(event), usual(event)

    assert AGGREGATES * ORDERS_EACH == len(mine)
    assert [(each.order_id, each.occurred_at) for each in theirs] == [
        (each.order_id, each.occurred_at) for each in mine
    ]


@pytest.mark.parametrize(
    "change",
    [
        {"order_id": ""},
        {"order_id": ["o-1"]},
        {"status": "2fast"},
        {"occurred_at": "2026-03-02T09:30:00"},
        {"shop": "x" * 129},
        {"customer_id": {"id": 5}},
    ],
)
def test_both_refuse_the_same(change) -> None:
    event = {"order_id": "o-1", "customer_id": "c-1"} | change

    with pytest.raises(ValidationError):
        PlainOrderEvent.model_validate(json.loads(json.dumps(event)))
    with pytest.raises(MalformedOrderEvent):
        parse_order_event(json.dumps(event).encode(), default_currency="USD")
