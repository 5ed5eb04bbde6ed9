"""Order events are unpacked from recorded batches: base64, aggregates, compression."""

import json
from datetime import UTC, datetime
from pathlib import Path

from lambda_event_sources.events import kinesis_record
from ordercast.events.envelope import open_envelope
from ordercast.events.parse import parse_order_event
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.streams.kinesis_records import lambda_record, stream_records

RECORDED = Path(__file__).parents[2] / "recordings" / "kinesis"
AGGREGATE = "49590338271490256608559692538361571095921575989136588898"
GZIPPED = "49590338271490256608559692540925702759324208523137515618"


def test_a_recorded_batch_comes_out_as_its_order_events_in_the_streams_order() -> None:
    recorded = (RECORDED / "aggregate_of_three_and_a_gzipped_order.json").read_text()

    opened = [each for r in stream_records(json.loads(recorded)) for each in open_envelope(r)]

    events = [
        (each.position, parse_order_event(each.payload, default_currency="USD").order_id)
        for each in opened
        if isinstance(each, StreamRecord)
    ]
    expected = [(f"{AGGREGATE}.{n}", f"o-{n + 1}") for n in range(3)]
    assert [*expected, (GZIPPED, "o-4")] == events
    assert {1} == {len({each.arrived_at for each in opened})}  # type: ignore[union-attr]  # none is parked


def test_a_record_is_written_as_the_event_source_delivers_it() -> None:
    at = datetime(2026, 11, 21, 12, 0, 0, 123456, tzinfo=UTC)
    place = {
        "stream_arn": "arn:aws:kinesis:eu-west-1:1:stream/orders",
        "shard_id": "shardId-000000000007",
        "role_arn": "arn:aws:iam::1:role/relay",
    }
    read = {
        "SequenceNumber": "7",
        "PartitionKey": "o-1",
        "Data": b"\x00{}",
        "ApproximateArrivalTimestamp": at,
    }
    record = StreamRecord(
        sequence_number="7", partition_key="o-1", arrived_at=at, payload=b"\x00{}"
    )

    written = lambda_record(record, **place)

    assert kinesis_record(read, **place).event == written
    assert [record.payload] == [each.payload for each in stream_records({"Records": [written]})]
