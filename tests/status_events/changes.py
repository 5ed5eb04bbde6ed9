"""Make stream records of notifications, and read the changes in them. Used by the tests of status events."""

from datetime import datetime
from typing import Any

from ordercast.gateways.ledger.status_changes import status_changes
from ordercast.notifications.notification import Notification
from ordercast.status_events.status_event import StatusChange
from tests import lines
from tests.fakes.clock import START


def record(row: Notification, *, number: int = 1, at: datetime = START) -> dict[str, Any]:
    """Return the record of a change to *row*, as Lambda hands it over."""
    made = dict(lines.change(row, at=number))
    made["dynamodb"] |= {"ApproximateCreationDateTime": int(at.timestamp())}
    return made


def change(row: Notification, *, number: int = 1) -> StatusChange:
    """Return the change to *row* as it is read from the stream."""
    ((found,), bugs) = status_changes([record(row, number=number)])
    assert [] == bugs
    return found
