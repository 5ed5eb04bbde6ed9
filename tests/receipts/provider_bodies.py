"""Build the receipts that SES and SNS send, and parse them. Used by tests of receipts."""

import json
from datetime import datetime
from pathlib import Path
from typing import Any

from ordercast.events.identity import notification_id
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.provider_events import meaning_of, reason
from ordercast.receipts.reading import read_receipt
from ordercast.receipts.receipt import Receipt
from tests.examples import PHONE, order_event
from tests.fakes.clock import START

RECORDINGS = Path(__file__).parents[1] / "recordings" / "aws"
NOTIFICATION = notification_id(order_event(), Channel.EMAIL)


def recorded(name: str) -> str:
    return (RECORDINGS / f"{name}.json").read_text()


def email_event(kind: str, *, notification: object = NOTIFICATION, **details: Any) -> str:
    mail = {"messageId": "0100-ses", "tags": {"notification_id": [notification]}}
    return json.dumps({"eventType": kind, "mail": mail, kind[:1].lower() + kind[1:]: details})


def sms_line(
    *,
    answer: object = None,
    status: object = "SUCCESS",
    message_id: object = "m-1",
    timestamp: object = None,
    **delivery: Any,
) -> str:
    details = {"destination": PHONE, "providerResponse": answer, **delivery}
    notification = {"messageId": message_id, "timestamp": timestamp}
    return json.dumps({"notification": notification, "delivery": details, "status": status})


def receipt(body: str, *, received_at: datetime = START) -> Receipt:
    read = read_receipt(body, received_at=received_at)
    assert isinstance(read, Receipt)
    return read


def says(body: str) -> tuple[State, str | None]:
    """Return the state that a receipt names, and the reason that it gives."""
    read = receipt(body)
    return meaning_of(read.kind, read.channel).state, reason(read.kind, read.channel)
