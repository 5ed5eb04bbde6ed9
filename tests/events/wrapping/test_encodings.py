"""A byte order mark is no content, and JSON in UTF-16 or UTF-32 is read like JSON in UTF-8."""

import codecs
import gzip

import pytest

from ordercast.errors import MalformedOrderEvent
from ordercast.operations.customer_files import customer_lines
from ordercast.operations.order_files import read_rows
from tests.aggregates import aggregate
from tests.decisions.five_orders import opened
from tests.events.contract_readers import parsed

ORDER = '{"order_id": "f-1", "customer_id": "Zoë 京"}'
CUSTOMER = '{"customer_id": "c-1", "opt_outs": ["sms"]}'

ENCODINGS = {
    "UTF-8": lambda text: text.encode(),
    "UTF-8 with its mark": lambda text: text.encode("utf-8-sig"),
    "UTF-16 with its mark": lambda text: text.encode("utf-16"),
    "UTF-16, big end first, with its mark": lambda t: codecs.BOM_UTF16_BE + t.encode("utf-16-be"),
    "UTF-32 with its mark": lambda text: text.encode("utf-32"),
    "UTF-16, little end first": lambda text: text.encode("utf-16-le"),
    "UTF-16, big end first": lambda text: text.encode("utf-16-be"),
    "UTF-32, little end first": lambda text: text.encode("utf-32-le"),
    "UTF-32, big end first": lambda text: text.encode("utf-32-be"),
}
encodings = pytest.mark.parametrize("encode", ENCODINGS.values(), ids=ENCODINGS)


@encodings
def test_a_record_is_read_in_any_of_them(encode) -> None:
    assert [("101", ORDER.encode())] == opened(encode(ORDER))


@encodings
def test_so_is_a_compressed_one_and_one_in_an_aggregate(encode) -> None:
    packed = gzip.compress(encode(ORDER))

    assert [("101", ORDER.encode())] == opened(packed)
    assert [("101.0", b"{}"), ("101.1", ORDER.encode())] == opened(aggregate(b"{}", packed))


@encodings
def test_a_producer_checks_an_event_as_the_relay_reads_it(encode) -> None:
    assert "Zoë 京" == parsed(encode(ORDER)).customer_id


@encodings
def test_a_file_of_orders_loses_none_of_them(encode) -> None:
    rows = read_rows(encode(f"{ORDER}\r\n\r\n{ORDER}\n"))

    assert [("line 1", None), ("line 3", None)] == [(row.place, row.problem) for row in rows]
    assert [ORDER.encode()] * 2 == [row.payload for row in rows]


@encodings
def test_a_file_of_customers_loses_no_opt_out(encode) -> None:
    lines = customer_lines(encode(f"{CUSTOMER}\n{CUSTOMER}\n"))

    assert [{"sms": "opted-out"}] * 2 == [
        line.person and dict(line.person.refusals) for line in lines
    ]


def test_the_marks_of_joined_files_are_no_content_either() -> None:
    joined = f"\ufeff{ORDER}\n\ufeff{ORDER}\n\ufeff".encode()

    assert [("101.0", ORDER.encode()), ("101.1", ORDER.encode())] == opened(joined)


@pytest.mark.parametrize("content", [b"\xff\xfe{\x00x", "{".encode("utf-16") + b"\x00\xd8"])
def test_utf_16_that_is_cut_off_is_named(content: bytes) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(content)

    assert str(refusal.value).startswith("not JSON: it looks like UTF-16 or UTF-32 that is damaged")


def test_another_encoding_is_not_guessed() -> None:
    with pytest.raises(MalformedOrderEvent, match=r"^not JSON: not UTF-8$"):
        parsed('{"order_id": "f-1", "customer_id": "Zoë"}'.encode("cp1252"))
