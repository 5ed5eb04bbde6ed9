"""Generate orders, each of a customer of its own. Used by the benchmarks."""

import json
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

from lambda_event_sources.events import kinesis_record, lambda_event
from ordercast.events.identity import customer_key
from ordercast.events.order_event import Channel
from ordercast.people.person import Person

SHOP = "Leaf & Kettle"
ARRIVED_AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)

Event = dict[str, Any]
"""A Lambda event."""


def customers(count: int) -> list[Person]:
    """Return the records of *count* customers, who consented to every channel."""
    return [_customer(number) for number in range(count)]


def payloads(count: int, *, channel: str, contact: bool) -> list[bytes]:
    """Return an order of each customer; with *contact* it repeats the customer's record."""
    return [
        json.dumps(_order(number, channel=channel, contact=contact)).encode()
        for number in range(count)
    ]


def kinesis_event(payloads: Sequence[bytes]) -> Event:
    """Return a batch of one shard."""
    return lambda_event(
        kinesis_record(
            {"SequenceNumber": str(n), "Data": each, "ApproximateArrivalTimestamp": ARRIVED_AT},
            stream_arn="arn:aws:kinesis:us-east-1:123456789012:stream/orders",
            shard_id="shardId-000000000000",
            role_arn="arn:aws:iam::123456789012:role/order-relay",
        )
        for n, each in enumerate(payloads, start=101)
    )


def queue_event(bodies: Sequence[str]) -> Event:
    """Return a batch of one queue."""
    return {
        "Records": [
            {
                "messageId": f"m-{n}",
                "receiptHandle": f"r-{n}",
                "body": body,
                "attributes": {
                    "ApproximateReceiveCount": "1",
                    "SentTimestamp": "1772443811000",
                },
                "eventSource": "aws:sqs",
                "eventSourceARN": "arn:aws:sqs:us-east-1:123456789012:a-queue",
            }
            for n, body in enumerate(bodies)
        ]
    }


def _customer(number: int) -> Person:
    customer_id = f"c-{number:04}"
    return Person(
        key=customer_key(shop=SHOP, customer_id=customer_id),
        customer_id=customer_id,
        shop=SHOP,
        email=f"{customer_id}@example.com",
        phone=f"+1206555{100 + number % 100:04}",
        locale="en-US",
        country="US",
        time_zone="America/Los_Angeles",
        consents=frozenset(Channel),
    )


def _order(number: int, *, channel: str, contact: bool) -> dict[str, object]:
    customer = _customer(number)
    order_id = f"order-{number:06}"
    return {
        "event_id": f"{order_id}-confirmed",
        "order_id": order_id,
        "status": "confirmed",
        "occurred_at": "2026-03-02T09:29:58.123Z",
        "shop": SHOP,
        "customer_id": customer.customer_id,
        "amount": {"value": "92.40", "currency": "USD"},
        "items": [
            {"name": "Loose-leaf tea, 250 g", "quantity": 2},
            {"name": "Cast-iron teapot", "quantity": 1},
            {"name": "Honey, wildflower", "quantity": 1},
        ],
        **({"contact": {"email": customer.email, "phone": customer.phone}} if contact else {}),
        "channel": channel,
        "tracking_url": f"https://shop.example.com/orders/{order_id}",
        "campaign": "spring-2026",
    }
