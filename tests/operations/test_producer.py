"""The producer puts every event, in each order's order, and raises one error if it cannot."""

import json
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal
from random import Random
from typing import Any

import pytest
from botocore.exceptions import ClientError, EndpointConnectionError
from hypothesis import given
from hypothesis import strategies as st

from ordercast.errors import MalformedOrderEvent
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import StreamRecord
from ordercast.gateways.streams.kpl_aggregates import RECORD_LIMIT, Packed
from ordercast.gateways.streams.ordered_put import BYTES_A_CALL, RECORDS_A_CALL, OrderedPut
from ordercast.producer import FRUITLESS_CALLS, LONGEST_PAUSE, NotTaken, Producer
from tests.aggregates import record

THROTTLED = "ProvisionedThroughputExceededException"


class FlakyStream:
    """A stream that refuses so many of the entries at random, and holds PutRecords to its limits."""

    def __init__(self, seed: int = 0, *, refuses: float = 0) -> None:
        self.chance = Random(seed)  # noqa: S311 - what it refuses is no secret
        self.refuses = refuses
        self.taken: dict[str, list[bytes]] = defaultdict(list)
        self.calls: list[int] = []

    def put_records(self, **request: Any) -> dict[str, Any]:
        entries = request["Records"]
        sizes = [len(e["Data"]) + len(e["PartitionKey"].encode()) for e in entries]
        assert 1 <= len(entries) <= RECORDS_A_CALL
        assert max(sizes) <= RECORD_LIMIT
        assert sum(sizes) <= BYTES_A_CALL
        self.calls.append(len(entries))
        # Within a call nothing is promised of order.
        answers = {
            n: self._put(entries[n]) for n in self.chance.sample(range(len(entries)), len(entries))
        }
        records = [answers[n] for n in range(len(entries))]
        return {"Records": records, "FailedRecordCount": sum("ErrorCode" in r for r in records)}

    def _put(self, entry: dict[str, Any]) -> dict[str, str]:
        if self.chance.random() < self.refuses:
            code = self.chance.choice([THROTTLED, "InternalFailure"])
            return {"ErrorCode": code, "ErrorMessage": "slow down"}
        self.taken[entry["PartitionKey"]].append(entry["Data"])
        return {"SequenceNumber": "1", "ShardId": "s"}


def events(count: int, *, orders: int = 1_000_000, size: int = 1) -> list[tuple[str, bytes]]:
    return [(f"o-{n % orders}", f"{n:0{size}}".encode()) for n in range(count)]


def producer(stream: Any, pauses: list[float] | None = None, **wishes: Any) -> Producer:
    paused = [] if pauses is None else pauses
    return Producer(
        client=stream, stream="orders", pause=paused.append, chance=lambda: 1.0, **wishes
    )


def by_order(put: list[tuple[str, bytes]]) -> dict[str, list[bytes]]:
    orders = defaultdict(list)
    for key, payload in put:
        orders[key].append(payload)
    return orders


def unpacked(stream: FlakyStream) -> dict[str, list[bytes]]:
    """What the relay makes of each key's records."""
    return {
        key: [
            part.payload
            for each in records
            for part in open_envelope(record(each))
            if isinstance(part, StreamRecord)
        ]
        for key, records in stream.taken.items()
    }


@given(
    st.integers(0, 1000), st.integers(1, 60), st.integers(1, 8), st.booleans(), st.floats(0, 0.3)
)
def test_whatever_the_stream_refuses_each_order_s_events_are_there_once_and_in_their_order(
    seed, count, orders, aggregate, refuses
) -> None:
    stream = FlakyStream(seed, refuses=refuses)
    put = events(count, orders=orders)

    assert count == producer(stream, aggregate=aggregate).put_payloads(put)
    assert by_order(put) == unpacked(stream)


def test_what_a_200_did_not_take_is_put_again_and_only_that() -> None:
    """PutRecords answers 200 and fails in part."""

    class EveryOther(FlakyStream):
        def put_records(self, **request: Any) -> dict[str, Any]:
            answer = super().put_records(**request)
            if len(self.calls) <= 2:
                for place, entry in enumerate(request["Records"]):
                    if place % 2:
                        answer["Records"][place] = {"ErrorCode": THROTTLED}
                        del self.taken[entry["PartitionKey"]]
            return answer

    pauses: list[float] = []
    stream = EveryOther()

    producer(stream, pauses).put_payloads(events(10))

    assert [10, 5, 2] == stream.calls
    assert by_order(events(10)) == stream.taken
    assert [0.1, 0.1] == pauses


def test_an_order_s_next_event_waits_until_the_one_before_it_was_taken() -> None:
    """Within a call PutRecords promises no order."""
    stream = FlakyStream()

    producer(stream).put_payloads(events(9, orders=3))

    assert [3, 3, 3] == stream.calls


