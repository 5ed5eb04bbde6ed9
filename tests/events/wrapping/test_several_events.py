"""Each of several events in one record stands by itself, and so does what is damaged among them."""

import gzip
import json
from dataclasses import dataclass
from json import JSONDecodeError, JSONDecoder

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.events.envelope import EVENT_LIMIT, MEMBERS, open_envelope
from ordercast.events.kpl_damaged import PART_LIMIT
from ordercast.events.stream_record import ParkedRecord
from ordercast.events.wrapping import json_texts as json_texts_module
from ordercast.events.wrapping.json_texts import json_texts
from tests.aggregates import aggregate, record
from tests.decisions.five_orders import ORDERS, opened

A, B, C = ORDERS[:3]


def json_text(event: bytes) -> bytes:
    return json.dumps(event.decode()).encode()


PRETTY = [json.dumps(json.loads(each), indent=2).encode() for each in ORDERS[:3]]

TOGETHER = {
    "lines, as Fluent Bit packs them": b"\n".join([A, B, C, b""]),
    "lines of Windows": b"\r\n".join([A, B, C]),
    "lines with empty ones among them": b"\n\n" + b"\n \n\n".join([A, B, C]) + b"\n\n",
    "nothing between them, as Firehose joins them": A + B + C,
    "spaces between them": b" ".join([A, B, C]),
    "a JSON text sequence": b"".join(b"\x1e" + each + b"\n" for each in (A, B, C)),
    "an array": b"[" + b", ".join([A, B, C]) + b"]",
    "an array over several lines": b"[\n  " + b",\n  ".join([A, B, C]) + b"\n]\n",
    "an array and lines": b"[" + A + b"," + B + b"]\n" + C,
    "lines, each a JSON text": b"\r\n".join(map(json_text, [A, B, C])) + b"\r\n",
    "an array of JSON texts": b"[" + b", ".join(map(json_text, [A, B, C])) + b"]",
    "gzip, to which more was appended": b"".join(gzip.compress(each) for each in (A, B + C)),
}


@pytest.mark.parametrize("together", TOGETHER.values(), ids=TOGETHER)
def test_each_of_several_events_in_one_record_has_a_position_of_its_own(together: bytes) -> None:
    assert [("101.0", A), ("101.1", B), ("101.2", C)] == opened(together)


def test_a_line_that_is_no_json_text_costs_none_of_its_neighbours() -> None:
    record = b"\n".join([json_text(A), b'"cut off', json_text(C)])

    assert [("101.0", A), ("101.1", b'"cut off'), ("101.2", C)] == opened(record)


def test_gzip_of_too_many_members_is_parked() -> None:
    """Each costs a reading of what is left."""
    record = gzip.compress(b"") * (MEMBERS + 1)

    assert [("101", "too-large")] == opened(record)


def test_pretty_printed_objects_are_one_event_each() -> None:
    assert [("101.0", PRETTY[0]), ("101.1", PRETTY[1])] == opened(b"\n".join(PRETTY[:2]))
    assert [("101", PRETTY[0])] == opened(PRETTY[0])


def test_several_events_are_also_read_compressed_and_in_an_aggregate() -> None:
    lines = A + b"\n" + B

    assert [("101.0", A), ("101.1", B)] == opened(gzip.compress(lines))
    assert [("101.0", C), ("101.1.0", A), ("101.1.1", B), ("101.2", C)] == opened(
        aggregate(C, gzip.compress(lines), C)
    )


DAMAGED = {
    "cut off": B[:-9],
    "cut off within a text": B[:16],
    "words": b"2026-03-02 INFO started",
    "a line of a log": b"[2026-03-02] started",
    "two lines of words": b"one\ntwo",
    "not UTF-8": b"Zo\xeb",
    "not UTF-8 in a text": b'{"order_id": "\xff',
    "a number": b"17",
    "something after it": B + b" and so on",
    "nested beyond all sense": b'{"a":' * 20_000,
    "an object without its end": PRETTY[1][:-3],
}


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_a_damaged_line_costs_its_neighbours_nothing(damaged: bytes) -> None:
    assert [("101.0", A), ("101.1", damaged), ("101.2", C)] == opened(
        b"\n".join([A, damaged, C, b""])
    )


