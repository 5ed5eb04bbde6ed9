"""DynamoDB stream records in, what they count for out."""

from collections.abc import Iterable, Mapping
from typing import Any

from gateways.ledger_item import is_notification
from notifications.lifecycle import State


def accepted(records: Iterable[Mapping[str, Any]]) -> int:
    """Count the notifications that were newly entered to be sent.

    Only the attributes needed are read off the wire map: turning whole images into Python values
    costs far more than everything else here.
    """
    return sum(_is_accepted(record) for record in records)


def _is_accepted(record: Mapping[str, Any]) -> bool:
    if record["eventName"] != "INSERT":
        return False
    image = record["dynamodb"]["NewImage"]
    return is_notification(image) and image["state"]["S"] in _TO_BE_SENT


_TO_BE_SENT = frozenset({State.REQUESTED, State.DEFERRED})
