"""Write the receipt that a provider sends for a message. Used by the explorer's provider."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification

SOON = timedelta(seconds=10)
LATE = timedelta(minutes=2)


@dataclass(frozen=True, slots=True, kw_only=True)
class ReceiptScript:
    """One receipt: its `kind`, how long after the message was taken, and at which price.

    An e-mail's names its notification unless it is not `tagged`.
    """

    kind: str
    after: timedelta = SOON
    price: str | None = None
    tagged: bool = True


def receipt(
    row: Notification, message_id: str, script: ReceiptScript, *, taken_at: datetime
) -> str:
    """Write the event that SES sends, or the line that SNS logs."""
    if row.channel is Channel.EMAIL:
        return json.dumps(_event(row, message_id, script, taken_at))
    return json.dumps(_line(row, message_id, script, taken_at))


def _event(
    row: Notification, message_id: str, script: ReceiptScript, taken_at: datetime
) -> Mapping[str, Any]:
    name, detail = _EVENTS[script.kind]
    mail: dict[str, Any] = {"messageId": message_id, "timestamp": taken_at.isoformat()}
    if script.tagged:
        mail["tags"] = {"notification_id": [row.id]}
    event = {**detail, "timestamp": (taken_at + script.after).isoformat()}
    return {"eventType": name, "mail": mail, name.lower(): event}


def _line(
    row: Notification, message_id: str, script: ReceiptScript, taken_at: datetime
) -> Mapping[str, Any]:
    status, answer = _LINES[script.kind]
    price = {} if script.price is None else {"priceInUSD": float(script.price)}
    return {
        "notification": {"messageId": message_id, "timestamp": taken_at.isoformat()},
        "delivery": {
            "providerResponse": answer,
            "destination": row.recipient,
            "dwellTimeMs": script.after // timedelta(milliseconds=1),
            **price,
        },
        "status": status,
    }


_EVENTS: Mapping[str, tuple[str, Mapping[str, str]]] = {
    "delivered": ("Delivery", {}),
    "bounced": ("Bounce", {"bounceType": "Permanent", "bounceSubType": "General"}),
    "full": ("Bounce", {"bounceType": "Transient", "bounceSubType": "MailboxFull"}),
    "complained": ("Complaint", {"complaintFeedbackType": "abuse"}),
}

_LINES = {
    "carrier": ("SUCCESS", "Message has been accepted by phone carrier"),
    "delivered": ("SUCCESS", "Message has been accepted by phone"),
    "unreachable": ("FAILURE", "Phone is currently unreachable/unavailable"),
    "given up": ("FAILURE", "Phone is currently unreachable/unavailable, and no further attempt"),
    "no quota": ("FAILURE", "No quota left for account"),
    "opted out": ("FAILURE", "Phone number is opted out"),
}
