"""A provider's later word in, a receipt out: which message, and what became of it.

Every field but the message id is optional, and what is unknown is kept out rather than guessed.
Sources: AWS docs "Contents of event data that Amazon SES publishes" and "Viewing Amazon
CloudWatch metrics and logs for SMS deliveries".
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from notifications.errors import Rejected
from notifications.identity import is_notification_id
from notifications.lifecycle import State
from notifications.order_event import Channel

NOTIFICATION_TAG = "notification_id"

_EMAIL_STATES = {
    "Send": State.SENT,
    "Delivery": State.DELIVERED,
    "Complaint": State.DELIVERED,
    "Bounce": State.FAILED,
    "Reject": State.FAILED,
    "Rendering Failure": State.FAILED,
}

# What the handset says; any other success ("Message has been accepted by phone carrier") is at
# least the carrier's word, and at most that.
_HANDSET = frozenset({"Delivered", "Message has been accepted by phone"})

# What SNS documents it may answer; anything else is reported as UNKNOWN_REASON, because free
# text from a carrier may contain a number.
_SMS_REASONS = frozenset(
    {
        "Blocked as spam by phone carrier",
        "Destination is on a blocked list",
        "Invalid phone number",
        "Message body is invalid",
        "Phone carrier has blocked this message",
        "Phone carrier is currently unreachable/unavailable",
        "Phone has blocked SMS",
        "Phone is on a blocked list",
        "Phone is currently unreachable/unavailable",
        "Phone number is opted out",
        "This delivery would exceed max price",
        "Unknown error attempting to reach phone",
    }
)
# SES says this, as plain text, once when a configuration set is given a topic.
_SES_GREETING = "Successfully validated SNS topic"

UNKNOWN_REASON = "unknown"

_MESSAGE_ID = re.compile(r"[!-~]{1,256}")


class MalformedReceipt(Rejected):
    """The body is no receipt of either provider; the message says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """One fact about one provider message; `notification_id` is known where a tag carried it."""

    channel: Channel
    message_id: str
    notification_id: str | None
    state: State
    reason: str | None = None


def read_receipt(body: str) -> Receipt | None:
    """Read an SES event or an SMS delivery-log line; None where it changes no state.

    Raises `MalformedReceipt` when there is no message id to go by.
    """
    if body.startswith(_SES_GREETING):
        return None
    try:
        document = json.loads(body)
    except (ValueError, RecursionError):
        message = "receipt: not JSON"
        raise MalformedReceipt(message) from None
    if not isinstance(document, dict):
        message = "receipt: not a JSON object"
        raise MalformedReceipt(message)
    return _email_receipt(document) if "eventType" in document else _sms_receipt(document)


def _email_receipt(event: Mapping[str, Any]) -> Receipt | None:
    mail = _object(event, "mail")
    kind = str(event["eventType"])
    state = _EMAIL_STATES.get(kind)
    if state is None or _is_auto_reply(event):
        return None
    return Receipt(
        channel=Channel.EMAIL,
        message_id=_message_id(mail, "mail"),
        notification_id=_tag(mail),
        state=state,
        reason=_email_reason(event, kind) if state is State.FAILED else None,
    )


def _is_auto_reply(event: Mapping[str, Any]) -> bool:
    """Tell an out-of-office reply, which SES reports as a bounce of a message that arrived."""
    bounce = _object(event, "bounce")
    return (bounce.get("bounceType"), bounce.get("bounceSubType")) == ("Transient", "General")


def _email_reason(event: Mapping[str, Any], kind: str) -> str:
    bounce = _object(event, "bounce")
    names = [bounce.get("bounceType"), bounce.get("bounceSubType")]
    # One word each, or it is not the name of a kind of bounce and may be anything.
    return "/".join([kind, *(n for n in names if isinstance(n, str) and n.isalpha())])


def _sms_receipt(line: Mapping[str, Any]) -> Receipt | None:
    message_id = _message_id(_object(line, "notification"), "notification")
    answer = str(_object(line, "delivery").get("providerResponse", ""))
    status = str(line.get("status"))
    if status not in {"SUCCESS", "FAILURE"}:
        return None
    failed = status == "FAILURE"
    return Receipt(
        channel=Channel.SMS,
        message_id=message_id,
        notification_id=None,
        state=_sms_state(answer, failed=failed),
        reason=(answer if answer in _SMS_REASONS else UNKNOWN_REASON) if failed else None,
    )


def _sms_state(answer: str, *, failed: bool) -> State:
    if failed:
        return State.FAILED
    return State.DELIVERED if answer in _HANDSET else State.CARRIER_ACCEPTED


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