def test_a_stream_that_refuses_everything_is_given_up_with_the_numbers_and_the_reason() -> None:
    pauses: list[float] = []
    stream = FlakyStream(refuses=1)

    with pytest.raises(NotTaken, match="the stream took 0 of 5 events: it refuses them") as raised:
        producer(stream, pauses, aggregate=True).put_payloads(events(5, orders=2))

    assert (0, 5) == (raised.value.taken, raised.value.left)
    assert FRUITLESS_CALLS == len(stream.calls)
    assert pauses == sorted(pauses)
    assert max(pauses) <= LONGEST_PAUSE


@pytest.mark.parametrize(
    "error",
    [
        EndpointConnectionError(endpoint_url="https://kinesis.example.com"),
        ClientError({"Error": {"Code": "AccessDenied", "Message": "no"}}, "PutRecords"),
    ],
)
def test_a_stream_that_cannot_be_reached_leaves_said_how_much_was_put(error) -> None:
    class Gone(FlakyStream):
        def put_records(self, **request: Any) -> dict[str, Any]:
            if self.calls:
                raise error
            return super().put_records(**request)

    with pytest.raises(NotTaken, match="the stream took 500 of 700 events: ") as raised:
        producer(Gone()).put_payloads(events(700))

    assert error is raised.value.__cause__


def test_a_call_holds_at_most_500_records() -> None:
    stream = FlakyStream()
    producer(stream).put_payloads(events(1001))

    assert [500, 500, 1] == stream.calls


def test_a_call_holds_at_most_five_mebibytes_keys_and_all() -> None:
    stream = FlakyStream()
    size = RECORD_LIMIT - len("o-00")
    producer(stream).put_payloads(events(12, size=size))

    assert [5, 5, 2] == stream.calls


def test_long_keys_count_as_well() -> None:
    stream = FlakyStream()
    long = "o" * 120
    put = [(f"{long}-{key}", payload) for key, payload in events(500, size=10_400)]
    producer(stream).put_payloads(put)

    assert 2 == len(stream.calls)
    assert by_order(put) == stream.taken


def test_who_was_refused_is_first_in_the_next_call() -> None:
    ordered_put = OrderedPut()
    for key, payload in events(600):
        ordered_put.add(key, [Packed(data=payload, events=1)])

    ordered_put.call()
    ordered_put.refused(["o-7", "o-300"])

    assert ["o-7", "o-300", "o-500"] == [key for key, _ in ordered_put.call()][:3]


def test_progress_is_reported_after_each_call() -> None:
    reported: list[int] = []
    producer(FlakyStream(), progress=reported.append, aggregate=True).put_payloads(
        events(1500, orders=750)
    )

    assert [1000, 1500] == reported


ORDER = {"order_id": "o-1", "customer_id": "c-1"}


def test_events_are_put_as_mappings_bytes_or_text() -> None:
    stream = FlakyStream()
    at = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
    amount = {"value": Decimal("42.50"), "currency": "USD"}

    producer(stream).put([ORDER | {"occurred_at": at, "amount": amount}])
    producer(stream).put(
        [b'{"order_id":"o-2","customer_id":"c"}', '{"order_id":"o-2","customer_id":"d"}']
    )

    [first] = stream.taken["o-1"]
    assert json.loads(first) == ORDER | {
        "occurred_at": "2026-03-02T09:30:00Z",
        "amount": {"value": "42.50", "currency": "USD"},
    }
    pair = [b'{"order_id":"o-2","customer_id":"c"}', b'{"order_id":"o-2","customer_id":"d"}']
    assert pair == stream.taken["o-2"]


@pytest.mark.parametrize(
    ("bad", "line"),
    [
        ({"order_id": "o-2"}, "event 2: customer_id: found nothing, and no contact; taken is text"),
        (
            ORDER | {"orderId": "o-9"},
            "event 2: order_id, orderId: found different values; taken is text",
        ),
        (
            ORDER | {"note": "x" * RECORD_LIMIT},
            "event 2: event: with its partition key larger than",
        ),
        (ORDER | {"note": object()}, "event 2: event: it cannot be written as JSON: "),
        (
            ORDER | {"note": "ada@example.com \ud800"},
            "event 2: event: it cannot be written as JSON: ",
        ),
        (b"not an order", "event 2: not JSON: "),
    ],
)
def test_a_bad_event_is_named_in_one_line_with_its_field_and_nothing_is_put(bad, line) -> None:
    stream = FlakyStream()

    with pytest.raises(MalformedOrderEvent) as raised:
        producer(stream).put([ORDER, bad])

    assert str(raised.value).startswith(line)
    assert 1 == len(str(raised.value).splitlines())
    assert "ada@example.com" not in str(raised.value)
    assert [] == stream.calls
