"""Build rollup inputs and stream records of notifications. Used by tests of counting."""

from collections.abc import Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.notification import Notification
from ordercast.rollups.rollup import CHARGE, UNATTRIBUTED, RollupInput, RollupKey, hour_of
from tests.examples import notification


def line(number: int = 1, **changes: Any) -> RollupInput:
    """Return what counts of one of many notifications."""
    return rollup_input_of(write(notification(number, **changes)))


def unattributed_charge(
    message_id: str, price: Decimal | None, *, at: datetime, country: str | None = None
) -> RollupInput:
    """Return what counts of a carrier's charge for an unknown message."""
    return RollupInput(
        id=f"{CHARGE}{message_id}",
        version=1,
        state=UNATTRIBUTED,
        bucket=RollupKey(hour_of(at), "sms", country, UNATTRIBUTED, None, None),
        effective_at=at,
        keep_until=1,
        cost=price,
    )


def change(
    row: Notification, *, at: int = 101, name: str = "MODIFY", old: Notification | None = None
) -> Mapping[str, Any]:
    """Return the stream's record of a row that became so; a removed one has an old image only."""
    images = {} if name == "REMOVE" else {"NewImage": write(row)}
    if old or name == "REMOVE":
        images["OldImage"] = write(old or row)
    return {
        "eventName": name,
        "eventSource": "aws:dynamodb",
        "dynamodb": {"SequenceNumber": str(at), **images},
    }
