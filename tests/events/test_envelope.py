"""Records may be plain or compressed; one that cannot be unpacked is parked with a reason."""

import gzip
import tracemalloc
import zlib
from hashlib import shake_128

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.envelope import AGGREGATE_LIMIT, EVENT_LIMIT, open_envelope
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.aggregates import aggregate, outcomes, record

ORDER = b'{"order_id": "o-1", "customer_id": "c-1"}'
NEXT = b'{"order_id": "o-2", "customer_id": "c-2"}'

COMPRESSORS = {
    "gzip": gzip.compress,
    "zlib, level 0": lambda payload: zlib.compress(payload, 0),
    "zlib, level 1": lambda payload: zlib.compress(payload, 1),
    "zlib, level 5": lambda payload: zlib.compress(payload, 5),
    "zlib, level 6": lambda payload: zlib.compress(payload, 6),
    "zlib, level 9": lambda payload: zlib.compress(payload, 9),
}
compressors = pytest.mark.parametrize("compress", COMPRESSORS.values(), ids=COMPRESSORS)


def opened(payload: bytes) -> list[tuple[str, bytes | str]]:
    return outcomes(open_envelope(record(payload)))


def test_a_plain_record_is_handed_on_as_it_is() -> None:
    plain = record(ORDER)

    [same] = open_envelope(plain)

    assert plain is same
    assert ("101", "outer") == (plain.position, plain.partition_key)


@compressors
def test_a_compressed_record_is_unpacked_in_its_place(compress) -> None:
    [event] = open_envelope(record(compress(ORDER)))

    assert isinstance(event, StreamRecord)
    assert ("101", "outer", ORDER) == (event.position, event.partition_key, event.payload)


@compressors
def test_a_compressed_sub_record_is_unpacked_among_plain_ones(compress) -> None:
    assert [("101.0", NEXT), ("101.1", ORDER), ("101.2", NEXT)] == opened(
        aggregate(NEXT, compress(ORDER), NEXT)
    )


DAMAGED = {
    "cut off": lambda packed: packed[:-5],
    "its first bytes only": lambda packed: packed[:2],
    "a flipped bit": lambda packed: packed[:-8] + bytes([packed[-8] ^ 1]) + packed[-7:],
    "another checksum": lambda packed: packed[:-6] + bytes(6),
    "followed by something": lambda packed: packed + b"!",
    "followed by zlib": lambda packed: packed + zlib.compress(NEXT),
}


@compressors
@pytest.mark.parametrize("damage", DAMAGED.values(), ids=DAMAGED)
def test_damaged_compression_is_parked_as_received_and_its_neighbours_go_on(
    compress, damage
) -> None:
    damaged = damage(compress(ORDER))

    first, parked, last = open_envelope(record(aggregate(NEXT, damaged, NEXT)))

    assert [("101.0", NEXT), ("101.2", NEXT)] == outcomes([first, last])
    assert isinstance(parked, ParkedRecord)
    assert ("101.1", "damaged-compression") == (parked.record.position, parked.reason)
    assert damaged == parked.record.payload
    assert "order" not in parked.detail
    assert [("101", "damaged-compression")] == opened(damaged)


@pytest.mark.parametrize("compress", [gzip.compress, zlib.compress])
def test_a_zip_bomb_is_parked_as_received_without_being_unpacked(compress) -> None:
    bomb = compress(bytes(32 * EVENT_LIMIT))
    tracemalloc.start()

    [parked] = open_envelope(record(bomb))

    assert tracemalloc.get_traced_memory()[1] < 4 * EVENT_LIMIT
    tracemalloc.stop()
    assert isinstance(parked, ParkedRecord)
    assert ("101", "too-large") == (parked.record.position, parked.reason)
    assert bomb == parked.record.payload
    assert f"it unpacks to more than {EVENT_LIMIT} bytes" == parked.detail


@compressors
def test_a_byte_too_many_is_too_large(compress) -> None:
    assert [("101", "too-large")] == opened(compress(bytes(EVENT_LIMIT + 1)))


@compressors
def test_the_limit_itself_is_not_too_large(compress) -> None:
    [event] = open_envelope(record(compress(b" " * EVENT_LIMIT)))

    assert isinstance(event, StreamRecord)
    assert EVENT_LIMIT == len(event.payload)


def test_a_bomb_among_sub_records_costs_nobody_else_their_message() -> None:
    bomb = gzip.compress(bytes(16 * EVENT_LIMIT))

    assert [
        ("101.0", NEXT),
        ("101.1", "too-large"),
        ("101.2", ORDER),
    ] == opened(aggregate(NEXT, bomb, gzip.compress(ORDER)))


def test_many_large_events_in_one_record_are_unpacked_up_to_a_limit_in_all() -> None:
    """Each is allowed, but together they would not fit in memory; plain ones do not count."""
    large = gzip.compress(b" " * EVENT_LIMIT)
    allowed = AGGREGATE_LIMIT // EVENT_LIMIT

    told_of = opened(aggregate(NEXT, *[large] * (allowed + 1), NEXT))

    assert allowed == sum(len(each) == EVENT_LIMIT for _, each in told_of)
    assert [(f"101.{allowed + 1}", "too-large"), (f"101.{allowed + 2}", NEXT)] == told_of[-2:]


@compressors
def test_an_aggregate_that_is_compressed_is_parked_as_received(compress) -> None:
    packed = compress(aggregate(ORDER, NEXT))

    [parked] = open_envelope(record(packed))

    assert isinstance(parked, ParkedRecord)
    assert ("101", "nested-aggregate") == (parked.record.position, parked.reason)
    assert packed == parked.record.payload


@given(payload=st.binary(max_size=100))
def test_any_bytes_that_begin_like_something_compressed_have_an_answer(payload: bytes) -> None:
    for beginning in (b"\x1f\x8b", b"\x1f\x8b\x08\x00", b"\x78\x01", b"\x78\x9c", b"\x78\xda"):
        [answer] = open_envelope(record(beginning + payload))
        assert not isinstance(answer, ParkedRecord) or answer.reason in {
            "damaged-compression",
            "too-large",
        }


def test_incompressible_bytes_of_the_largest_record_are_unpacked_to_the_byte() -> None:
    noise = shake_128(b"noise").digest(EVENT_LIMIT)

    assert [("101", noise)] == opened(gzip.compress(noise))


@pytest.mark.parametrize("payload", [b"", b"\x1f", b"x", b"\x78\x02", b"x: 1", b"\xf3\x89\x9a"])
def test_what_is_neither_compressed_nor_an_aggregate_is_left_to_the_events_reader(
    payload: bytes,
) -> None:
    assert [("101", payload)] == opened(payload)
