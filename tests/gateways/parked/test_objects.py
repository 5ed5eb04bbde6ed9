import json
from base64 import b64decode
from datetime import UTC, datetime, timedelta
from pathlib import Path

import boto3
import pytest
from msgspec.structs import replace

from ordercast.errors import ParkingUnavailable
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways.parked.objects import S3ParkedObjects
from ordercast.gateways.parked.records import S3ParkedRecords
from ordercast.parked.payload_edit import EditNote, PayloadEdit, newest_by_position

BUCKET = "parked"
AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
RECORDINGS = Path("tests/recordings/aws")


def record(sequence_number: str, *, index: int | None = None) -> ParkedRecord:
    kept = StreamRecord(
        sequence_number=sequence_number,
        index=index,
        partition_key="o-1",
        arrived_at=AT,
        payload=b"\xff\x00 not JSON",
    )
    return ParkedRecord(record=kept, reason="malformed-order-event", detail="not JSON")


@pytest.fixture
def s3(aws):
    client = boto3.client("s3")
    client.create_bucket(Bucket=BUCKET)
    return client


@pytest.fixture
def reads(s3) -> list[str]:
    """The keys of the objects that are read."""
    keys: list[str] = []
    s3.meta.events.register(
        "provide-client-params.s3.GetObject", lambda params, **_: keys.append(params["Key"])
    )
    return keys


@pytest.fixture
def store(s3) -> S3ParkedObjects:
    return S3ParkedObjects(client=s3, bucket=BUCKET)


def test_what_the_relay_parks_is_read_back_to_the_byte(s3, store: S3ParkedObjects) -> None:
    parked = [record("101"), record("102", index=0), record("102", index=7)]
    S3ParkedRecords(client=s3, bucket=BUCKET).park(parked)

    assert parked == [each for _, each in store.records()]


def test_a_corrected_payload_is_kept_beside_what_was_parked(s3, store: S3ParkedObjects) -> None:
    into = S3ParkedRecords(client=s3, bucket=BUCKET)
    into.park([record("101")])
    note = EditNote(by="ada", at=AT, reason="the shop said so")
    first = PayloadEdit(positions=("101", "102.7"), payload=b"\xff {}", note=note)
    second = replace(first, payload=b"{}", note=replace(note, at=AT + timedelta(seconds=1)))
    for each in (first, first, second):
        store.edit(each)

    assert [first, second] == sorted(store.edits(), key=lambda each: each.note.at)
    assert {"101": second, "102.7": second} == newest_by_position(store.edits())
    assert [record("101")] == [each for _, each in store.records()]
    assert set() == store.handled()


def test_of_an_hour_only_its_days_are_read(s3, store: S3ParkedObjects, reads: list[str]) -> None:
    """Fourteen days of parked records would be read three times an hour."""
    into = S3ParkedRecords(client=s3, bucket=BUCKET)
    days = [AT - timedelta(days=each) for each in (9, 2, 1, 0)] + [AT + timedelta(days=3), None]
    for number, day in enumerate(days):
        each = record(str(100 + number))
        moved = replace(each.record, arrived_at=day)
        into.park([ParkedRecord(record=moved, reason=each.reason, detail=each.detail)])

    hour = AT.replace(minute=0), AT.replace(minute=0) + timedelta(hours=1)
    found = {each.record.sequence_number for _, each in store.records(arrived=hour)}

    # What arrived before midnight may have begun its batch a day earlier; what has no time is looked at.
    assert {"102", "103", "105"} == found
    assert 3 == len(reads)


def test_what_was_written_before_an_hour_is_not_read_for_it(
    s3, store: S3ParkedObjects, reads: list[str]
) -> None:
    """Nothing is parked before it has arrived. The objects here are written now, years after AT."""
    S3ParkedRecords(client=s3, bucket=BUCKET).park([record("101")])
    s3.put_object(Bucket=BUCKET, Key="aws/lambda/m/s/2026/report.json", Body=b"{}")
    later = datetime.now(UTC) + timedelta(hours=1)

    assert [] == list(store.batches(since=later))
    assert [] == list(store.records(arrived=(later, later + timedelta(hours=1))))
    assert [] == reads
    assert 1 == len(list(store.batches(since=AT)))


