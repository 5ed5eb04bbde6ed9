"""What is compressed or written as text twice is unwrapped, within the limits."""

import gzip
import json
import zlib
from base64 import b64encode, encodebytes, urlsafe_b64encode

import pytest

from ordercast.events.envelope import EVENT_LIMIT
from tests.aggregates import aggregate
from tests.decisions.five_orders import ORDERS, opened

ORDER = ORDERS[0]
LINES = ORDER + b"\n" + ORDERS[1]


def json_text(payload: bytes) -> bytes:
    return json.dumps(payload.decode()).encode()


WRAPPED = {
    "base64": b64encode(ORDER),
    "base64 of the safe alphabet, unpadded": urlsafe_b64encode(ORDER).rstrip(b"="),
    "base64 in lines": encodebytes(ORDER),
    "base64 twice": b64encode(b64encode(ORDER)),
    "base64 of gzip": b64encode(gzip.compress(ORDER)),
    "gzip of base64": gzip.compress(b64encode(ORDER)),
    "gzip twice": gzip.compress(gzip.compress(ORDER)),
    "gzip of zlib": gzip.compress(zlib.compress(ORDER)),
    "gzip of UTF-16": gzip.compress(ORDER.decode().encode("utf-16")),
    "base64 of a mark": b64encode(b"\xef\xbb\xbf" + ORDER),
    "a JSON text": json_text(ORDER),
    "a JSON text twice": json_text(json_text(ORDER)),
    "base64 as a JSON text": json_text(b64encode(ORDER)),
}


@pytest.mark.parametrize("wrapped", WRAPPED.values(), ids=WRAPPED)
def test_an_event_in_two_wrappings_is_read(wrapped: bytes) -> None:
    assert [("101", ORDER)] == opened(wrapped)
    assert [("101.0", ORDER), ("101.1", ORDER)] == opened(aggregate(wrapped, ORDER))


def test_several_events_in_base64_are_read() -> None:
    assert [("101.0", ORDER), ("101.1", ORDERS[1])] == opened(b64encode(LINES))


def test_what_is_wrapped_four_times_is_left_to_the_contract() -> None:
    four = ORDER
    for _ in range(4):
        four = b64encode(four)

    assert [("101", four)] == opened(four)


@pytest.mark.parametrize("layers", [2, 3])
def test_a_bomb_in_a_bomb_is_parked_as_received(layers: int) -> None:
    bomb = bytes(EVENT_LIMIT + 1)
    for _ in range(layers):
        bomb = gzip.compress(bomb)

    assert [("101", "too-large")] == opened(bomb)
    assert [("101", "too-large")] == opened(b64encode(gzip.compress(bytes(EVENT_LIMIT + 1))))


def test_damage_in_the_second_layer_is_parked_as_damage() -> None:
    assert [("101", "damaged-compression")] == opened(gzip.compress(gzip.compress(ORDER)[:-4]))


def test_an_aggregate_in_any_wrapping_is_parked() -> None:
    packed = aggregate(ORDER, ORDER)

    for wrapped in (b64encode(packed), gzip.compress(gzip.compress(packed))):
        assert [("101", "nested-aggregate")] == opened(wrapped)


@pytest.mark.parametrize("word", [b"deadbeefcafe", b"hello world", b"0123456789ab", b"true", b"12"])
def test_words_that_could_be_base64_stay_as_they_are(word: bytes) -> None:
    assert [("101", word)] == opened(word)
