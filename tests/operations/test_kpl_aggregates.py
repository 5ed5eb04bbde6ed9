"""A key's events are packed into as few records as hold them, readable by any KPL reader."""

import sys
from base64 import b64decode, b64encode

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.envelope import open_envelope
from ordercast.events.kpl import message_in
from ordercast.gateways.streams.kpl_aggregates import RECORD_LIMIT, aggregate, packed
from tests.aggregates import outcomes, record

path = sys.path.copy()
from aws_kinesis_agg.aggregator import RecordAggregator  # noqa: E402 - it changes the path
from aws_kinesis_agg.deaggregator import deaggregate_records  # noqa: E402

sys.path[:] = path

KEYS = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="\x1a"), min_size=1, max_size=128
)


@given(KEYS, st.lists(st.binary(max_size=300), min_size=1, max_size=40))
def test_an_aggregate_is_to_the_byte_what_aws_kinesis_agg_makes(key, payloads) -> None:
    theirs = RecordAggregator()
    for each in payloads:
        theirs.add_user_record(key, each or b"-")

    assert theirs.clear_and_get().get_contents()[2] == aggregate(key, [p or b"-" for p in payloads])


def test_aws_kinesis_agg_reads_it() -> None:
    kinesis = {
        "kinesisSchemaVersion": "1.0",
        "partitionKey": "o-1",
        "sequenceNumber": "101",
        "approximateArrivalTimestamp": 0.0,
        "data": b64encode(aggregate("o-1", [b"one", b"two"])).decode(),
    }
    theirs = deaggregate_records([{"kinesis": kinesis, "eventID": "s:101"}])

    assert [b"one", b"two"] == [b64decode(each["kinesis"]["data"]) for each in theirs]
    assert ["o-1"] * 2 == [each["kinesis"]["partitionKey"] for each in theirs]


@pytest.mark.parametrize("size", [1, 90, 564, 20_000, 500_000, 700_000])
def test_records_are_as_full_as_the_stream_takes_them_and_in_order(size) -> None:
    payloads = [bytes([n]) * size for n in range(250)][: 5_000_000 // size]

    records = list(packed("order-1", payloads))

    assert len(payloads) == sum(each.events for each in records)
    sizes = [len(each.data) + len("order-1") for each in records]
    assert max(sizes) <= RECORD_LIMIT
    assert all(one + size + 30 > RECORD_LIMIT for one in sizes[:-1])
    opened = [part for each in records for part in outcomes(open_envelope(record(each.data)))]
    assert payloads == [payload for _, payload in opened]


@pytest.mark.parametrize("spare", range(0, 64, 3))
def test_an_event_that_leaves_no_room_for_a_frame_is_put_as_it_is(spare) -> None:
    payload = b"x" * (RECORD_LIMIT - len("o-1") - spare)

    [one] = packed("o-1", [payload])

    assert len(one.data) + len("o-1") <= RECORD_LIMIT
    assert (one.data == payload) == (message_in(one.data) is None)
    assert [payload] == [each for _, each in outcomes(open_envelope(record(one.data)))]
