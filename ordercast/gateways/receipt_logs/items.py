"""A trail in, the item of the receipts table out, and back; the only place that knows its shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from zlib import crc32

from ordercast.events.order_event import Channel
from ordercast.gateways.dynamodb.table import Item, dollars, millis, number, text, time_from_millis
from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog

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


def write(receipt_log: ReceiptLog) -> dict[str, Mapping[str, Any]]:
    """Return a trail's item; what is None is left out."""
    t = receipt_log
    shard = crc32(t.message_id.encode()) % DUE_SHARDS
    waits = f"{UNATTRIBUTED if t.unattributed else DUE}-{shard}" if t.due_at else None
    strings = {
        "message_id": t.message_id,
        "channel": t.channel,
        "notification_id": t.notification_id,
        "to": t.to,
        "due_shard": waits,
    }
    receipt_events = {
        "receipt_events": {
            "M": {
                kind: _receipt_event(receipt_event)
                for kind, receipt_event in t.receipt_events.items()
            }
        }
    }
    return {
        **{name: text(value) for name, value in strings.items() if value is not None},
        "sent_at": millis(t.sent_at),
        "version": number(t.version),
        "ttl": number(int(t.expires_at.timestamp())),  # whole seconds, or DynamoDB ignores it
        **({"due_at": millis(t.due_at)} if t.due_at else {}),
        **(receipt_events if t.receipt_events else {}),
    }


def read(item: Item) -> ReceiptLog:
    """Return the trail that the item tells of."""
    receipt_events = item["receipt_events"]["M"] if "receipt_events" in item else {}
    return ReceiptLog(
        message_id=item["message_id"]["S"],
        channel=Channel(item["channel"]["S"]),
        notification_id=item["notification_id"]["S"] if "notification_id" in item else None,
        to=item["to"]["S"] if "to" in item else None,
        sent_at=time_from_millis(item["sent_at"]),
        expires_at=datetime.fromtimestamp(int(item["ttl"]["N"]), UTC),
        due_at=time_from_millis(item["due_at"]) if "due_at" in item else None,
        unattributed=str(item.get("due_shard", {}).get("S", "")).startswith(UNATTRIBUTED),
        receipt_events={
            kind: _read_receipt_event(receipt_event["M"])
            for kind, receipt_event in receipt_events.items()
        },
        version=int(item["version"]["N"]),
    )


def _receipt_event(receipt_event: ReceiptEvent) -> Mapping[str, Any]:
    price = {} if receipt_event.price is None else {"price": dollars(receipt_event.price)}
    return {"M": {"at": millis(receipt_event.at), **price}}


def _read_receipt_event(receipt_event: Item) -> ReceiptEvent:
    price = Decimal(receipt_event["price"]["N"]) if "price" in receipt_event else None
    return ReceiptEvent(at=time_from_millis(receipt_event["at"]), price=price)
