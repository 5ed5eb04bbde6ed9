"""Read SES events and SMS delivery-log lines into receipts. Used by the receipt tracker.

Only the message id is required; unknown values are left out or kept verbatim, never guessed. A
receipt depends on its body alone, not on when it is read; only a missing or impossible time is
replaced by the time at which the queue received it.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ordercast.errors import Rejected
from ordercast.events.identity import address_key, is_notification_id
from ordercast.events.order_event import Channel
from ordercast.receipts.provider_events import COUNTED, EMAIL, SMS, UNKNOWN

NOTIFICATION_TAG = "notification_id"

# SES publishes this plain text once, when a topic is attached to a configuration set.
_SES_GREETING = "Successfully validated SNS topic"

_MESSAGE_ID = re.compile(r"[!-~]{1,256}")
_NUMBER = re.compile(r"\+[1-9][0-9]{6,14}")

# The form of unknown names and answers that are kept: it can hold no address and no number.
_SAFE = re.compile(r"[A-Za-z][A-Za-z _/-]{0,63}")

# Providers report for 72 hours; logs may be read again later.
_LONGEST_AGO = timedelta(days=60)
_AHEAD = timedelta(hours=1)
_LONGEST_DWELL = 7 * 24 * 3600 * 1000

_DEAREST = Decimal(10_000)
_FRACTION = Decimal("0.000000001")


class MalformedReceipt(Rejected):
    """The body is no receipt of either provider; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One event of one provider message, by its `kind` (ordercast/receipts/provider_events.py).

    `notification_id` comes from an e-mail's tag; `to` is the hash of a text's destination.
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


@dataclass(frozen=True, slots=True, kw_only=True)
class CountedEvent:
    """An event that is only counted: it does not change the state of a message."""

    kind: str


def read_receipt(body: str, *, received_at: datetime) -> Receipt | CountedEvent:
    """Read an SES event or an SMS delivery-log line that was received at *received_at*.

    Raises `MalformedReceipt` if it has no message id.
    """
    if body.startswith(_SES_GREETING):
        return CountedEvent(kind="Greeting")
    try:
        document = json.loads(body, parse_float=Decimal, parse_constant=lambda _: None)
    except (ValueError, RecursionError):
        message = "receipt: not JSON"
        raise MalformedReceipt(message) from None
    if not isinstance(document, dict):
        message = "receipt: not a JSON object"
        raise MalformedReceipt(message)
    if "eventType" in document or "notificationType" in document:
        return _email_receipt(document, received_at)
    return _sms_receipt(document, received_at)


def _email_receipt(event: Mapping[str, Any], received_at: datetime) -> Receipt | CountedEvent:
    name = event.get("eventType", event.get("notificationType"))
    if name in COUNTED if isinstance(name, str) else False:
        return CountedEvent(kind=str(name))
    mail = _object(event, "mail")
    detail = _detail(event, name)
    sent_at = _time(mail.get("timestamp"), received_at)
    times = (_time(detail.get(each), received_at) for each in ("timestamp", "arrivalDate"))
    return Receipt(
        channel=Channel.EMAIL,
        message_id=_message_id(mail, "mail"),
        notification_id=_tag(mail),
        kind=_email_kind(name, detail),
        at=next((each for each in times if each), sent_at) or received_at,
        sent_at=sent_at or received_at,
    )


def _detail(event: Mapping[str, Any], name: object) -> Mapping[str, Any]:
    """Return the object named after the event: `bounce`, `deliveryDelay`."""
    text = name if isinstance(name, str) else ""
    return _object(event, text[:1].lower() + text[1:])


def _email_kind(name: object, detail: Mapping[str, Any]) -> str:
    """Return the event's name and its known types, joined by `/`."""
    match name:
        case "Bounce":
            types = [detail.get("bounceType"), detail.get("bounceSubType")]
        case "Complaint":
            types = [detail.get("complaintSubType") or detail.get("complaintFeedbackType")]
        case "DeliveryDelay":
            types = [detail.get("delayType")]
        case _:
            types = []
    words = [_word(each) for each in types]
    known = words[: words.index(None)] if None in words else words
    kind = "/".join([_word(name) or UNKNOWN, *filter(None, known)])
    return kind if kind in EMAIL or _SAFE.fullmatch(kind) else UNKNOWN


def _word(name: object) -> str | None:
    """Return *name* if it has the form of an event type and cannot be personal data."""
    fits = isinstance(name, str) and "/" not in name and _SAFE.fullmatch(name)
    return str(name) if fits else None


def _sms_receipt(line: Mapping[str, Any], received_at: datetime) -> Receipt:
    notification, delivery = _object(line, "notification"), _object(line, "delivery")
    sent_at = _time(notification.get("timestamp"), received_at)
    dwelt = _dwell(delivery)
    at = sent_at + dwelt if sent_at and dwelt is not None else None
    destination = delivery.get("destination")
    has_number = isinstance(destination, str) and _NUMBER.fullmatch(destination)
    return Receipt(
        channel=Channel.SMS,
        message_id=_message_id(notification, "notification"),
        kind=_sms_kind(line.get("status"), delivery.get("providerResponse")),
        at=at or sent_at or received_at,
        sent_at=sent_at or received_at,
        price=_price(delivery.get("priceInUSD")),
        to=address_key(str(destination)) if has_number else None,
    )


def _sms_kind(status: object, answer: object) -> str:
    """Return a line's status and the provider's answer, as far as they are safe to keep."""
    outcome = _word(status) or UNKNOWN
    if not isinstance(answer, str) or not answer:
        return outcome
    kind = f"{outcome}/{answer}"
    if kind not in SMS:
        # Some answers have been seen with a full stop and without.
        other = kind.removesuffix(".") if kind.endswith(".") else f"{kind}."
        kind = other if other in SMS else kind
    return kind if kind in SMS or _SAFE.fullmatch(answer) else f"{outcome}/{UNKNOWN}"


def _dwell(delivery: Mapping[str, Any]) -> timedelta | None:
    """Return the time until the handset, or else the carrier, acknowledged."""
    for name in ("dwellTimeMsUntilDeviceAck", "dwellTimeMs"):
        value = delivery.get(name)
        if isinstance(value, int) and 0 <= value <= _LONGEST_DWELL:
            return timedelta(milliseconds=value)
    return None


def _price(value: object) -> Decimal | None:
    """Return a price in US dollars; None if there is none, which is not the same as 0."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    price = Decimal(value)
    return price.quantize(_FRACTION).normalize() if 0 <= price < _DEAREST else None


def _time(written: object, received_at: datetime) -> datetime | None:
    """Read an instant, by default in UTC, to the millisecond.

    None if it is unreadable or impossible: a wrong clock would otherwise win every merge.
    """
    if not isinstance(written, str):
        return None
    try:
        read = datetime.fromisoformat(written)
        moment = (read if read.tzinfo else read.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
    if not received_at - _LONGEST_AGO <= moment <= received_at + _AHEAD:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def _tag(mail: Mapping[str, Any]) -> str | None:
    values = _object(mail, "tags").get(NOTIFICATION_TAG)
    tag = str(values[0]) if isinstance(values, list) and values else ""
    return tag if is_notification_id(tag) else None


def _message_id(holder: Mapping[str, Any], name: str) -> str:
    message_id = holder.get("messageId")
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        message = f"receipt: {name}.messageId is missing"
        raise MalformedReceipt(message)
    return message_id


def _object(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    value = holder.get(name)
    return value if isinstance(value, dict) else {}
