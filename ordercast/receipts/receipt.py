"""Define what one receipt says of one message. Used by the receipt tracker, sweeper and senders."""

from datetime import datetime
from decimal import Decimal

from msgspec import Struct

from ordercast.errors import Rejected
from ordercast.events.order_event import Channel

NOTIFICATION_TAG = "notification_id"


class MalformedReceipt(Rejected):
    """The body is no receipt of either provider; the message says what is missing."""


class Receipt(Struct, frozen=True, kw_only=True):
    """One event of one provider message, by its `kind` (ordercast/receipts/provider_events.py).

    `notification_id` comes from an e-mail's tag or a text's context; `to` is the hash of a text's destination.
    `at` is when it happened, `sent_at` when the provider took the message, `price` in US dollars.
    """

    channel: Channel
    message_id: str
    kind: str
    at: datetime
    sent_at: datetime
    notification_id: str | None = None
    price: Decimal | None = None
    to: str | None = None


class CountedEvent(Struct, frozen=True, kw_only=True):
    """An event that is only counted: it does not change the state of a message."""

    kind: str
