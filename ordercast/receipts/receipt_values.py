"""Read single values of a receipt, leaving out what is impossible. Used by email_events and text_events."""

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

from ordercast.receipts.receipt import MalformedReceipt

_MESSAGE_ID = re.compile(r"[!-~]{1,256}")

SAFE = re.compile(r"[A-Za-z][A-Za-z _/-]{0,63}")
"""The form of unknown names and answers that are kept: it can hold no address and no number."""

# Providers report for 72 hours; logs may be read again later.
_LONGEST_AGO = timedelta(days=60)
_AHEAD = timedelta(hours=1)

_DEAREST = Decimal(10_000)
_FRACTION = Decimal("0.000000001")
_FIRST_INSTANT = datetime(1970, 1, 1, tzinfo=UTC)
_LONGEST_EPOCH = 10**14  # milliseconds, some 3,000 years


def word(name: object) -> str | None:
    """Return *name* if it has the form of an event type and cannot be personal data."""
    fits = isinstance(name, str) and "/" not in name and SAFE.fullmatch(name)
    return str(name) if fits else None


def price_in(value: object) -> Decimal | None:
    """Return a price in US dollars; None if there is none, which is not the same as 0."""
    if isinstance(value, bool) or not isinstance(value, int | Decimal):
        return None
    price = Decimal(value)
    return price.quantize(_FRACTION).normalize() if 0 <= price < _DEAREST else None


def time_in(written: object, received_at: datetime) -> datetime | None:
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
    return _possible(moment, received_at)


def epoch_in(milliseconds: object, received_at: datetime) -> datetime | None:
    """Read an instant in milliseconds since 1970; None as `time_in`."""
    if not isinstance(milliseconds, int) or not 0 <= milliseconds < _LONGEST_EPOCH:
        return None
    return _possible(_FIRST_INSTANT + timedelta(milliseconds=milliseconds), received_at)


def _possible(moment: datetime, received_at: datetime) -> datetime | None:
    if not received_at - _LONGEST_AGO <= moment <= received_at + _AHEAD:
        return None
    return moment.replace(microsecond=moment.microsecond // 1000 * 1000)


def message_id_in(holder: Mapping[str, Any], name: str) -> str:
    """Return the message's id, without which there is no receipt. Raises `MalformedReceipt`."""
    message_id = holder.get("messageId")
    if not isinstance(message_id, str) or not _MESSAGE_ID.fullmatch(message_id):
        message = f"receipt: {name}.messageId is missing"
        raise MalformedReceipt(message)
    return message_id


def object_in(holder: Mapping[str, Any], name: str) -> Mapping[str, Any]:
    """Return the object of that name, or an empty one."""
    value = holder.get(name)
    return value if isinstance(value, dict) else {}
