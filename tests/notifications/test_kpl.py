"""Aggregates are read strictly: what is damaged is parked, and costs nobody else their message."""

import subprocess
import sys
import time

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from notifications.envelope import open_envelope
from notifications.kpl_damaged import PART_LIMIT
from notifications.kpl_message import MAGIC
from notifications.parking import ParkedRecord, StreamRecord
from tests.aggregates import aggregate, field, message_of, part, record, sealed, told

ORDERS = tuple(b'{"order_id": "o-%d", "customer_id": "c-%d"}' % (n, n * n) for n in range(1, 6))
KEYS = b"".join(field(1, b"o-%d" % n) for n in (1, 2, 3))


def opened(payload: bytes) -> list[tuple[str, bytes | str]]:
    return told(open_envelope(record(payload)))


def detail_of(payload: bytes) -> str:
    [parked] = [each for each in open_envelope(record(payload)) if isinstance(each, ParkedRecord)]
    return parked.detail


def test_the_sub_records_come_out_in_order_each_with_its_own_partition_key() -> None:
    parts = open_envelope(record(aggregate(*ORDERS)))

    assert [(f"101.{n}", each) for n, each in enumerate(ORDERS)] == told(parts)
    assert [f"o-{n}" for n in range(1, 6)] == [each.partition_key for each in parts]
    assert {"101"} == {each.sequence_number for each in parts}


def test_an_aggregate_of_one_has_a_part_and_is_not_the_record_itself() -> None:
    assert [("101.0", ORDERS[0])] == opened(aggregate(ORDERS[0]))


def test_explicit_hash_keys_change_nothing_for_those_with_and_without() -> None:
    hash_keys = ("7", None, "340282366920938463463374607431768211455", None, "7")

    assert list(ORDERS) == [each for _, each in opened(aggregate(*ORDERS, hash_keys=hash_keys))]


def test_tags_are_passed_over() -> None:
    tag = field(4, field(1, b"source") + field(2, b"till"))
    tagged = part(ORDERS[0], more=tag + tag)

    assert [("101.0", ORDERS[0]), ("101.1", ORDERS[1])] == opened(
        sealed(KEYS + tagged + part(ORDERS[1]))
    )


@pytest.mark.parametrize(
    "payload",
    [
        pytest.param(aggregate(*ORDERS)[:-1] + b"\x00", id="another digest"),
        pytest.param(aggregate(*ORDERS)[:-1], id="a digest cut off"),
        pytest.param(b"\x00" + aggregate(*ORDERS), id="something before the magic"),
        pytest.param(MAGIC, id="the magic alone"),
        pytest.param(MAGIC + bytes(15), id="too short for a digest"),
        pytest.param(b"", id="nothing"),
    ],
)
def test_without_magic_or_with_another_digest_it_is_a_record_as_it_stands(payload: bytes) -> None:
    assert [("101", payload)] == opened(payload)


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
    "a field nobody knows in it": part(ORDERS[1], more=field(9, b"?")),
    "a field nobody knows around it": field(9, ORDERS[1]),
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
    """As if it were the last of the keys, where nothing else is odd about the aggregate."""
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
def test_from_where_no_sub_records_can_be_told_apart_the_rest_is_parked_as_one(
    torn: bytes,
) -> None:
    payload = sealed(KEYS + part(ORDERS[0]) + part(ORDERS[2], key=2) + torn)
    *intact, rest = open_envelope(record(payload))

    assert [("101.0", ORDERS[0]), ("101.1", ORDERS[2])] == told(intact)
    assert isinstance(rest, ParkedRecord)
    assert ("101.2", "damaged-aggregate") == (rest.record.position, rest.reason)
    assert torn == rest.record.payload
    assert "what follows the first 2 sub-records cannot be told apart" == rest.detail


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
def test_where_nothing_can_be_told_apart_the_aggregate_is_parked_whole(
    message: bytes, detail: str
) -> None:
    [parked] = open_envelope(record(sealed(message)))

    assert isinstance(parked, ParkedRecord)
    assert ("101", "damaged-aggregate") == (parked.record.position, parked.reason)
    assert sealed(message) == parked.record.payload
    assert detail == parked.detail


def test_an_aggregate_inside_another_is_parked_and_its_neighbours_go_on() -> None:
    inner = aggregate(ORDERS[1], ORDERS[2])

    assert [
        ("101.0", ORDERS[0]),
        ("101.1", "nested-aggregate"),
        ("101.2", ORDERS[3]),
    ] == opened(aggregate(ORDERS[0], inner, ORDERS[3]))


