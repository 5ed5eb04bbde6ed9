"""What a provider has to say of a message in, the body that its receipt then has out."""

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
class Word:
    """One receipt: what is `said`, how long after the message was taken, and at which price.

    An e-mail's names its notification unless it is not `tagged`.
    """

    said: str
    after: timedelta = SOON
    price: str | None = None
    tagged: bool = True


def receipt(row: Notification, message_id: str, word: Word, *, taken_at: datetime) -> str:
    """Write the event that SES sends, or the line that SNS logs."""
    if row.channel is Channel.EMAIL:
        return json.dumps(_event(row, message_id, word, taken_at))
    return json.dumps(_line(row, message_id, word, taken_at))


def _event(row: Notification, message_id: str, word: Word, taken_at: datetime) -> Mapping[str, Any]:
    name, detail = _EVENTS[word.said]
    mail: dict[str, Any] = {"messageId": message_id, "timestamp": taken_at.isoformat()}
    if word.tagged:
        mail["tags"] = {"notification_id": [row.id]}
    told = {**detail, "timestamp": (taken_at + word.after).isoformat()}
    return {"eventType": name, "mail": mail, name.lower(): told}


def _line(row: Notification, message_id: str, word: Word, taken_at: datetime) -> Mapping[str, Any]:
    status, answer = _LINES[word.said]
    price = {} if word.price is None else {"priceInUSD": float(word.price)}
    return {
        "notification": {"messageId": message_id, "timestamp": taken_at.isoformat()},
        "delivery": {
            "providerResponse": answer,
            "destination": row.recipient,
            "dwellTimeMs": word.after // timedelta(milliseconds=1),
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
    "opted out": ("FAILURE", "Phone number is opted out"),
}
