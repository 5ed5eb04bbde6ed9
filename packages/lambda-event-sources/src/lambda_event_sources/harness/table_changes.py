"""Write the record of a table's stream for a change of an item. Used for the items of `Change`."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any
from uuid import NAMESPACE_OID, uuid5

from lambda_event_sources.harness.attribute_values import attribute_value, size_in_bytes
from lambda_event_sources.harness.items import Change


class InvalidChange(Exception):
    """A table's stream would have no such record."""


def change_record(change: Change, *, number: int, at: datetime) -> Mapping[str, Any]:
    """Return a record as GetRecords of DynamoDB Streams does; raise InvalidChange where there is none.

    https://docs.aws.amazon.com/amazondynamodb/latest/APIReference/API_streams_Record.html
    The time has whole seconds, and `SizeBytes` counts the keys and the images shown, as on AWS.
    """
    images = {
        name: _attributes(item)
        for name, item in (("NewImage", change.new), ("OldImage", change.old))
        if item is not None
    }
    _check(change, images)
    keys = _keys(change, *images.values())
    shown = {name: images[name] for name in _SHOWN[change.view] if name in images}
    return {
        "eventID": uuid5(NAMESPACE_OID, str(number)).hex,
        "eventName": "REMOVE" if change.new is None else "MODIFY" if change.old else "INSERT",
        "dynamodb": {
            "ApproximateCreationDateTime": at.replace(microsecond=0),
            "Keys": keys,
            "SequenceNumber": str(number),
            "SizeBytes": sum(map(size_in_bytes, (keys, *shown.values()))),
            "StreamViewType": change.view,
            **shown,
        },
        **({"userIdentity": _TIME_TO_LIVE} if change.expired else {}),
    }


def partition_of(change: Change) -> str:
    """Return the item's partition; all changes of a partition are in one shard."""
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
    """Refuse changes without a record: AWS writes none where nothing differs."""
    if images.get("NewImage") == images.get("OldImage"):
        raise InvalidChange("the item is the same before and after")
    if change.expired and change.new is not None:
        raise InvalidChange("an expired item is removed: it has no new image")


def _keys(change: Change, *images: Mapping[str, Any]) -> Mapping[str, Any]:
    keys, *others = ({name: image.get(name) for name in change.keys} for image in images)
    if None in keys.values() or any(each != keys for each in others):
        raise InvalidChange(
            f"an item has all its key attributes and never changes them: {', '.join(change.keys)}"
        )
    return keys
