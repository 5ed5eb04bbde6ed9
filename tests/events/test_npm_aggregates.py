"""Aggregates of npm's aws-kinesis-agg 4.2.8 are unpacked to the byte; make.cjs made them."""

import json
from base64 import b64decode
from gzip import decompress
from pathlib import Path

import pytest

from ordercast.events.envelope import open_envelope
from ordercast.events.kpl import message_in, take_apart
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from tests.aggregates import record

MADE = Path(__file__).parents[1] / "recordings" / "npm_aggregates" / "aggregates.json.gz"
CASES = {each["name"]: each for each in json.loads(decompress(MADE.read_bytes()))}
MISLAID = "keys that are numbers"
"""npm's package sorts the key table but not the indexes, so records get wrong keys."""


def parts_of(case: dict[str, object]) -> list[StreamRecord]:
    whole = record(b64decode(str(case["aggregate"])))
    message = message_in(whole.payload)
    assert message is not None
    parts = take_apart(whole, message)
    assert [] == [each for each in parts if isinstance(each, ParkedRecord)]
    return [each for each in parts if isinstance(each, StreamRecord)]


@pytest.mark.parametrize("case", CASES.values(), ids=CASES)
def test_every_record_that_was_put_comes_out_to_the_byte_and_in_its_place(case) -> None:
    put = [b64decode(data) for _, _, data in case["put"]]

    parts = parts_of(case)

    assert put == [each.payload for each in parts]
    assert [f"101.{n}" for n in range(len(put))] == [each.position for each in parts]


@pytest.mark.parametrize("case", [each for name, each in CASES.items() if name != MISLAID])
def test_every_record_that_was_put_has_its_own_key(case) -> None:
    assert [key for key, _, _ in case["put"]] == [each.partition_key for each in parts_of(case)]


def test_keys_that_the_writer_mixed_up_cost_no_order_its_event() -> None:
    """A partition key routes a record; it does not identify the customer."""
    assert ["30", "7", "100", "7"] == [key for key, _, _ in CASES[MISLAID]["put"]]
    assert ["7", "30", "100", "30"] == [each.partition_key for each in parts_of(CASES[MISLAID])]


def test_a_compressed_event_comes_out_unpacked() -> None:
    case = CASES["no data, and every byte"]

    *_, last = open_envelope(record(b64decode(case["aggregate"])))

    assert isinstance(last, StreamRecord)
    assert {"order_id": "o-3", "customer_id": "c-3"} == json.loads(last.payload)
