"""Aggregates are unpacked in order, each part with its key; other records are left alone."""

import subprocess
import sys

import pytest

from ordercast.events.envelope import open_envelope
from ordercast.events.kpl_message import MAGIC
from tests.aggregates import aggregate, field, outcomes, part, record, sealed
from tests.decisions.five_orders import KEYS, ORDERS, opened


def test_the_sub_records_come_out_in_order_each_with_its_own_partition_key() -> None:
    parts = open_envelope(record(aggregate(*ORDERS)))

    assert [(f"101.{n}", each) for n, each in enumerate(ORDERS)] == outcomes(parts)
    assert [f"o-{n}" for n in range(1, 6)] == [each.partition_key for each in parts]  # type: ignore[union-attr]  # none is parked
    assert {"101"} == {each.sequence_number for each in parts}  # type: ignore[union-attr]  # none is parked


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


def test_an_aggregate_inside_another_is_parked_and_its_neighbours_go_on() -> None:
    inner = aggregate(ORDERS[1], ORDERS[2])

    assert [
        ("101.0", ORDERS[0]),
        ("101.1", "nested-aggregate"),
        ("101.2", ORDERS[3]),
    ] == opened(aggregate(ORDERS[0], inner, ORDERS[3]))


def test_what_only_looks_like_an_aggregate_inside_another_is_judged_as_an_event() -> None:
    assert [("101.0", MAGIC + b"?" * 20)] == opened(aggregate(MAGIC + b"?" * 20))


PROBE = """
import sys
before = sys.path.copy()
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import StreamRecord

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
