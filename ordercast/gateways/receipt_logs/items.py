"""A trail in, the item of the receipts table out, and back; the only place that knows its shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.table import Item, dollars, millis, number, text, time_from_millis
from ordercast.receipts.receipt_log import Fact, Trail

DUE_INDEX = "due"
DUE_SHARDS = 8  # so that no partition of the index is hot

DUE, UNATTRIBUTED = "due", "unattributed"
"""What an item waits for in the index: the sweeper, or nobody."""


def key(message_id: str) -> Item:
    """Return where a message's trail is."""
    return {"message_id": text(message_id)}


def partitions(waiting_for: str) -> list[str]:
    """Return the partitions of the index that what waits so is in."""
    return [f"{waiting_for}-{shard}" for shard in range(DUE_SHARDS)]


def write(trail: Trail) -> dict[str, Mapping[str, Any]]:
    """Return a trail's item; what is None is left out."""
    t = trail
    shard = crc32(t.message_id.encode()) % DUE_SHARDS
    waits = f"{UNATTRIBUTED if t.unattributed else DUE}-{shard}" if t.due_at else None
    strings = {
        "message_id": t.message_id,
        "channel": t.channel,
        "notification_id": t.notification_id,
        "to": t.to,
        "due_shard": waits,
    }
    facts = {"facts": {"M": {kind: _fact(fact) for kind, fact in t.facts.items()}}}
    return {
        **{name: text(value) for name, value in strings.items() if value is not None},
        "sent_at": millis(t.sent_at),
        "version": number(t.version),
        "ttl": number(int(t.expires_at.timestamp())),  # whole seconds, or DynamoDB ignores it
        **({"due_at": millis(t.due_at)} if t.due_at else {}),
        **(facts if t.facts else {}),
    }


def read(item: Item) -> Trail:
    """Return the trail that the item tells of."""
    facts = item["facts"]["M"] if "facts" in item else {}
    return Trail(
        message_id=item["message_id"]["S"],
        channel=Channel(item["channel"]["S"]),
        notification_id=item["notification_id"]["S"] if "notification_id" in item else None,
        to=item["to"]["S"] if "to" in item else None,
        sent_at=time_from_millis(item["sent_at"]),
        expires_at=datetime.fromtimestamp(int(item["ttl"]["N"]), UTC),
        due_at=time_from_millis(item["due_at"]) if "due_at" in item else None,
        unattributed=str(item.get("due_shard", {}).get("S", "")).startswith(UNATTRIBUTED),
        facts={kind: _read_fact(fact["M"]) for kind, fact in facts.items()},
        version=int(item["version"]["N"]),
    )


def _fact(fact: Fact) -> Mapping[str, Any]:
    price = {} if fact.price is None else {"price": dollars(fact.price)}
    return {"M": {"at": millis(fact.at), **price}}


def _read_fact(fact: Item) -> Fact:
    price = Decimal(fact["price"]["N"]) if "price" in fact else None
    return Fact(at=time_from_millis(fact["at"]), price=price)
