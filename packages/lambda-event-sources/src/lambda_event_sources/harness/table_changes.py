"""An item of a table as it was and as it became comes in; what the table's stream says of that goes out."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from lambda_event_sources.harness.attribute_values import attribute_value
from lambda_event_sources.harness.items import Change


class NoChange(Exception):
    """A table's stream says nothing of this."""


def change_record(change: Change, *, number: int, at: datetime) -> Mapping[str, Any]:
    """Return a record as DynamoDB streams' GetRecords does, but for `SizeBytes`; raises NoChange.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    """
    images = {
        name: _attributes(item)
        for name, item in (("NewImage", change.new), ("OldImage", change.old))
        if item is not None
    }
    _check(change, images)
    return {
        "eventID": uuid5(NAMESPACE_OID, str(number)).hex,
        "eventName": "REMOVE" if change.new is None else "MODIFY" if change.old else "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": at,
            "Keys": _keys(change, *images.values()),
            "SequenceNumber": str(number),
            "StreamViewType": change.view,
            **{name: images[name] for name in _SHOWN[change.view] if name in images},
        },
        **({"userIdentity": _TIME_TO_LIVE} if change.expired else {}),
    }


def partition_of(change: Change) -> str:
    """Name the item's partition: a shard has all of it."""
    keys = _keys(change, _attributes(change.new or change.old or {}))
    return json.dumps(keys[change.keys[0]], default=bytes.hex)


_SHOWN = {
    "KEYS_ONLY": (),
    "NEW_IMAGE": ("NewImage",),
    "OLD_IMAGE": ("OldImage",),
    "NEW_AND_OLD_IMAGES": ("NewImage", "OldImage"),
}

# https://docs.aws.amazon.com/amazondynamodb/latest/developerguide/time-to-live-ttl-streams.html
_TIME_TO_LIVE = {"Type": "Service", "PrincipalId": "dynamodb.amazonaws.com"}


def _attributes(item: Mapping[str, Any]) -> dict[str, Any]:
    return {name: attribute_value(value) for name, value in item.items()}


def _check(change: Change, images: Mapping[str, Mapping[str, Any]]) -> None:
    """Refuse what no table would write about: AWS writes no record where nothing is different."""
    if images.get("NewImage") == images.get("OldImage"):
        raise NoChange("nothing is different")
    if change.expired and change.new is not None:
        raise NoChange("what has expired is removed: it has no new image")


def _keys(change: Change, *images: Mapping[str, Any]) -> Mapping[str, Any]:
    keys, *others = ({name: image.get(name) for name in change.keys} for image in images)
    if None in keys.values() or any(each != keys for each in others):
        raise NoChange(f"an item has its keys, and keeps them: {', '.join(change.keys)}")
    return keys