@pytest.mark.parametrize("damaged", DAMAGED.values(), ids=DAMAGED)
def test_nor_does_one_at_the_beginning_or_the_end(damaged: bytes) -> None:
    if not damaged.startswith(b"Zo"):  # what begins as no text is no lines
        assert [("101.0", damaged), ("101.1", A)] == opened(damaged + b"\n" + A)
    assert [("101.0", A), ("101.1", damaged)] == opened(A + b"\n" + damaged)


def test_a_damaged_pretty_printed_object_is_one_stretch() -> None:
    damaged = PRETTY[1].replace(b":", b"=", 1)

    assert [("101.0", PRETTY[0]), ("101.1", damaged), ("101.2", PRETTY[2])] == opened(
        b"\n".join([PRETTY[0], damaged, PRETTY[2]])
    )


@pytest.mark.parametrize(
    "payload",
    [b"", b" \n", b"order 1000017 confirmed", b"a\nb\nc", b'{"order_id"\n{"order_id"', b"[" * 99],
)
def test_what_holds_no_event_stays_one_record_as_received(payload: bytes) -> None:
    assert [("101", payload)] == opened(payload)


def test_a_text_that_looks_like_two_events_is_one() -> None:
    tricky = rb'{"order_id": "o-1", "contact": {}, "items": ["}{", "}\n{", "\"} {"]}'

    assert [("101", tricky)] == opened(tricky)


def test_an_array_of_other_things_leaves_each_to_the_contract() -> None:
    assert [("101.0", A), ("101.1", b"17"), ("101.2", b'["x"]')] == opened(
        b"[" + A + b', 17, ["x"]]'
    )


def test_more_events_than_fit_in_an_aggregate_are_parked_as_received() -> None:
    crowd = b"{}\n" * (PART_LIMIT + 1)

    [parked] = open_envelope(record(crowd))

    assert isinstance(parked, ParkedRecord)
    assert ("too-large", crowd) == (parked.reason, parked.record.payload)
    assert f"it holds more than {PART_LIMIT} events" == parked.detail
    assert PART_LIMIT == len(opened(crowd[3:]))


def test_the_limit_holds_for_all_parts_of_an_aggregate_together() -> None:
    many = b"{}\n" * (PART_LIMIT - 1)

    told = opened(aggregate(many, A + B, A))

    assert [("101.1", "too-large"), ("101.2", A)] == told[-2:]


@dataclass
class CountingScanner:
    """Counts the characters read by the real one, and those before the place of an error."""

    scanner: JSONDecoder
    characters: int = 0

    def raw_decode(self, text: str, start: int = 0) -> tuple[object, int]:
        try:
            document, end = self.scanner.raw_decode(text, start)
        except JSONDecodeError as error:
            self.characters += error.pos - start + error.pos // 16
            raise
        self.characters += end - start
        return document, end


@pytest.mark.parametrize(
    "hostile",
    [b'{"a":\n', b"{\n", b"[\n", b"[", b"}\n{", b'{"\n', b"  {\n", b"} } \x1e", b"{}x\n", b"\n {"],
)
def test_what_is_read_in_vain_does_not_grow_with_the_square(monkeypatch, hostile: bytes) -> None:
    counting = CountingScanner(json_texts_module._SCANNER)  # noqa: SLF001 - only it knows
    monkeypatch.setattr(json_texts_module, "_SCANNER", counting)
    payload = b"{" + hostile * (EVENT_LIMIT // 4 // len(hostile))

    assert open_envelope(record(payload))
    assert counting.characters < 20 * len(payload)


@given(st.lists(st.sampled_from([*ORDERS, *PRETTY, *DAMAGED.values(), b"", b"{}"])))
def test_no_byte_between_the_events_is_lost(pieces: list[bytes]) -> None:
    payload = b"\n".join(pieces)

    read = b"".join(each.content for each in json_texts(payload))

    assert b"".join(payload.split()) == b"".join(read.split())