def test_what_only_looks_like_an_aggregate_inside_another_is_judged_as_an_event() -> None:
    assert [("101.0", MAGIC + b"?" * 20)] == opened(aggregate(MAGIC + b"?" * 20))


WHOLE = message_of(aggregate(*ORDERS))
STARTS = [WHOLE.index(each) for each in ORDERS]
"""Where the data of each sub-record begins."""


def contents(number: int) -> range:
    """Where that sub-record stands in the message, without its tag and length."""
    end = STARTS[number] + len(ORDERS[number])
    return range(STARTS[number] - 4, end)


@given(number=st.integers(0, 4), data=st.data())
def test_whatever_happens_inside_a_sub_record_its_neighbours_survive(number, data) -> None:
    inside = contents(number)
    garbage = data.draw(st.binary(min_size=len(inside), max_size=len(inside)))
    first = data.draw(st.integers(0, len(inside)))
    last = data.draw(st.integers(first, len(inside)))
    damaged = bytearray(WHOLE)
    damaged[inside.start + first : inside.start + last] = garbage[first:last]

    parts = opened(sealed(bytes(damaged)))

    assert 5 == len(parts)
    neighbours = [(f"101.{n}", each) for n, each in enumerate(ORDERS) if n != number]
    assert neighbours == [each for each in parts if each[0] != f"101.{number}"]


@st.composite
def mutations(draw: st.DrawFn) -> tuple[int, int, bytes]:
    """Replace the bytes from one place to another: a flip, a cut, a splice, an insertion."""
    start = draw(st.integers(0, len(WHOLE)))
    end = draw(st.sampled_from([start, start + 1, start + 2, len(WHOLE)]))
    return start, end, draw(st.binary(max_size=12))


@given(mutation=mutations())
@settings(max_examples=500, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_whatever_happens_to_an_aggregate_nothing_before_it_is_lost_and_nothing_is_printed(
    mutation, capfd
) -> None:
    start, end, instead = mutation
    message = WHOLE[:start] + instead + WHOLE[end:]

    parts = open_envelope(record(sealed(message)))

    complete = [n for n in range(5) if contents(n).stop <= start]
    assert [(f"101.{n}", ORDERS[n]) for n in complete] == told(parts)[: len(complete)]
    assert ("", "") == capfd.readouterr()


@given(mutation=mutations())
@settings(max_examples=500)
def test_whatever_happens_to_an_aggregate_no_intact_sub_record_vanishes_without_a_sign(
    mutation,
) -> None:
    """Also where a wrong length or tag makes a key, or a part of its neighbour, of it."""
    start, end, instead = mutation
    message = WHOLE[:start] + instead + WHOLE[end:]

    parts = open_envelope(record(sealed(message)))

    intact = {
        ORDERS[n] for n in range(5) if contents(n).stop <= start or end <= contents(n).start - 2
    }
    events = {each.payload for each in parts if isinstance(each, StreamRecord)}
    signs = [each for each in parts if isinstance(each, ParkedRecord) or each.payload not in ORDERS]
    assert intact <= events or signs


@given(message=st.binary(max_size=200))
def test_any_bytes_at_all_have_an_answer(message: bytes) -> None:
    parts = opened(sealed(message))

    assert parts
    positions = [position for position, _ in parts]
    assert positions in (["101"], [f"101.{n}" for n in range(len(parts))])


PROBE = """
import sys
before = sys.path.copy()
from notifications.envelope import open_envelope
from notifications.parking import StreamRecord

def opened(payload):
    record = StreamRecord(sequence_number="1", partition_key="o", arrived_at=None, payload=payload)
    return open_envelope(record)

if sys.argv[2]:
    sys.modules["config_pb2"] = sys.argv[2]
opened(b"{}")
print(any(name.startswith(("google", "aws_kinesis_agg")) for name in sys.modules))
print(len(opened(bytes.fromhex(sys.argv[1]))))
print(sys.path == before, sys.modules.get("config_pb2", ""))
"""


@pytest.mark.parametrize("neighbour", ["", "somebody's"])
def test_only_who_meets_an_aggregate_imports_protobuf_and_it_changes_nobody_elses_imports(
    neighbour: str,
) -> None:
    probe = subprocess.run(
        [sys.executable, "-W", "error", "-c", PROBE, aggregate(*ORDERS).hex(), neighbour],
        capture_output=True,
        text=True,
        check=True,
    )

    assert ["False", "5", f"True {neighbour}"] == probe.stdout.splitlines()
    assert "" == probe.stderr
