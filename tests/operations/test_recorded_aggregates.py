"""An aggregate is recorded as it was put, anonymously: each part with its keys and tags."""

import json
from pathlib import Path
from typing import Any

import pytest

from ordercast.events.envelope import open_envelope
from ordercast.events.kpl import message_in
from ordercast.events.kpl_message import definition
from ordercast.gateways.streams.kinesis_records import stream_records
from ordercast.operations.anonymise import Scrub
from ordercast.operations.recording import scrubbed
from tests.aggregates import aggregate, field, message_of, part, record, sealed
from tests.examples import EMAIL, payload

SCRUB = Scrub(salt=b"tests", default_country="US")
RECORDINGS = Path(__file__).parents[1] / "recordings/kinesis"
A_HASH = "340282366920938463463374607431768211455"


def recorded(aggregated: bytes) -> Any:
    """The message of an aggregate once it is recorded."""
    message = message_in(scrubbed(record(aggregated), SCRUB).payload)
    assert message is not None
    return definition().aggregated_record.FromString(message)


def tagged(*tags: tuple[bytes, ...]) -> bytes:
    """An aggregate of one part with those tags, each a name and, most often, a value."""
    written = b"".join(
        field(4, b"".join(field(n, t) for n, t in enumerate(tag, 1))) for tag in tags
    )
    return sealed(field(1, EMAIL.encode()) + part(payload(), more=written))


def tags_of(aggregated: bytes) -> list[tuple[str, str | None]]:
    (one,) = recorded(aggregated).records
    return [(tag.key, tag.value if tag.HasField("value") else None) for tag in one.tags]


def test_hash_keys_stay_with_their_parts_and_are_others() -> None:
    """They may be digests of partition keys, and those may name a person."""
    hash_keys = ("7", None, A_HASH, "7")
    whole = recorded(aggregate(*[payload()] * 4, hash_keys=hash_keys))

    table = list(whole.explicit_hash_key_table)
    got = [
        table[each.explicit_hash_key_index] if each.HasField("explicit_hash_key_index") else None
        for each in whole.records
    ]
    assert [each is None for each in hash_keys] == [each is None for each in got]
    assert got[0] == got[3] != got[2]
    assert set() == {"7", A_HASH} & set(table)
    assert all(0 <= int(each) < 1 << 128 for each in table)


@pytest.mark.parametrize(
    ("odd", "left"), [("Ada 1815", "xxx 0000"), ("٣", "0"), ("9" * 5000, "0" * 5000), ("", "")]
)
def test_a_hash_key_that_is_none_of_a_stream_s_keeps_its_punctuation_alone(
    odd: str, left: str
) -> None:
    assert left == SCRUB.hash_key(odd)


def test_tags_keep_their_names_and_what_is_not_personal() -> None:
    harmless = [("retry", "true"), ("fresh", "false"), ("source", ""), ("try", "12"), ("odd", None)]
    written = [tuple(each.encode() for each in tag if each is not None) for tag in harmless]

    assert harmless == tags_of(tagged(*written))


@pytest.mark.parametrize("value", ["Ada", "1815", "+12065550100", "c-42", "Å"])
def test_what_a_tag_says_is_replaced_by_the_same_for_the_same(value: str) -> None:
    (name, first), (_, second), (_, other) = tags_of(
        tagged((b"who", value.encode()), (b"who", value.encode()), (b"who", b"somebody else"))
    )

    assert "who" == name
    assert first == second != other
    assert first is not None
    assert value not in first


def test_a_person_in_a_tag_is_the_nobody_of_the_event() -> None:
    aggregated = tagged((b"to", EMAIL.encode()), (EMAIL.encode(), b"1"))
    (event,) = open_envelope(scrubbed(record(aggregated), SCRUB))
    nobody = json.loads(event.payload)["contact"]["email"]  # type: ignore[union-attr]  # it is not parked

    assert [("to", nobody), (nobody, "1")] == tags_of(aggregated)
    assert EMAIL != nobody


def test_bytes_that_are_no_text_are_recorded_as_a_tag_that_reveals_nothing() -> None:
    ((name, value),) = tags_of(tagged((b"raw", b"\xff\xfe")))

    assert "raw" == name
    assert value is not None
    assert value.startswith("t-")


def test_keys_that_no_part_uses_stay_in_their_places() -> None:
    """So a part's number means the same key as before."""
    keys = [field(1, each) for each in (b"unused", EMAIL.encode(), EMAIL.encode())]
    whole = recorded(sealed(b"".join(keys) + field(2, b"7") + part(payload(), key=2)))

    first, second, third = whole.partition_key_table
    assert second == third != first
    assert 2 == whole.records[0].partition_key_index
    assert 1 == len(whole.explicit_hash_key_table)


@pytest.mark.parametrize(
    "name",
    ["aggregate", "aggregate_by_npm", "aggregate_with_tags", "aggregate_with_explicit_hash_keys"],
)
def test_an_intact_aggregate_of_any_producer_differs_in_what_it_says_alone(name: str) -> None:
    batch = json.loads((RECORDINGS / f"{name}.json").read_text())
    known = definition()
    compared = 0
    for each in stream_records(batch):
        if message_in(each.payload) is None:
            continue
        was = known.aggregated_record.FromString(message_of(each.payload))
        now = recorded(each.payload)
        assert _shape(was) == _shape(now)
        compared += 1
    assert compared


def _shape(whole: Any) -> Any:
    """Return how many keys there are, and what each part refers to and carries."""
    return (
        [len(whole.partition_key_table), len(whole.explicit_hash_key_table)],
        [
            [
                part.partition_key_index,
                part.HasField("explicit_hash_key_index") and part.explicit_hash_key_index,
                [tag.key for tag in part.tags],
            ]
            for part in whole.records
        ],
    )
