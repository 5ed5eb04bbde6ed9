import gzip
import json
from base64 import b64encode

import pytest

from ordercast.operations.order_files import read_rows
from ordercast.usage_error import UsageError

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


PRETTY = json.dumps(GOOD, indent=2).encode()
FILES = {
    "two pretty-printed objects": (PRETTY + b"\n" + PRETTY, ["line 1", "line 5"]),
    "pretty-printed with CRLF": (
        (PRETTY + b"\n" + PRETTY).replace(b"\n", b"\r\n"),
        ["line 1", "line 5"],
    ),
    "an array over many lines": (
        json.dumps([GOOD, GOOD], indent=2).encode(),
        ["event 1", "event 2"],
    ),
    "one line and one pretty-printed": (
        json.dumps(GOOD).encode() + b"\n" + PRETTY,
        ["line 1", "line 2"],
    ),
    "a file of gzip": (gzip.compress(PRETTY + b"\n" + PRETTY), ["line 1", "line 5"]),
    "base64": (b64encode(PRETTY), ["event 1"]),
}


@pytest.mark.parametrize(("content", "places"), FILES.values(), ids=FILES)
def test_a_file_in_any_layout_holds_its_events(content: bytes, places: list[str]) -> None:
    rows = read_rows(content)

    assert places == [row.place for row in rows]
    assert {None} == {row.problem for row in rows}


@pytest.mark.parametrize(
    "content",
    [
        PRETTY[:-1],
        PRETTY.replace(b":", b"=", 1),
        PRETTY + b"\n" + PRETTY[:-1],
        b"order_id,status\n1,shipped\n2,shipped\n",
        b"<orders>\n<order/>\n</orders>",
    ],
    ids=["cut off", "damaged", "the second cut off", "CSV", "XML"],
)
def test_what_is_damaged_is_one_complaint_and_not_one_a_line(content: bytes) -> None:
    assert 1 == len([row for row in read_rows(content) if row.problem])


def test_a_file_that_does_not_unpack_is_refused_in_one_line() -> None:
    with pytest.raises(UsageError, match="the file is not read: the compressed data is cut off"):
        read_rows(gzip.compress(PRETTY)[:-4])
