"""List the parked records and given-up batches of the bucket, and note what was done about them.

`parked/` holds the relay's records, `aws/lambda/` the batches that Lambda gave up, `edited/` the
payloads that operators corrected, and `handled/` our notes: which were redriven or dropped. Nothing is
changed, or removed before its retention ends.
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING, Any

import msgspec
from msgspec import Struct, convert

from ordercast.events.stream_record import ArrivalSpan, ParkedRecord, StreamRecord
from ordercast.gateways.ledger.keys import id_of, is_notification
from ordercast.gateways.parked.records import PREFIX, UNDATED, translated
from ordercast.gateways.streams.kinesis_records import stream_records
from ordercast.parked.item import GivenUpBatch
from ordercast.parked.payload_edit import PayloadEdit

if TYPE_CHECKING:
    from mypy_boto3_s3 import S3Client

BATCHES = "aws/lambda"
HANDLED = "handled"
EDITED = "edited"

_CLOCKS_APART = timedelta(minutes=1)  # those of Kinesis and of S3, which knows whole seconds

UNREADABLE = "unreadable"
"""An object that is no report of Lambda's."""


class S3ParkedObjects(Struct, frozen=True, kw_only=True):
    """The bucket, read back. Raises `ParkingUnavailable`."""

    client: "S3Client"
    bucket: str

    def records(self, arrived: ArrivalSpan | None = None) -> Iterator[tuple[str, ParkedRecord]]:
        """Return each parked record and its object's key; a position may come more than once.

        With a span all records that *arrived* in it are among them, and few others are read.
        """
        for key in self._keys_of(f"{PREFIX}/", arrived):
            for each in self.records_in(key):
                yield key, each

    def record_keys(self) -> Iterator[str]:
        """Return the keys of all objects with parked records, the oldest day first; a thousand a request."""
        return self._keys(f"{PREFIX}/")

    def records_in(self, key: str) -> Iterator[ParkedRecord]:
        """Return the records of one object."""
        for line in self._read(key).splitlines():
            yield _parked(json.loads(line))

    def batches(self, since: datetime | None = None) -> Iterator[GivenUpBatch]:
        """Return the batches that Lambda gave up, or did *since*, oldest first within mapping and shard."""
        for key in self._keys(f"{BATCHES}/", since):
            content = self._read(key)
            try:
                yield _batch(key, json.loads(content))
            except (ValueError, KeyError, TypeError, AttributeError):
                # An unreadable object must not keep the others from being listed.
                yield GivenUpBatch(
                    id=_digest(key), key=key, condition=UNREADABLE, at=None, whole=False
                )

    def edits(self) -> Iterator[PayloadEdit]:
        """Return each corrected payload; a position may have several."""
        for key in self._keys(f"{EDITED}/"):
            yield msgspec.json.decode(self._read(key), type=PayloadEdit)

    def edit(self, edit: PayloadEdit) -> None:
        """Keep a corrected payload, beside those before it."""
        digest = sha256(b" ".join([*map(str.encode, edit.positions), edit.payload])).hexdigest()
        self._put(
            f"{EDITED}/{edit.note.at:%Y/%m/%d/%H%M%S}-{digest[:16]}", msgspec.json.encode(edit)
        )

    def handled(self) -> set[str]:
        """Return the ids that were redriven or dropped."""
        notes = (json.loads(self._read(key)) for key in self._keys(f"{HANDLED}/"))
        return {each for note in notes for each in note["ids"]}

    def note(self, ids: Sequence[str], *, did: str, at: datetime) -> None:
        """Note down that *ids* were dealt with; each note is an object of its own."""
        digest = sha256(" ".join(ids).encode()).hexdigest()[:16]
        body = json.dumps({"did": did, "at": at.isoformat(), "ids": list(ids)})
        self._put(f"{HANDLED}/{at:%Y/%m/%d/%H%M%S}-{digest}", body.encode())

    def _put(self, name: str, body: bytes) -> None:
        with translated():
            self.client.put_object(Bucket=self.bucket, Key=f"{name}.json", Body=body)

    def _keys_of(self, prefix: str, arrived: ArrivalSpan | None) -> Iterator[str]:
        """Yield keys of the days on which a batch began that could hold what *arrived* in a span.

        A batch is named by its first record's day, which may be the day before. What is parked is
        written after it arrived.
        """
        if arrived is None:
            yield from self._keys(prefix)
            return
        since, until = (each.astimezone(UTC) for each in arrived)
        first = since.date() - timedelta(days=1)
        days = [first + timedelta(days=each) for each in range((until.date() - first).days + 1)]
        for day in (*(f"{each:%Y/%m/%d}" for each in days), UNDATED):
            yield from self._keys(f"{prefix}{day}/", since)

    def _keys(self, prefix: str, since: datetime | None = None) -> Iterator[str]:
        """Yield the keys of objects that were last written *since* then."""
        pages = self.client.get_paginator("list_objects_v2").paginate(
            Bucket=self.bucket, Prefix=prefix
        )
        with translated():
            for page in pages:
                yield from (
                    each["Key"]
                    for each in page.get("Contents", [])
                    if since is None or each["LastModified"] >= since - _CLOCKS_APART
                )

    def _read(self, key: str) -> bytes:
        with translated():
            return self.client.get_object(Bucket=self.bucket, Key=key)["Body"].read()


def _parked(line: Mapping[str, Any]) -> ParkedRecord:
    record = convert(line, StreamRecord)
    return ParkedRecord(record=record, reason=line["reason"], detail=line["detail"])


def _batch(key: str, report: Mapping[str, Any]) -> GivenUpBatch:
    """Read an invocation record: Lambda guide, "Retain discarded batches"."""
    payload = report.get("payload")
    event = json.loads(payload) if payload else {"Records": []}
    of_stream = [each for each in event["Records"] if "kinesis" in each]
    changes = [each for each in event["Records"] if "dynamodb" in each]
    rows = [each["dynamodb"]["Keys"] for each in changes]
    return GivenUpBatch(
        id=_digest(key),
        key=key,
        whole=bool(payload),
        condition=report["requestContext"]["condition"],
        at=datetime.fromisoformat(report["timestamp"]).astimezone(UTC),
        records=tuple(stream_records({"Records": of_stream})),
        row_changes=tuple(changes),
        notification_ids=tuple({id_of(keys): None for keys in rows if is_notification(keys)}),
    )


def _digest(key: str) -> str:
    return sha256(key.encode()).hexdigest()[:12]
