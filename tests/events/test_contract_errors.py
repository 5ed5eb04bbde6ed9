"""An error message names the field in one line, and never quotes the producer's values."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordercast.errors import MalformedOrderEvent
from ordercast.events.unreadable_values import NO_CHARACTER, NO_NUMBER, TOO_LARGE
from tests.events.contract_readers import CAMEL, contract_error, contract_error_of_bytes, parsed
from tests.examples import event


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "not JSON: it is empty"),
        (b" \n", "not JSON: it is empty"),
        (
            b"{'order_id': 'o-1'}",
            "not JSON: it looks like a Python dictionary: json.dumps writes JSON",
        ),
        (b"hello", "not JSON: invalid character at byte 0"),
        (b'{"order_id": "o-1"', "not JSON: it is cut off"),
        (b'{"order_id": "\xff\xfe"}', "not JSON: not UTF-8"),
        (b"[" * 100_000, "not usable: nested too deeply"),
        (b'{"x":' * 100_000, "not usable: nested too deeply"),
        (b'{"order_id": "\\ud83d', "not JSON: it is cut off"),
        (b'{"order_id": NaN}', f"order_id: {NO_NUMBER}"),
        (b"1e400", f"event: {TOO_LARGE}"),
        (b'"\\udc00"', f"event: {NO_CHARACTER}"),
        (b"[]", "event: expected an object, got an array"),
        (b"17", "event: expected an object, got a number"),
    ],
)
def test_what_is_no_event_at_all_is_said_in_one_line(payload: bytes, said: str) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(payload)

    assert said == str(refusal.value)


HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('"amount": 1e400', f"amount: {TOO_LARGE}"),
        ('"amount": NaN', f"amount: {NO_NUMBER}"),
        ('"amount": {"value": -Infinity}', f"amount.value: {NO_NUMBER}"),
        ('"amount": -1E+999', f"amount: {TOO_LARGE}"),
        (f'"amount": {HUGE}', f"amount: {TOO_LARGE}"),
        (f'"amount": {{"value": {HUGE}}}', f"amount.value: {TOO_LARGE}"),
        (f'"items": ["Tea", {{"quantity": {HUGE}}}]', f"items[1].quantity: {TOO_LARGE}"),
        (f'"schema_version": -{HUGE}', f"schema_version: {TOO_LARGE}"),
        (r'"contact": {"email": "\ud83d@example.com"}', f"contact.email: {NO_CHARACTER}"),
        (r'"contact": {"email": "ada@example.com \udc00"}', f"contact.email: {NO_CHARACTER}"),
        (r'"items": ["Tea", "\ud83d\ud83d"]', f"items[1]: {NO_CHARACTER}"),
        (r'"order_id": "\ud800"', f"order_id: {NO_CHARACTER}"),
        (r'"orderId": "\ud800"', f"orderId: {NO_CHARACTER}"),
        (f'"ada@example.com": [{HUGE}]', f"an unknown field: {TOO_LARGE}"),
        (r'"\ud800": 1', f"an unknown field: {NO_CHARACTER}"),
        (
            '"contact": {"ada@example.com": {"order_id": 1e400}}',
            f"an unknown field, in contact: {TOO_LARGE}",
        ),
    ],
)
def test_a_value_that_nothing_can_hold_is_reported_by_its_field(fields: str, said: str) -> None:
    """No type holds it, so msgspec stops before it knows the field; a name may be personal."""
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(f'{{"customer_id": "c", {fields}}}'.encode())

    assert said == str(refusal.value)


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
)
FIELDS = st.sampled_from([*event(), "customer_id", "event_id", "schema_version", "tracking_url"])
CAMEL_FIELDS = st.sampled_from(list(CAMEL))


def _with_a_hole(field: str, value: str) -> bytes:
    return json.dumps(event() | {field: "HOLE"}).replace('"HOLE"', value).encode()


@settings(max_examples=300)
@given(
    st.binary()
    | JSON.map(lambda document: json.dumps(document).encode())
    | st.builds(
        _with_a_hole, FIELDS, st.sampled_from(["1e400", HUGE, r'"\ud800"', r'{"\ud800":1}'])
    )
    | st.builds(lambda f, v: json.dumps(event() | {f: v}).encode(), FIELDS, JSON)
    | st.builds(lambda f, v: json.dumps(CAMEL | {f: v}).encode(), CAMEL_FIELDS, JSON)
)
def test_whatever_comes_it_is_an_event_or_malformed_and_never_a_surprise(payload: bytes) -> None:
    said = contract_error_of_bytes(payload)

    assert said is None or 1 == len(said.splitlines())


MARKER = "2065550199"
DECIDED = st.sampled_from(
    [
        MARKER,
        int(MARKER),
        float(MARKER),
        f"{MARKER}@example.org",
        f"{MARKER} - at `$.{MARKER}`",
        f"\n{MARKER}\n" * 200,
        [MARKER],
        [[int(MARKER)]],
        {MARKER: MARKER},
        {"name": {MARKER: MARKER}, "value": MARKER, "email": [MARKER], "phone": {"a": MARKER}},
        {"value": f"{MARKER}!", "currency": MARKER, "country": MARKER, "locale": MARKER * 9},
        [{"name": [MARKER]}, {"name": MARKER, "quantity": MARKER}],
    ]
)


@settings(max_examples=500)
@given(
    st.builds(lambda f, v: event() | {f: v}, FIELDS, DECIDED)
    | st.builds(lambda f, v: CAMEL | {f: v}, CAMEL_FIELDS, DECIDED)
    | DECIDED
)
def test_an_error_never_quotes_what_the_producer_sent(document: object) -> None:
    """The message goes to the log and the parked record, and the value may be a phone number."""
    assert MARKER not in (contract_error(document) or "")


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_nor_does_an_error_quote_what_is_not_json(before: bytes, after: bytes) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(b"[" + before + MARKER.encode() + after)

    assert MARKER not in str(refusal.value)
