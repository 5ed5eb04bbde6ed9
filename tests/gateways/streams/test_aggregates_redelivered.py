"""Aggregated records on the model: an aggregate is one record, with one number."""

from typing import Any

from lambda_event_sources.harness.run import run_handler
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.streams.kinesis_records import stream_records
from tests.aggregates import aggregate


def test_the_sub_records_of_an_aggregate_come_again_together() -> None:
    """Only the number that they share can be named, whichever of them failed."""
    delivered: list[str] = []

    def handler(event: dict[str, Any], _: Any) -> dict[str, Any]:
        parts = [part for record in stream_records(event) for part in open_envelope(record)]
        payloads = [part.payload.decode() for part in parts if isinstance(part, StreamRecord)]
        failed = "b2" in payloads and "b2" not in delivered
        delivered.extend(payloads)
        return {"batchItemFailures": [{"itemIdentifier": "2"}] if failed else []}

    report = run_handler(handler, [b"a", aggregate(b"b1", b"b2", b"b3"), b"c"])

    assert ["a", "b1", "b2", "b3", "c", "b1", "b2", "b3", "c"] == delivered
    assert [["1", "2", "3"], ["2", "3"]] == report.invoked
