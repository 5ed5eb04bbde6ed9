"""An error message names the field in one line, and never quotes the producer's values."""

import json

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordercast.errors import MalformedOrderEvent
from ordercast.events.notes import HELP
from ordercast.events.reading.unread import TAKEN
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
        (b'{"order_id": NaN}', f"order_id: found {NO_NUMBER}{HELP}{TAKEN['order_id']}"),
        (b"1e400", f"event: found {TOO_LARGE}{HELP}an object"),
        (b'"\\udc00"', f"event: found {NO_CHARACTER}{HELP}an object"),
        (b"[]", f"event: found a list{HELP}an object"),
        (b"17", f"event: found a number{HELP}an object"),
    ],
)
def test_what_is_no_event_at_all_is_said_in_one_line(payload: bytes, said: str) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(payload)

    assert said == str(refusal.value)


HUGE = "9" * 5000


IDENTIFIES = {
    f'"schema_version": -{HUGE}': f"schema_version: found {TOO_LARGE}",
    r'"order_id": "\ud800"': f"order_id: found {NO_CHARACTER}",
    r'"orderId": "\ud800"': f"orderId: found {NO_CHARACTER}",
    '"order_id": "o-1", "status": NaN': f"status: found {NO_NUMBER}",
    '"order_id": "o-1", "occurred_at": 1e400': f"occurred_at: found {TOO_LARGE}",
}


@pytest.mark.parametrize(("fields", "said"), IDENTIFIES.items())
def test_a_value_that_nothing_can_hold_is_refused_by_its_field(fields: str, said: str) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(f'{{"customer_id": "c", {fields}}}'.encode())

    assert said == str(refusal.value).partition(HELP)[0]


SPOILT = {
    '"amount": 1e400': f"amount: left out: found {TOO_LARGE}",
    '"amount": NaN': f"amount: left out: found {NO_NUMBER}",
    '"amount": {"value": -Infinity}': f"amount: left out: found {NO_NUMBER}",
    '"amount": {"value": "1", "currency": NaN}': f"amount: left out: found {NO_NUMBER} as currency",
    '"amount": -1E+999': f"amount: left out: found {TOO_LARGE}",
    f'"amount": {HUGE}': f"amount: left out: found {TOO_LARGE}",
    f'"items": ["Tea", {{"name": "Cup", "quantity": {HUGE}}}]': (
        f"items[1]: left out: found {TOO_LARGE}"
    ),
    r'"items": ["Tea", "\ud83d\ud83d"]': f"items[1]: left out: found {NO_CHARACTER}",
    '"items": [{"name": "Cup", "sku": NaN}]': f"items[0].sku: left out: found {NO_NUMBER}",
    r'"tracking_url": "https://a.example/\ud83d"': f"tracking_url: left out: found {NO_CHARACTER}",
    r'"contact": {"email": "\ud83d@example.com"}': f"contact.email: left out: found {NO_CHARACTER}",
    '"contact": {"phone": Infinity}': f"contact.phone: left out: found {NO_NUMBER}",
    '"contact": NaN': f"contact: left out: found {NO_NUMBER}",
}


@pytest.mark.parametrize(("fields", "note"), SPOILT.items())
def test_a_value_that_nothing_can_hold_spoils_its_field_alone(fields: str, note: str) -> None:
    event = parsed(f'{{"customer_id": "c", "order_id": "o-1", {fields}}}'.encode())

    assert [note] == [str(each.without_help()) for each in event.notes]
    assert ("o-1", "c") == (event.order_id, event.customer_id)


@pytest.mark.parametrize(
    "fields",
    [
        f'"ada@example.com": [{HUGE}]',
        r'"\ud800": 1',
        '"contact": {"ada@example.com": {"order_id": 1e400}}',
        r'"contact": {"\ud800": NaN}',
    ],
)
def test_in_a_field_that_nobody_knows_no_value_matters(fields: str) -> None:
    event = parsed(f'{{"customer_id": "c", "order_id": "o-1", {fields}}}'.encode())

    assert () == event.notes


def test_what_an_envelope_holds_as_text_is_read_likewise() -> None:
    """As without the envelope."""
    inner = '{"order_id": "o-1", "customer_id": "c", "amount": NaN}'
    sns = {"Type": "Notification", "TopicArn": "arn:aws:sns:a:b:c", "Message": inner}

    assert parsed(inner.encode()) == parsed(json.dumps(sns).encode())


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
