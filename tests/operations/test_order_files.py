import json

import pytest

from ordercast.operations.order_files import read_rows

GOOD = {"order_id": "o-1", "customer_id": "c-1"}
BAD = {"order_id": "o-1", "customer_id": {"id": 5}}


@pytest.mark.parametrize(
    "content",
    [
        json.dumps(GOOD).encode() + b"\n\n" + json.dumps(GOOD).encode(),
        json.dumps([GOOD, GOOD], indent=2).encode(),
    ],
)
def test_lines_and_arrays_hold_one_event_each(content: bytes) -> None:
    rows = read_rows(content)

    assert ["o-1", "o-1"] == [row.event.order_id for row in rows if row.event]


def test_a_pretty_printed_object_is_one_event() -> None:
    assert 1 == len(read_rows(json.dumps(GOOD, indent=2).encode()))


def test_an_unusable_event_is_named_by_its_line_and_field_and_spares_the_others() -> None:
    lines = b"\n".join([json.dumps(GOOD).encode(), json.dumps(BAD).encode(), b"{", b""])

    rows = read_rows(lines)

    problem = rows[1].problem or ""
    assert rows[0].problem is None
    assert problem.startswith("customer_id: found an object; taken is text")
    assert ["line 1", "line 2", "line 3"] == [row.place for row in rows]
    assert (rows[2].problem or "").startswith("not JSON")


def test_what_is_put_is_what_was_written() -> None:
    """Numbers and unknown fields must not change on the way through."""
    content = b'{"order_id": "o-1", "customer_id": "c", "amount": 1.10, "mine": [1e2]}'

    assert [content] == [row.payload for row in read_rows(content)]


def test_an_event_nested_beyond_all_sense_is_named_and_spares_the_others() -> None:
    deep = b"[" * 100_000

    rows = read_rows(deep + b"\n" + json.dumps(GOOD).encode())

    assert ["line 1"] == [row.place for row in rows if row.problem]
    assert "nested" in (rows[0].problem or "")
