"""Recorded batches keep their envelopes and positions, and are read back as Lambda events."""

import gzip
import json
import zlib
from base64 import b64encode
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from lambda_event_sources import recordings
from ordercast.events.envelope import open_envelope
from ordercast.events.parse import parse_order_event
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.gateways.streams.kinesis_records import stream_records
from ordercast.gateways.streams.kpl_aggregates import aggregate
from ordercast.operations.anonymise import Scrub
from ordercast.operations.recording import Header, batches, read, scrubbed, write
from ordercast.usage_error import UsageError
from tests.examples import EMAIL, payload

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
SCRUB = Scrub(salt=b"tests", default_country="US")


def record(number: int, data: bytes, key: str = EMAIL) -> StreamRecord:
    return StreamRecord(sequence_number=str(number), partition_key=key, arrived_at=AT, payload=data)


def opened(data: bytes) -> list[bytes]:
    parts = open_envelope(scrubbed(record(1, data), SCRUB))
    assert not [part for part in parts if isinstance(part, ParkedRecord)]
    return [part.payload for part in parts if isinstance(part, StreamRecord)]


@pytest.mark.parametrize(
    ("wrap", "magic"),
    [(gzip.compress, b"\x1f\x8b"), (zlib.compress, b"\x78"), (bytes, b"{")],
    ids=["gzip", "zlib", "plain"],
)
def test_a_record_stays_in_its_envelope(wrap, magic: bytes) -> None:
    made = scrubbed(record(1, wrap(payload())), SCRUB)

    assert made.payload.startswith(magic)
    (event,) = opened(wrap(payload()))
    assert SCRUB.event(payload()) == event
    assert EMAIL not in str(made.partition_key)


def test_the_parts_of_an_aggregate_stay_parts_with_compressed_ones_among_them() -> None:
    bodies = [payload(order_id=f"o-{n}") for n in range(3)]
    whole = aggregate("ada@example.org", [bodies[0], gzip.compress(bodies[1]), bodies[2]])

    assert [SCRUB.event(each) for each in bodies] == opened(whole)
    assert b"ada@" not in scrubbed(record(1, whole), SCRUB).payload


def test_what_would_unpack_without_an_end_is_masked_as_it_is() -> None:
    """Its limit is the relay's: an operator's memory is no larger."""
    bomb = gzip.compress(b" " * (8 * 1024 * 1024) + payload())

    assert len(bomb) == len(scrubbed(record(1, bomb), SCRUB).payload)


def test_a_damaged_aggregate_stays_damaged_and_says_nothing() -> None:
    whole = bytearray(aggregate("key", [payload(), payload(order_id="o-2")]))
    whole[6] ^= 0x7F

    made = scrubbed(record(1, bytes(whole)), SCRUB)

    assert EMAIL.encode() not in made.payload
    assert len(whole) == len(made.payload)


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    pages = [("shardId-0", [record(n, payload(order_id=f"o-{n}")) for n in range(250)])]
    made = list(batches(pages, size=100, scrub=SCRUB))
    header = Header(
        stage="local", since=AT, until=AT, recorded_at=AT, batches=len(made), records=250
    )

    for name in ("r.jsonl", "r.jsonl.gz"):
        write(tmp_path / name, header, made)
        assert made == read(tmp_path / name)
    assert [100, 100, 50] == [len(each["Records"]) for each in made]
    assert [str(n) for n in range(250)] == [
        each.sequence_number for batch in made for each in stream_records(batch)
    ]
    assert EMAIL not in (tmp_path / "r.jsonl").read_text()
    assert ["r.jsonl", "r.jsonl.gz"] == sorted(path.name for path in tmp_path.iterdir())


def test_a_single_lambda_event_is_a_recording_of_one_batch(tmp_path: Path) -> None:
    event: dict[str, Any] = {"Records": []}
    (tmp_path / "event.json").write_text(json.dumps(event, indent=2))
    assert [event] == read(tmp_path / "event.json")


@pytest.mark.parametrize("content", ['{"format": "other"}', "not JSON\nat all", "{}", "[1]", ""])
def test_any_other_file_is_refused_in_one_line(tmp_path: Path, content: str) -> None:
    (tmp_path / "x").write_text(content)
    with pytest.raises(UsageError, match=r"neither a recording|format: not"):
        read(tmp_path / "x")


