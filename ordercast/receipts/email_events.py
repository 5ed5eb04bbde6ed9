"""Read SES events as receipts. Used by reading.py."""

import re
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from ordercast.events.identity import is_notification_id
from ordercast.events.order_event import Channel
from ordercast.receipts.provider_events import (
    COUNTED,
    DELAYED,
    EMAIL,
    FAILED,
    PERMANENT,
    UNKNOWN,
)
from ordercast.receipts.receipt import NOTIFICATION_TAG, CountedEvent, Receipt
from ordercast.receipts.receipt_values import SAFE, message_id_in, object_in, time_in, word

GREETING = CountedEvent(kind="Greeting")
"""What SES publishes once, when a topic is attached to it."""

_SUBSCRIBED = "AmazonSnsSubscriptionSucceeded"

# RFC 3463. Of the permanent failures these concern the message: its size, its content, a policy.
_OF_THE_MESSAGE = re.compile(r"\s*5\.(?:2\.3|3\.4|6\.\d+|7\.\d+)\b")
_PERMANENT = re.compile(r"\s*5\.\d{1,3}\.\d{1,3}\b")


def email_receipt(event: Mapping[str, Any], received_at: datetime) -> Receipt | CountedEvent:
    """Read an event of either form, `eventType` or `notificationType`."""
    name = event.get("eventType", event.get("notificationType"))
    if name == _SUBSCRIBED:
        return GREETING
    if name in COUNTED if isinstance(name, str) else False:
        return CountedEvent(kind=str(name))
    mail = object_in(event, "mail")
    detail = _detail(event, name)
    sent_at = time_in(mail.get("timestamp"), received_at)
    times = (time_in(detail.get(each), received_at) for each in ("timestamp", "arrivalDate"))
    return Receipt(
        channel=Channel.EMAIL,
        message_id=message_id_in(mail, "mail"),
        notification_id=_tag(mail),
        kind=_email_kind(name, detail),
        at=next((each for each in times if each), sent_at) or received_at,
        sent_at=sent_at or received_at,
    )


def _detail(event: Mapping[str, Any], name: object) -> Mapping[str, Any]:
    """Return the object named after the event: `bounce`, `deliveryDelay`."""
    text = name if isinstance(name, str) else ""
    return object_in(event, text[:1].lower() + text[1:])


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
    words = [word(each) for each in types]
    known = words[: words.index(None)] if None in words else words
    action = _action(detail) if name == "Bounce" else None
    kind = "/".join(filter(None, [word(name) or UNKNOWN, *known, action]))
    return kind if kind in EMAIL or SAFE.fullmatch(kind) else UNKNOWN


def _action(bounce: Mapping[str, Any]) -> str | None:
    """Return what the recipient's server did, where SES does not say it by the type.

    A transient or undetermined bounce is an automatic reply or unknown, unless the delivery report
    in it says that the message failed or waits.
    """
    if bounce.get("bounceType") not in _VAGUE or bounce.get("bounceSubType") not in _GENERAL:
        return None
    recipients = bounce.get("bouncedRecipients")
    reports = recipients if isinstance(recipients, list) else []
    found = [_reported(each) for each in reports if isinstance(each, dict)]
    return next((each for each in (PERMANENT, FAILED, DELAYED) if each in found), None)


def _reported(recipient: Mapping[str, Any]) -> str | None:
    action = str(recipient.get("action")).strip().lower()
    if action != FAILED:
        return DELAYED if action == DELAYED else None
    status = str(recipient.get("status"))
    is_permanent = _PERMANENT.match(status) and not _OF_THE_MESSAGE.match(status)
    return PERMANENT if is_permanent else FAILED


_VAGUE = ("Transient", "Undetermined")
_GENERAL = ("General", "Undetermined", None)


def _tag(mail: Mapping[str, Any]) -> str | None:
    values = object_in(mail, "tags").get(NOTIFICATION_TAG)
    tag = str(values[0]) if isinstance(values, list) and values else ""
    return tag if is_notification_id(tag) else None
