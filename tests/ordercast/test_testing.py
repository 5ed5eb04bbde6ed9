"""A shop's tests see what a stream would have taken, and the errors of the real producer."""

from datetime import UTC, datetime

import pytest

from ordercast.producer import (
    ContactV1,
    ItemV1,
    MalformedOrderEvent,
    MoneyV1,
    NotTaken,
    OrderEventV1,
    Producer,
)
from ordercast.testing import FakeProducer

SHIPPED = OrderEventV1(
    order_id="o-1",
    status="shipped",
    occurred_at=datetime(2026, 3, 2, 9, 29, 58, tzinfo=UTC),
    amount=MoneyV1(value="42.50", currency="USD"),
    items=["Teapot", ItemV1(name="Cup", quantity=4)],
    contact=ContactV1(email="ada@example.com"),
)


def test_it_keeps_events_as_the_relay_would_read_them() -> None:
    fake = FakeProducer()
    assert 3 == fake.put(
        [
            SHIPPED,
            {"order_id": "o-2", "customer_id": "c-1"},
            b'{"order_id": "o-1", "customer_id": "c-2"}',
        ]
    )
    assert [
        SHIPPED,
        OrderEventV1(order_id="o-2", customer_id="c-1"),
        OrderEventV1(order_id="o-1", customer_id="c-2"),
    ] == fake.events


def test_a_typed_event_holds_only_what_was_said() -> None:
    fake = FakeProducer()
    fake.put([OrderEventV1(order_id="o-1", customer_id="c-1")])
    assert [b'{"order_id":"o-1","customer_id":"c-1"}'] == fake.payloads


@pytest.mark.parametrize(
    "wrong",
    [
        OrderEventV1(order_id="o-1"),
        OrderEventV1(order_id="o-1", contact=ContactV1(), schema_version=2),
        {"order_id": 5},
        b"order 5 shipped",
    ],
)
def test_it_refuses_what_the_producer_refuses_in_the_same_words_and_keeps_nothing(
    wrong: object,
) -> None:
    messages = []
    fake = FakeProducer()
    for producer in (fake, Producer(client=None, stream="orders")):  # type: ignore[arg-type]  # it makes no call
        with pytest.raises(MalformedOrderEvent, match=r"^event 2: ") as refusal:
            producer.put([SHIPPED, wrong])  # type: ignore[list-item]  # what a caller may get wrong
        messages.append(str(refusal.value))
    assert 1 == len(set(messages))
    assert [] == fake.events


def test_it_stands_for_a_stream_that_takes_nothing() -> None:
    fake = FakeProducer(refuses=True)
    with pytest.raises(NotTaken, match="the stream took 0 of 1 events") as refusal:
        fake.put([SHIPPED])
    assert (0, 1) == (refusal.value.taken, refusal.value.left)
    assert [] == fake.events
