"""Derive the ids of an order event and its notifications. Used to recognise a redelivery.

The same event always gives the same ids.

The first half of a notification id is the ledger partition (the order), the second half the
notification in it. It consists of `[A-Za-z0-9_-]`, so it fits an SES message tag.
"""

import json
import re
from base64 import urlsafe_b64encode
from functools import lru_cache
from hashlib import blake2b

from ordercast.events.address_secret import address_secret
from ordercast.events.order_event import Channel, OrderEvent

HALF = 22  # characters of 128 bits in base64url without padding

_NOTIFICATION_ID = re.compile(rf"[A-Za-z0-9_-]{{{2 * HALF}}}")


def order_hash(event: OrderEvent) -> str:
    """Return the ledger partition of the event's order."""
    return order_hash_for(shop=event.shop, order_id=event.order_id)


def known_by(event: OrderEvent) -> tuple[str, ...]:
    """Return the names of the contract's fields that identify this event."""
    if event.event_id is not None:
        return ("shop", "order_id", "event_id")
    return ("shop", "order_id", "status", "occurred_at", "tracking_url")


def event_hash(event: OrderEvent) -> str:
    """Return the hash that identifies this event: of its id, else of its status as written and its time."""
    if event.event_id is not None:
        return _hash("event-id", event.shop, event.event_id)
    occurred_at = event.occurred_at.isoformat() if event.occurred_at else None
    return _hash(
        "event", event.shop, event.order_id, event.written_status, occurred_at, event.written_link
    )


def notification_id(event: OrderEvent, channel: Channel) -> str:
    """Return the id of the event's notification on *channel*."""
    return notification_id_for(order_hash(event), event_hash(event), channel)


def notification_id_for(order: str, event: str, channel: Channel) -> str:
    """Return the id of a notification by its `order_hash`, its `event_hash` and *channel*."""
    return order + _hash("notification", event, channel)


def resend_id(first: str, number: int) -> str:
    """Return the id of the notification as which *first*, by id, is sent again by an operator; *number* is from 1."""
    return order_of(first) + _hash("resend", first, str(number))


def order_of(notification_id: str) -> str:
    """Return the ledger partition that the id names."""
    return notification_id[:HALF]


def customer_key(*, shop: str | None, customer_id: str) -> str:
    """Return the key of a customer's record."""
    return _hash("customer", shop, customer_id)


def address_key(address: str) -> str:
    """Return the key of an address's record: a hash by the stage's secret, so that the address is not stored.

    Raises `AddressSecretUnavailable`.
    """
    return keyed_address(address, key=address_secret().key)


@lru_cache(maxsize=4096)
def keyed_address(address: str, *, key: bytes) -> str:
    """Return the hash of an address by a secret of 64 bytes at most, as RFC 7693 keys BLAKE2b.

    Without the secret nobody finds the number of a hash by trying all numbers.
    """
    written = json.dumps(("address", address.lower())).encode()
    return _written(blake2b(written, digest_size=16, key=key))


def is_notification_id(text: str) -> bool:
    """Tell whether *text*, from a message tag or a queue, has the form of a notification id."""
    return _NOTIFICATION_ID.fullmatch(text) is not None


def order_hash_for(*, shop: str | None, order_id: str) -> str:
    """Return the ledger partition of an order by its shop and id."""
    return _hash("order", shop, order_id)


@lru_cache(maxsize=4096)
def _hash(*parts: str | None) -> str:
    # Cached: each step of a batch needs the ids of the same few hundred events.
    # JSON keeps ("a", "b") and ("ab", None) apart, whatever the parts contain.
    return _written(blake2b(json.dumps(parts).encode(), digest_size=16))


def _written(digest: blake2b) -> str:
    return urlsafe_b64encode(digest.digest()).decode().rstrip("=")
