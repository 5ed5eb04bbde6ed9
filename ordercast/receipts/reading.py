"""Read a provider's body as a receipt, in its envelope or none. Used by the receipt tracker.

Only the message id is required; unknown values are left out or kept verbatim, never guessed. A
receipt depends on its body alone, not on when it is read; only a missing or impossible time is
replaced by the time at which the queue received it.
"""

import json
from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ordercast.receipts.email_events import GREETING, email_receipt
from ordercast.receipts.receipt import CountedEvent, MalformedReceipt, Receipt
from ordercast.receipts.text_events import TEXT, logged_receipt, text_event_receipt

ENVELOPES = 3
"""How many envelopes round one receipt are opened: those of SNS and EventBridge."""

# SES publishes this plain text once, when a topic is attached to a configuration set.
_VALIDATED = "Successfully validated SNS topic"


def read_receipt(body: str, *, received_at: datetime) -> Receipt | CountedEvent:
    """Read an SES event, an SMS delivery-log line or a text event received at *received_at*.

    Raises `MalformedReceipt` if it has no message id.
    """
    content: object = body
    for _ in range(ENVELOPES):
        if isinstance(content, str) and content.startswith(_VALIDATED):
            return GREETING
        document = _document(content)
        inner = _in_envelope(document)
        if inner is None:
            return _receipt(document, received_at)
        content = inner
    return _receipt(_document(content), received_at)


def _document(content: object) -> Mapping[str, Any]:
    if isinstance(content, str):
        try:
            text = content.removeprefix("\ufeff")  # a byte order mark
            content = json.loads(text, parse_float=Decimal, parse_constant=lambda _: None)
        except (ValueError, RecursionError):
            message = "receipt: not JSON"
            raise MalformedReceipt(message) from None
    if not isinstance(content, dict):
        message = "receipt: not a JSON object"
        raise MalformedReceipt(message)
    return content


def _in_envelope(document: Mapping[str, Any]) -> object | None:
    """Return what SNS or EventBridge put an envelope round; None where there is none."""
    if "TopicArn" in document:
        return document.get("Message")
    return document.get("detail") if "detail-type" in document else None


def _receipt(document: Mapping[str, Any], received_at: datetime) -> Receipt | CountedEvent:
    name = document.get("eventType")
    if isinstance(name, str) and name.startswith(TEXT):
        return text_event_receipt(document, received_at)
    if "eventType" in document or "notificationType" in document:
        return email_receipt(document, received_at)
    return logged_receipt(document, received_at)