def test_notes_of_several_operators_add_up(store: S3ParkedObjects) -> None:
    assert set() == store.handled()

    store.note(["101", "102.0"], did="redriven", at=AT)
    store.note(["b1"], did="dropped", at=AT)

    assert {"101", "102.0", "b1"} == store.handled()


def test_more_objects_than_a_page_holds_are_all_read(s3, store: S3ParkedObjects) -> None:
    s3.meta.events.register(
        "before-parameter-build.s3.ListObjectsV2",
        lambda params, **_: params.setdefault("MaxKeys", 2),
    )
    for position in range(5):
        S3ParkedRecords(client=s3, bucket=BUCKET).park([record(str(position))])

    assert [str(n) for n in range(5)] == [each.record.position for _, each in store.records()]


def test_a_failure_of_the_bucket_is_reported_by_its_kind_alone(s3) -> None:
    with pytest.raises(ParkingUnavailable, match=r"^NoSuchBucket on the bucket"):
        list(S3ParkedObjects(client=s3, bucket="another").records())


@pytest.mark.parametrize(
    ("name", "condition"),
    [
        ("kinesis_esm_onfailure_s3_object", "RetryAttemptsExhausted"),
        ("kinesis_esm_onfailure_s3_age_exceeded", "RecordAgeExceeded"),
    ],
)
def test_a_batch_that_lambda_gave_up_is_read_with_its_records(
    s3, store: S3ParkedObjects, name: str, condition: str
) -> None:
    report = (RECORDINGS / f"{name}.json").read_text()
    s3.put_object(Bucket=BUCKET, Key=f"aws/lambda/uuid/shard/{name}", Body=report.encode())

    (batch,) = store.batches()

    event = json.loads(json.loads(report)["payload"])
    sent = [each["kinesis"] for each in event["Records"]]
    assert condition == batch.condition
    assert [each["sequenceNumber"] for each in sent] == [
        each.sequence_number for each in batch.records
    ]
    assert [b64decode(each["data"]) for each in sent] == [each.payload for each in batch.records]


def test_a_batch_of_the_ledger_s_changes_names_each_notification_once(
    s3, store: S3ParkedObjects
) -> None:
    """Decisions and latest statuses have changes too; they are not counted."""
    rows = [f"notification#{'n' * 22}", f"notification#{'n' * 22}", "head#sms", "event#x"]
    changes = [{"dynamodb": {"Keys": {"pk": {"S": "o" * 22}, "sk": {"S": each}}}} for each in rows]
    report = {
        "requestContext": {"condition": "RetryAttemptsExhausted"},
        "timestamp": "2026-03-02T09:30:00.000Z",
        "payload": json.dumps({"Records": changes}),
    }
    s3.put_object(Bucket=BUCKET, Key="aws/lambda/uuid/shard/x", Body=json.dumps(report).encode())

    (batch,) = store.batches()

    assert ("o" * 22 + "n" * 22,) == batch.notification_ids
    assert tuple(changes) == batch.row_changes
    assert () == batch.records
    assert AT == batch.at


@pytest.mark.parametrize("content", ["not JSON", "[]", "{}", '{"requestContext": 5}'])
def test_an_object_that_is_no_report_keeps_no_other_from_being_listed(
    s3, store: S3ParkedObjects, content: str
) -> None:
    name = "kinesis_esm_onfailure_s3_object"
    report = (RECORDINGS / f"{name}.json").read_bytes()
    s3.put_object(Bucket=BUCKET, Key="aws/lambda/a/garbage", Body=content.encode())
    s3.put_object(Bucket=BUCKET, Key=f"aws/lambda/uuid/shard/{name}", Body=report)

    garbage, whole = store.batches()

    assert ("unreadable", False) == (garbage.condition, garbage.whole)
    assert (True, 3) == (whole.whole, len(whole.records))


def test_a_report_without_its_records_says_that_it_holds_none(s3, store: S3ParkedObjects) -> None:
    """As a queue would get it: nothing can be put on the stream from it."""
    report = json.loads((RECORDINGS / "kinesis_esm_onfailure_s3_object.json").read_text())
    del report["payload"]
    s3.put_object(Bucket=BUCKET, Key="aws/lambda/u/s/x", Body=json.dumps(report).encode())

    (batch,) = store.batches()

    assert (False, ()) == (batch.whole, batch.records)
