"""The relay's entry point: Kinesis events in, the answer Lambda acts on out."""

import json
from base64 import b64decode
from pathlib import Path

from processors.batch_response import from_lowest
from processors.kinesis_records import stream_records
from processors.order_relay import respond
from tests.processors.lambda_events import failed, kinesis_event

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"


def order(order_id: str) -> bytes:
    return json.dumps(
        {"order_id": order_id, "channel": "email", "contact": {"email": "ada@example.com"}}
    ).encode()


def test_a_recorded_event_keeps_its_positions_and_its_bytes() -> None:
    event = json.loads((RECORDED / "kinesis_event_doc.json").read_text())

    records = stream_records(event)

    assert [r["kinesis"]["sequenceNumber"] for r in event["Records"]] == [
        r.sequence_number for r in records
    ]
    assert b64decode(event["Records"][0]["kinesis"]["data"]) == records[0].payload


def test_a_record_without_a_partition_key_is_a_record_all_the_same() -> None:
    """Streams that distribute records by themselves send none."""
    event = kinesis_event(order("o-1"))
    del event["Records"][0]["kinesis"]["partitionKey"]

    assert [None] == [record.partition_key for record in stream_records(event)]


def test_a_malformed_record_is_parked_and_its_neighbours_go_out(world, log) -> None:
    """One bad record costs nobody else their message."""
    event = kinesis_event(order("o-1"), b"{broken", order("o-3"))

    assert [] == failed(respond(event, world.relayer, log))
    assert ["o-1", "o-3"] == [order_id for order_id, _ in world.published()]
    assert {"102": "malformed-order-event"} == world.parked.reasons


def test_trouble_with_the_outside_world_brings_the_whole_batch_again(world, log) -> None:
    world.ledger.unavailable.add("enter")

    assert ["101"] == failed(respond(kinesis_event(order("o-1"), order("o-2")), world.relayer, log))


def test_a_publication_that_was_lost_is_answered_with_its_records_position(world, log) -> None:
    world.hub.takes = lambda n: n.order.order_id != "o-2"
    event = kinesis_event(order("o-1"), order("o-2"), order("o-3"))

    assert ["102"] == failed(respond(event, world.relayer, log))


def test_positions_are_compared_as_numbers() -> None:
    """As text, 9 would come after 10, and a record between the two would be let go."""
    assert ["9"] == failed(from_lowest(["10", "9", "11"]))


def test_a_batch_writes_one_line_and_nothing_personal(world, log, logged) -> None:
    respond(kinesis_event(order("o-1"), b'{"order_id": "ada@example.com"}'), world.relayer, log)

    [line] = logged()
    assert ("batch_relayed", 1, 1) == (line["message"], line["accepted"], line["parked"])
    assert "example.com" not in json.dumps(line)


def test_trouble_writes_one_line_and_nothing_personal(world, log, told) -> None:
    world.ledger.unavailable.add("enter")

    respond(kinesis_event(order("o-1")), world.relayer, log)

    assert [("batch_not_relayed", {"reason": "enter", "records": 1})] == told()
