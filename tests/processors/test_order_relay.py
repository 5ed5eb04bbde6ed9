"""The relay's handler answers which records are to be redelivered."""

import json
from base64 import b64decode
from datetime import timedelta
from pathlib import Path

import pytest

from ordercast.gateways.invocations.batch_response import from_lowest
from ordercast.gateways.streams.kinesis_records import stream_records
from ordercast.notifications.notification import Notification
from processors.order_relay import PORTION, respond
from tests.processors.lambda_events import failed, kinesis_event

RECORDED = Path(__file__).parents[1] / "recordings" / "aws"


def order(order_id: str, *, padding: int = 0) -> bytes:
    contact = {"email": f"{order_id}@example.com"}
    event = {"order_id": order_id, "channel": "email", "contact": contact, "note": "x" * padding}
    return json.dumps(event).encode()


@pytest.fixture
def answer(world, log):
    """What Lambda is answered for a batch of the stream, from position 101 on."""

    def answer(*payloads: bytes) -> list[str]:
        event = kinesis_event(*payloads)
        return failed(respond(event, world.relayer, log, time_left=world.time_left))

    return answer


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


def test_a_malformed_record_is_parked_and_its_neighbours_go_out(world, answer) -> None:
    """One bad record costs nobody else their message."""
    assert [] == answer(order("o-1"), b"{broken", order("o-3"))
    assert ["o-1", "o-3"] == [order_id for order_id, _ in world.published()]
    assert {"102": "malformed-order-event"} == world.parked.reasons


@pytest.mark.parametrize("call", ["look_up", "record_decisions", "accept"])
def test_a_failure_of_a_service_has_the_whole_batch_redelivered(world, answer, call) -> None:
    world.ledger.unavailable.add(call)

    assert ["101"] == answer(order("o-1"), order("o-2"))


def test_a_publication_that_was_lost_is_answered_with_its_records_position(world, answer) -> None:
    world.notifications_topic.takes = lambda n: n.order.order_id != "o-2"

    assert ["102"] == answer(order("o-1"), order("o-2"), order("o-3"))


def test_with_little_time_left_the_rest_of_a_large_batch_is_redelivered(world, answer) -> None:
    """Ended by its time-out, the function would have to do even what it had done again."""
    world.time_left = lambda: timedelta(seconds=2)
    large = [order(f"o-{n}", padding=PORTION // 2) for n in range(4)]

    assert ["102"] == answer(*large)
    assert ["o-0"] == [order_id for order_id, _ in world.published()]


def test_a_large_batch_stops_at_the_portion_that_might_not_fit_into_its_time(
    world, answer, logged
) -> None:
    """As many as fit are done; the rest comes again from there, and becomes no second row."""
    takes = timedelta(seconds=7)
    world.time_left = lambda: timedelta(seconds=20) - takes * len(world.published())
    large = [order(f"o-{n}", padding=PORTION // 2) for n in range(4)]

    assert ["103"] == answer(*large)
    assert ["o-0", "o-1"] == [order_id for order_id, _ in world.published()]
    assert ("batch_not_relayed", "time", 2) == tuple(
        logged()[-1][name] for name in ("message", "reason", "undone")
    )

    world.time_left = lambda: timedelta(minutes=1)
    assert [] == answer(*large)
    assert [f"o-{n}" for n in range(4)] == sorted({o for o, _ in world.published()})
    assert 4 == len(world.rows())


def test_a_batch_of_single_orders_is_relayed_in_one_go(world, answer) -> None:
    """Each portion takes round trips of its own."""
    assert [] == answer(*(order(f"o-{n}", padding=5000) for n in range(100)))
    assert 1 == sum(method == "record_decisions" for method, _ in world.ledger.calls)


def test_a_failure_after_a_portion_redelivers_only_what_follows_it(world, answer) -> None:
    def takes_and_then_the_tables_fail(_: Notification) -> bool:
        world.ledger.unavailable.add("look_up")
        return True

    world.notifications_topic.takes = takes_and_then_the_tables_fail
    large = [order(f"o-{n}", padding=PORTION // 2) for n in range(3)]

    assert ["102"] == answer(*large)


def test_positions_are_compared_as_numbers() -> None:
    """As text, 9 would come after 10, and a record between the two would be let go."""
    assert ["9"] == failed(from_lowest(["10", "9", "11"]))


def test_a_batch_writes_one_line_with_counts_and_nothing_personal(world, answer, logged) -> None:
    answer(order("o-1"), order("o-1"), b'{"order_id": "ada@example.com"}')

    [line] = logged()
    assert "batch_relayed" == line["message"]
    counted = {"records": 3, "accepted": 1, "repeated": 1, "stale": 0, "parked": 1}
    assert counted == {name: line[name] for name in counted}
    assert "example.com" not in json.dumps(line)


def test_a_failure_is_one_line_that_says_which_and_how_many(world, answer, logged) -> None:
    world.ledger.unavailable.add("look_up")

    answer(order("o-1"), order("o-2"))

    [line] = logged()
    assert ("batch_not_relayed", "WARNING", 2, 2) == (
        *(line["message"], line["level"]),
        *(line["records"], line["undone"]),
    )
