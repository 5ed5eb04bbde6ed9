"""Write receipt logs as items of the receipts table and read them back. Used by their gateway."""

from collections.abc import Iterable

from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.codec import (
    DOLLARS,
    INSTANT,
    NUMBER,
    TEXT,
    TTL,
    Attribute,
    Fields,
    Item,
    map_of,
    record_of,
    text,
    text_of,
)
from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog
from ordercast.sending.due_partitions import SHARDS, shard_of

DUE_INDEX = "due"

DUE, UNATTRIBUTED = "due", "unattributed"
"""What an item waits for in the index: a look of the sweeper, or the end of its retention."""

_FIELDS = Fields.of(
    {
        **dict.fromkeys(("message_id", "notification_id", "to"), TEXT),
        "channel": text_of(Channel),
        "sent_at": INSTANT,
        "due_at": INSTANT,
        "expires_at": TTL,
        "version": NUMBER,
        "receipt_events": map_of(record_of(ReceiptEvent, {"at": INSTANT, "price": DOLLARS})),
    },
    expires_at="ttl",
)


def key(message_id: str) -> Item:
    """Return the key of a message's receipt log."""
    return {"message_id": text(message_id)}


def partitions(waiting_for: str, shards: Iterable[int] = SHARDS) -> list[str]:
    """Return the partitions of the due index that hold what waits for `DUE` or `UNATTRIBUTED`."""
    return [f"{waiting_for}-{shard}" for shard in shards]


def write(receipt_log: ReceiptLog) -> dict[str, Attribute]:
    """Return the item of a receipt log; what is None is left out."""
    waits_for = UNATTRIBUTED if receipt_log.unattributed else DUE
    due = (
        {"due_shard": text(f"{waits_for}-{shard_of(receipt_log.message_id)}")}
        if receipt_log.due_at
        else {}
    )
    return {**_FIELDS.write(receipt_log), **due}


def read(item: Item) -> ReceiptLog:
    """Return the receipt log that the item holds."""
    due_shard = str(item.get("due_shard", {}).get("S", ""))
    return ReceiptLog(unattributed=due_shard.startswith(UNATTRIBUTED), **_FIELDS.read(item))
