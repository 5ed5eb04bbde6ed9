"""Read rollup inputs from the ledger's stream records or items. Used by the analytics processor.

Only the attributes that count are read off the wire map: turning whole images into Python values
costs many times what everything else here does.
"""

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal
from functools import lru_cache
from typing import Any, NamedTuple

from ordercast.gateways.dynamodb.codec import Item, time_from_millis
from ordercast.gateways.ledger.keys import id_of, is_notification
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.rollups.rollup import RollupInput, RollupKey, hour_of, short


class StreamChange(NamedTuple):
    """The newest image of one notification in a batch, and where its first one stands."""

    image: Item
    version: int
    sequence_number: str


def newest(records: Iterable[Mapping[str, Any]]) -> dict[str, StreamChange]:
    """Return the newest image of each notification, by id; the stream may be in any order.

    What is removed counts as nothing: retention deletes rows, and nothing becomes unsent by it.
    `sequence_number` is the notification's lowest in the batch: a redelivery begins there.
    """
    changes: dict[str, StreamChange] = {}
    for record in records:
        image = record["dynamodb"].get("NewImage")
        if image is None or not is_notification(image):
            continue
        notification_id, version = id_of(image), int(image["version"]["N"])
        first = record["dynamodb"]["SequenceNumber"]
        known = changes.get(notification_id)
        if known is not None:
            first = min(first, known.sequence_number, key=int)
            if known.version >= version:
                image, version = known.image, known.version
        changes[notification_id] = StreamChange(image, version, first)
    return changes


def rollup_input_of(image: Item) -> RollupInput:
    """Return what counts of a notification's image or item."""
    state = image["state"]["S"]
    return RollupInput(
        id=id_of(image),
        version=int(image["version"]["N"]),
        state=state,
        rule=_text(image, "rule"),
        bucket=RollupKey(
            hour=_hour(int(image["effective_at"]["N"]) // _HOUR),
            channel=image["channel"]["S"],
            country=_text(image, "country"),
            template=image["template"]["S"],
            campaign=short(_text(image, "campaign")),
            shop=short(_text(image, "shop")),
        ),
        effective_at=time_from_millis(image["effective_at"]),
        occurred_at=_time(image, "occurred_at"),
        sent_at=_time(image, "sent_at"),
        delivered_at=_time(image, "delivered_at"),
        keep_until=int(image["ttl"]["N"]),
        taken=state in _TAKEN or _has_sent(image),
        parts=int(image["parts"]["N"]) if "parts" in image else 0,
        estimate=_money(image, "estimate"),
        reserved=_money(image, "reserved"),
        drawn=_money(image, "drawn"),
        closed=state in FINAL or "closed_at" in image,
        cost=_money(image, "cost"),
        cost_source=_text(image, "cost_source"),
        fallback="fallback_for" in image,
    )


# States of messages that a provider accepted.
_TAKEN = frozenset(
    {
        *(State.SENT, State.UNCONFIRMED, State.CARRIER_ACCEPTED, State.FAILED_FOR_NOW),
        *(State.DELAYED, State.AUTO_REPLIED, State.SOFT_BOUNCED, State.BOUNCED),
        *(State.DELIVERED, State.COMPLAINED),
    }
)


def _has_sent(image: Item) -> bool:
    """Tell whether there is a message that the account could send."""
    messages = image.get("messages", {}).get("M", {})
    return any(each["M"]["state"]["S"] != State.DEFERRED for each in messages.values())


_HOUR = 3_600_000  # milliseconds


@lru_cache(maxsize=1024)
def _hour(hours: int) -> str:
    return hour_of(time_from_millis({"N": str(hours * _HOUR)}))


def _text(image: Item, name: str) -> str | None:
    value = image.get(name)
    return value["S"] if value else None


def _time(image: Item, name: str) -> datetime | None:
    value = image.get(name)
    return time_from_millis(value) if value else None


def _money(image: Item, name: str) -> Decimal | None:
    """Read US dollars, however they are written: as text or as a number."""
    value = image.get(name)
    return Decimal(value.get("S") or value["N"]) if value else None
