"""Aggregates are read strictly: a damaged part is parked, and its neighbours are read."""

import time

import pytest

from ordercast.events.envelope import open_envelope
from ordercast.events.kpl_damaged import PART_LIMIT
from ordercast.events.stream_record import ParkedRecord
from tests.aggregates import field, outcomes, part, record, sealed
from tests.decisions.five_orders import KEYS, ORDERS, opened

BIG = b"\xff\xff\xff\xff\xff\xff\xff\xff\xff\x01"
DAMAGED = {
    "an index without its key": part(ORDERS[1], key=3),
    "the highest index": field(3, b"\x08" + BIG + field(3, ORDERS[1])),
    "an index that does not end": field(3, b"\x08" + b"\xff" * 11 + field(3, ORDERS[1])),
    "a hash key that is not there": part(ORDERS[1], more=b"\x10\x00"),
    "a hash key that is not there, in its usual place": field(
        3, b"\x08\x00\x10\x00" + field(3, ORDERS[1])
    ),
    "a key that is not text": field(1, b"\xff\xfe") + part(ORDERS[1], key=3),
    "no partition key": field(3, field(3, ORDERS[1])),
    "no data": field(3, b"\x08\x00"),
    "nothing in it": field(3, b""),
    "data longer than the sub-record": field(3, b"\x08\x00\x1a\x7f" + ORDERS[1]),
    "data of another kind": field(3, b"\x08\x00\x18\x07"),
    "two payloads": part(ORDERS[1], more=field(3, ORDERS[2])),
    "an unknown field in it": part(ORDERS[1], more=field(9, b"?")),
    "an unknown field around it": field(9, ORDERS[1]),
    "the tag of a key": field(1, part(ORDERS[1])[2:]),
    "the tag of a hash key": field(2, part(ORDERS[1])[2:]),
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_sub_record_is_parked_in_its_place_and_its_neighbours_go_on(
    damaged: bytes,
) -> None:
    assert [
        ("101.0", ORDERS[0]),
        ("101.1", "damaged-sub-record"),
        ("101.2", ORDERS[2]),
    ] == opened(sealed(KEYS + part(ORDERS[0]) + damaged + part(ORDERS[2], key=2)))


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_parked_sub_record_keeps_what_there_is_of_it_and_its_detail_quotes_nothing(
    damaged: bytes,
) -> None:
    payload = sealed(KEYS + part(ORDERS[0]) + damaged + part(ORDERS[2], key=2))

    [parked] = [each for each in open_envelope(record(payload)) if isinstance(each, ParkedRecord)]
    assert parked.record.payload in damaged
    assert (ORDERS[1] in damaged) == (ORDERS[1] in parked.record.payload)
    assert "o-2" not in parked.detail
    assert parked.detail.isascii()
    assert 1 == len(parked.detail.splitlines())


@pytest.mark.parametrize("number", [1, 2])
def test_a_sub_record_that_stands_among_the_keys_is_parked_all_the_same(number) -> None:
    """Damage may make it the last of the keys in an otherwise intact aggregate."""
    mistaken = field(number, part(ORDERS[0])[2:])

    assert [("101.0", "damaged-sub-record"), ("101.1", ORDERS[1])] == opened(
        sealed(KEYS + mistaken + part(ORDERS[1]))
    )


def test_a_bad_index_parks_the_data_alone_so_that_it_can_be_put_again() -> None:
    [parked] = open_envelope(record(sealed(part(ORDERS[0], key=9))))

    assert isinstance(parked, ParkedRecord)
    assert (ORDERS[0], None) == (parked.record.payload, parked.record.partition_key)


TORN = {
    "cut off in a sub-record": part(ORDERS[1])[:-1],
    "cut off after a tag": b"\x1a",
    "a length that does not end": b"\x1a" + b"\xff" * 11 + ORDERS[1],
    "a length beyond the end": b"\x1a\xff\x7f" + ORDERS[1],
    "a tag of two bytes": b"\x9a\x01" + part(ORDERS[1])[1:],
}


@pytest.mark.parametrize("torn", TORN.values(), ids=TORN)
def test_from_where_no_sub_records_can_be_distinguished_the_rest_is_parked_as_one(
    torn: bytes,
) -> None:
    payload = sealed(KEYS + part(ORDERS[0]) + part(ORDERS[2], key=2) + torn)
    *intact, rest = open_envelope(record(payload))

    assert [("101.0", ORDERS[0]), ("101.1", ORDERS[2])] == outcomes(intact)
    assert isinstance(rest, ParkedRecord)
    assert ("101.2", "damaged-aggregate") == (rest.record.position, rest.reason)
    assert torn == rest.record.payload
    assert "no sub-records are found after the first 2" == rest.detail


LOST = {
    "a length that ends in a neighbour": b"\x1a\x40" + part(ORDERS[1])[2:],
    "a length that ends with a neighbour": b"\x1a"
    + bytes([2 * len(part(ORDERS[1])) - 2])
    + part(ORDERS[1])[2:],
    "a length that ends before its data": b"\x1a\x10" + part(ORDERS[1])[2:],
    "a length that does not end": b"\x1a" + b"\xff" * 11 + part(ORDERS[1])[2:],
    "data that ends in a neighbour": b"\x1a\x40\x08\x00\x1a\x3c" + ORDERS[1],
    "a number where a sub-record should be": b"\x18\x05",
    "letters": b"nothing of the sort",
}


@pytest.mark.parametrize("lost", LOST.values(), ids=LOST)
def test_where_a_sub_record_does_not_say_where_it_ends_its_neighbours_are_found_again(
    lost: bytes,
) -> None:
    behind = part(ORDERS[2], key=2) + part(ORDERS[3], key=1)

    assert [
        ("101.0", ORDERS[0]),
        ("101.1", "damaged-sub-record"),
        ("101.2", ORDERS[2]),
        ("101.3", ORDERS[3]),
    ] == opened(sealed(KEYS + part(ORDERS[0]) + lost + behind))


@pytest.mark.parametrize("junk", [b"\x1a", b"\x1a\x00", b"\x1a\x01\x08", b"\x0a\x00", b"\xff"])
def test_a_mebibyte_made_to_be_slow_is_answered_in_a_moment(junk: bytes) -> None:
    started = time.process_time()

    assert opened(sealed(part(ORDERS[0]) + junk * (1024 * 1024 // len(junk))))
    assert time.process_time() - started < 10


@pytest.mark.parametrize(
    ("message", "detail"),
    [
        pytest.param(b"", "it holds no sub-records", id="nothing in it"),
        pytest.param(KEYS, "it holds no sub-records", id="keys only"),
        pytest.param(KEYS + TORN["cut off after a tag"], "it cannot be taken apart", id="torn"),
        pytest.param(b"not protobuf", "it cannot be taken apart", id="something else"),
        pytest.param(
            KEYS + part(b"") * (PART_LIMIT + 1),
            f"it holds more than {PART_LIMIT} sub-records",
            id="more sub-records than events could be",
        ),
    ],
)
def test_where_nothing_can_be_distinguished_the_aggregate_is_parked_whole(
    message: bytes, detail: str
) -> None:
    [parked] = open_envelope(record(sealed(message)))

    assert isinstance(parked, ParkedRecord)
    assert ("101", "damaged-aggregate") == (parked.record.position, parked.reason)
    assert sealed(message) == parked.record.payload
    assert detail == parked.detail