@pytest.mark.parametrize(
    "event",
    [
        {"Records": 5},
        {"Records": [{}]},
        {"Records": [{"messageId": "1", "body": "{}"}]},
        {"Records": [{"kinesis": {"sequenceNumber": "1", "data": "YQ"}}]},
    ],
)
def test_what_is_no_batch_of_a_data_stream_is_refused_in_one_line(tmp_path, event) -> None:
    (tmp_path / "x").write_text(json.dumps(event))
    with pytest.raises(UsageError, match="Records: not those of a Kinesis stream"):
        read(tmp_path / "x")


def test_a_recording_that_is_not_all_there_is_refused(tmp_path: Path) -> None:
    made = list(batches([("shardId-0", [record(1, payload())] * 3)], size=1, scrub=SCRUB))
    header = Header(stage="local", since=AT, until=AT, recorded_at=AT, batches=3, records=3)
    write(tmp_path / "whole.gz", header, made)
    packed = (tmp_path / "whole.gz").read_bytes()
    lines = gzip.decompress(packed).splitlines(keepends=True)

    (tmp_path / "cut.gz").write_bytes(packed[:-20])
    with pytest.raises(UsageError, match="does not decompress"):
        read(tmp_path / "cut.gz")

    (tmp_path / "cut").write_bytes(b"".join(lines)[:-20])
    with pytest.raises(UsageError, match="is cut within line 4"):
        read(tmp_path / "cut")

    (tmp_path / "holed").write_bytes(b"".join([*lines[:2], lines[2][:-20], b"\n", lines[3]]))
    with pytest.raises(UsageError, match="is damaged in line 3"):
        read(tmp_path / "holed")

    (tmp_path / "short").write_bytes(b"".join(lines[:3]))
    with pytest.raises(UsageError, match="batches: 3 in the header, 2 found"):
        read(tmp_path / "short")


def test_a_recording_is_rehearsed_as_it_is(tmp_path: Path, event_source) -> None:
    """As docs/replay.md shows it."""
    pages = [("shardId-000000000000", [record(n, payload(order_id=f"o-{n}")) for n in range(150)])]
    made = list(batches(pages, size=100, scrub=SCRUB))
    header = Header(stage="local", since=AT, until=AT, recorded_at=AT, batches=2, records=150)
    write(tmp_path / "incident.jsonl.gz", header, made)
    seen: list[str] = []

    def handler(event: dict, _: object) -> None:
        seen.extend(each.sequence_number for each in stream_records(event))

    report = event_source(handler, recordings.in_order(read(tmp_path / "incident.jsonl.gz")))

    assert [] == report.discarded
    assert [str(n) for n in range(150)] == seen


LINES = b"\n".join([payload(order_id="o-1"), b"{ada@example.com", payload(order_id="o-2")])
SHIPPED = {
    "JSON Lines": (LINES, 3),
    "an array": (b"[" + payload(order_id="o-1") + b"," + payload(order_id="o-2") + b"]", 2),
    "base64": (b64encode(payload(order_id="o-1")), 1),
    "UTF-16": (payload(order_id="o-1").decode().encode("utf-16"), 1),
    "gzip of gzip": (gzip.compress(gzip.compress(LINES)), 3),
    "EventBridge": (
        json.dumps({"detail-type": "t", "source": EMAIL, "detail": json.loads(payload())}).encode(),
        1,
    ),
}


@pytest.mark.parametrize(("data", "events"), SHIPPED.values(), ids=SHIPPED)
def test_what_a_shipper_wrapped_is_recorded_at_its_positions_without_what_is_personal(
    data: bytes, events: int
) -> None:
    scrubbed_record = scrubbed(record(1, data), SCRUB)

    before, after = open_envelope(record(1, data)), open_envelope(scrubbed_record)
    positions = [
        [each.position for each in opened if isinstance(each, StreamRecord)]
        for opened in (before, after)
    ]
    assert events == len(after)
    assert positions[0] == positions[1]
    assert EMAIL not in repr(after)
    read = [
        parse_order_event(each, default_currency="USD")
        for each in opened(data)
        if b"order_id" in each
    ]
    assert {"Example Tea"} == {each.shop for each in read}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_a_file_with_a_byte_order_mark_is_replayed_as_without(
    tmp_path: Path, encoding: str
) -> None:
    batch: dict[str, Any] = {"Records": []}
    path = tmp_path / "batch.json"
    path.write_bytes(json.dumps(batch).encode(encoding))

    assert [batch] == read(path)
