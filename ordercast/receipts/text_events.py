"""Read SMS delivery-log lines of SNS, and text events of End User Messaging. Used by reading.py."""

import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from ordercast.events.identity import address_key, is_notification_id
from ordercast.events.order_event import Channel
from ordercast.receipts.provider_events import FINALLY, UNKNOWN, sms_kind
from ordercast.receipts.receipt import NOTIFICATION_TAG, Receipt
from ordercast.receipts.receipt_values import (
    SAFE,
    epoch_in,
    message_id_in,
    object_in,
    price_in,
    time_in,
    word,
)

_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")
_LONGEST_DWELL = 7 * 24 * 3600 * 1000

TEXT = "TEXT_"
"""How the types of text events begin."""


def logged_receipt(line: Mapping[str, Any], received_at: datetime) -> Receipt:
    """Read a line of the delivery log that SNS writes."""
    notification, delivery = object_in(line, "notification"), object_in(line, "delivery")
    sent_at = time_in(notification.get("timestamp"), received_at)
    dwelt = _dwell(delivery)
    at = sent_at + dwelt if sent_at and dwelt is not None else None
    return Receipt(
        channel=Channel.SMS,
        message_id=message_id_in(notification, "notification"),
        kind=_sms_kind(line.get("status"), delivery.get("providerResponse")),
        at=at or sent_at or received_at,
        sent_at=sent_at or received_at,
        price=price_in(delivery.get("priceInUSD")),
        to=_to(delivery.get("destination")),
    )


def text_event_receipt(event: Mapping[str, Any], received_at: datetime) -> Receipt:
    """Read a text event of AWS End User Messaging, which delivers what SNS takes too.

    Its context has the notification's id where we sent it ourselves. EventBridge's form of it lacks
    the number.
    """
    sent_at = epoch_in(event.get("messageRequestTimestamp"), received_at)
    at = epoch_in(event.get("eventTimestamp"), received_at)
    prices = [price_in(event.get(each)) for each in ("totalMessagePrice", "totalCarrierFee")]
    known = [each for each in prices if each is not None]
    return Receipt(
        channel=Channel.SMS,
        message_id=message_id_in(event, "event"),
        notification_id=_context(event),
        kind=_text_event_kind(event),
        at=at or sent_at or received_at,
        sent_at=sent_at or received_at,
        price=sum(known, Decimal(0)) if known else None,
        to=_to(event.get("destinationPhoneNumber")),
    )


def _text_event_kind(event: Mapping[str, Any]) -> str:
    """Return the kind by the event's type; a delivery log says the same in other words."""
    name = str(event.get("eventType")).removeprefix(TEXT)
    final = event.get("isFinal") is True and name in _MAY_BE_FINAL
    known = _TEXT_EVENTS.get(name)
    return f"{known}{FINALLY}" if final else known or word(name) or UNKNOWN


def _context(event: Mapping[str, Any]) -> str | None:
    tag = object_in(event, "context").get(NOTIFICATION_TAG)
    return tag if isinstance(tag, str) and is_notification_id(tag) else None


_MAY_BE_FINAL = {"UNREACHABLE", "CARRIER_UNREACHABLE"}
"""What the service may try again, or gives up with."""

_TEXT_EVENTS = {
    "SUCCESSFUL": "SUCCESS/Message has been accepted by phone carrier",
    "DELIVERED": "SUCCESS/Message has been accepted by phone",
    "INVALID": "FAILURE/Invalid phone number",
    "INVALID_MESSAGE": "FAILURE/Message body is invalid",
    "UNREACHABLE": "FAILURE/Phone is currently unreachable/unavailable",
    "CARRIER_UNREACHABLE": "FAILURE/Phone carrier is currently unreachable/unavailable",
    "BLOCKED": "FAILURE/Phone has blocked SMS",
    "CARRIER_BLOCKED": "FAILURE/Phone carrier has blocked this message",
    "SPAM": "FAILURE/Blocked as spam by phone carrier",
    "UNKNOWN": "FAILURE/Unknown error attempting to reach phone",
    "TTL_EXPIRED": "FAILURE/The delivery TTL has expired",
    "PROTECT_BLOCKED": "FAILURE/Blocked by a protect configuration",
}


def _sms_kind(status: object, answer: object) -> str:
    """Return a line's status and the provider's answer, as far as they are safe to keep."""
    outcome = word(status) or UNKNOWN
    if not isinstance(answer, str) or not answer:
        return sms_kind(outcome) or outcome
    known = sms_kind(f"{outcome}/{answer}")
    return known or f"{outcome}/{answer if SAFE.fullmatch(answer) else UNKNOWN}"


def _to(destination: object) -> str | None:
    """Return the hash of a number; None where it is masked or missing."""
    has_number = isinstance(destination, str) and _NUMBER.fullmatch(destination)
    return address_key(str(destination)) if has_number else None


def _dwell(delivery: Mapping[str, Any]) -> timedelta | None:
    """Return the time until the handset, or else the carrier, acknowledged."""
    for name in ("dwellTimeMsUntilDeviceAck", "dwellTimeMs"):
        value = delivery.get(name)
        if isinstance(value, int) and 0 <= value <= _LONGEST_DWELL:
            return timedelta(milliseconds=value)
    return None
