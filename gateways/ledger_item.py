"""A notification in, its ledger item out, and back; the only place that knows the shape."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Any
from zlib import crc32

from gateways.dynamodb import Item, number, text
from notifications.identity import HALF
from notifications.lifecycle import State
from notifications.notification import Notification, OrderFacts
from notifications.order_event import Channel, Priority

DUE_SHARDS = 8  # so that no partition of the due index is hot

SORT_KEY_PREFIX = "notification#"


def key(notification_id: str) -> Item:
    """Return where the notification is: its id names the partition and the row in it."""
    return {
        "pk": text(notification_id[:HALF]),
        "sk": text(SORT_KEY_PREFIX + notification_id[HALF:]),
    }


def id_of(item: Item) -> str:
    """Return the notification id of an item or of its key."""
    return str(item["pk"]["S"]) + str(item["sk"]["S"]).removeprefix(SORT_KEY_PREFIX)


def is_notification(item: Item) -> bool:
    """Tell a notification from the other rows of its order."""
    return str(item["sk"]["S"]).startswith(SORT_KEY_PREFIX)


def due_shard(notification_id: str) -> str:
    """Return the partition of the due index that the notification waits in."""
    return f"due-{crc32(notification_id.encode()) % DUE_SHARDS}"


def write(notification: Notification) -> dict[str, Mapping[str, Any]]:
    """Return the item to insert; what is None is left out."""
    n = notification
    texts = {
        "order_id": n.order.order_id,
        "shop": n.order.shop,
        "amount": n.order.amount,
        "tracking_url": n.order.tracking_url,
        "status": n.status,
        "channel": n.channel,
        "priority": n.priority,
        "template": n.template,
        "template_version": n.template_version,
        "locale": n.locale,
        "recipient": n.recipient,
        "customer_id": n.customer_id,
        "campaign": n.campaign,
        "consent": n.consent,
        "state": n.state,
        "rule": n.rule,
        "due_shard": due_shard(n.id) if n.due_at else None,
    }
    times = {"occurred_at": n.occurred_at, "accepted_at": n.accepted_at, "due_at": n.due_at}
    numbers = {
        "ttl": int(n.expires_at.timestamp()),  # whole seconds, or DynamoDB ignores it
        "sweeps": n.sweeps,
        "version": n.version,
        "attempts": n.attempts,
    }
    return {
        **key(n.id),
        **{name: text(value) for name, value in texts.items() if value is not None},
        **{name: millis(value) for name, value in times.items() if value is not None},
        **{name: number(value) for name, value in numbers.items()},
        "items": {"L": [text(item) for item in n.order.items]},
    }


def read(item: Item) -> Notification:
    """Return the notification that the item tells of."""
    return Notification(
        id=id_of(item),
        order=OrderFacts(
            order_id=item["order_id"]["S"],
            shop=_text(item, "shop"),
            amount=_text(item, "amount"),
            items=tuple(each["S"] for each in item["items"]["L"]),
            tracking_url=_text(item, "tracking_url"),
        ),
        status=item["status"]["S"],
        channel=Channel(item["channel"]["S"]),
        priority=Priority(item["priority"]["S"]),
        template=item["template"]["S"],
        template_version=item["template_version"]["S"],
        locale=item["locale"]["S"],
        recipient=_text(item, "recipient"),
        customer_id=_text(item, "customer_id"),
        campaign=_text(item, "campaign"),
        consent=_text(item, "consent"),
        state=State(item["state"]["S"]),
        rule=_text(item, "rule"),
        occurred_at=_time(item, "occurred_at"),
        accepted_at=time_from_millis(item["accepted_at"]),
        expires_at=datetime.fromtimestamp(int(item["ttl"]["N"]), UTC),
        due_at=_time(item, "due_at"),
        sweeps=int(item["sweeps"]["N"]),
        version=int(item["version"]["N"]),
        attempts=int(item["attempts"]["N"]),
        owner=_text(item, "owner"),
        lease_until=_time(item, "lease_until"),
        message_id=_text(item, "message_id"),
        sent_at=_time(item, "sent_at"),
        closed_at=_time(item, "closed_at"),
    )


def millis(moment: datetime) -> Mapping[str, str]:
    """Write an instant: whole milliseconds since 1970."""
    return number(int(moment.timestamp() * 1000))


def time_from_millis(value: Mapping[str, Any]) -> datetime:
    """Read an instant that `millis` wrote."""
    return datetime.fromtimestamp(int(value["N"]) / 1000, UTC)


def _text(item: Item, name: str) -> str | None:
    return item[name]["S"] if name in item else None


def _time(item: Item, name: str) -> datetime | None:
    return time_from_millis(item[name]) if name in item else None
