"""Park stream records that cannot be used: one encrypted object a batch, with reason and payload."""

import json
from collections.abc import Mapping, Sequence
from contextlib import AbstractContextManager
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from msgspec import Struct, to_builtins

from ordercast.errors import ParkingUnavailable
from ordercast.events.stream_record import ParkedRecord
from ordercast.gateways.parked.order_tags import tags_of
from ordercast.gateways.unavailable import raised_as

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

PREFIX = "parked"
UNDATED = "undated"  # in place of the day of arrival


class S3ParkedRecords(Struct, frozen=True, kw_only=True):
    """The bucket of parked records."""

    client: "S3Client"
    bucket: str

    def park(self, records: Sequence[ParkedRecord]) -> None:
        """Keep *records*; keeping them twice is keeping them once."""
        if not records:
            return
        body = "".join(json.dumps(_line(each)) + "\n" for each in records)
        with translated():
            self.client.put_object(Bucket=self.bucket, Key=_key(records), Body=body.encode())


def translated() -> AbstractContextManager[None]:
    """Raise what the bucket's client raises as `ParkingUnavailable`."""
    return raised_as(ParkingUnavailable, "the bucket of parked records")


def _key(records: Sequence[ParkedRecord]) -> str:
    """Name the object by all positions in it: a batch that comes again overwrites itself only.

    The key ends in tags of the orders that its records name.
    """
    first, last = records[0].record, records[-1].record
    day = first.arrived_at.strftime("%Y/%m/%d") if first.arrived_at else UNDATED
    positions = " ".join(each.record.position for each in records)
    digest = sha256(positions.encode()).hexdigest()[:16]
    return f"{PREFIX}/{day}/{first.position}-{last.position}-{digest}{tags_of(records)}.jsonl"


def _line(parked: ParkedRecord) -> Mapping[str, Any]:
    """Return the record's fields, its payload in base64, beside the reason; `_parked` reads them."""
    return {**to_builtins(parked.record), "reason": parked.reason, "detail": parked.detail}
