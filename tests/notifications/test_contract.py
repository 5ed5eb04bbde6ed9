"""One table of examples, two judges: the parser that runs and the schema that is published."""

import json
import re
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from jsonschema import Draft202012Validator, FormatChecker  # type: ignore[import-untyped]

from notifications.contract import json_schema, read_wire
from notifications.errors import MalformedOrderEvent
from notifications.order_event import parse_order_event
from notifications.unreadable import NO_CHARACTER, TOO_LARGE
from tests.examples import event

SCHEMA = Path(__file__).parents[2] / "docs" / "order-event.schema.json"
DATES = FormatChecker(formats=())


@DATES.checks("date-time", raises=ValueError)  # type: ignore[untyped-decorator]
def _is_rfc_3339(value: object) -> bool:
    return not isinstance(value, str) or datetime.fromisoformat(value).tzinfo is not None


VALIDATOR = Draft202012Validator(json_schema(), format_checker=DATES)


def complaint(document: object) -> str | None:
    """Return what the parser has against *document*, if anything."""
    return _complaint(json.dumps(document).encode())


def _complaint(payload: bytes) -> str | None:
    try:
        parse_order_event(payload, default_currency="USD")
    except MalformedOrderEvent as error:
        return str(error)
    return None


def test_the_published_schema_is_the_code_s_own() -> None:
    assert json_schema() == json.loads(SCHEMA.read_text())


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


BARE = {"order_id": "o-1", "customer_id": "c-1"}
LONG = "x" * 128

ACCEPTED: list[dict[str, Any]] = [
    BARE,
    event(),
    {"order_id": LONG, "contact": {}},
    BARE | {"contact": None},
    event(customer_id=None),
    BARE | {"unknown": {"deeply": ["nested"]}},
    BARE | {"schema_version": 1},
    BARE | {"status": "brewed_2-day"},
    BARE | {"status": "CONFIRMED"},
    BARE | {"occurred_at": "2026-03-02T09:29:58.123456+05:30"},
    BARE | {"amount": 0},
    BARE | {"amount": -12.5},
    BARE | {"amount": {"value": "0.000001", "currency": "KWD"}},
    BARE | {"items": []},
    BARE | {"items": ["Teapot", {"name": "Cup", "quantity": 1_000_000, "sku": "c"}]},
    BARE | {"items": ["x"] * 100},
    BARE | {"contact": {"email": "", "phone": ""}},
    BARE | {"contact": {"email": "nonsense", "phone": "nonsense"}},
    BARE | {"contact": {"locale": "sv-SE", "time_zone": "Europe/Stockholm", "country": "SE"}},
    BARE | {"channel": "auto", "priority": "high"},
    BARE | {"tracking_url": "http://example.com/?a=b&c=%C3%A5"},
    BARE | {"order_id": "\U0001f375" * 128},
    dict.fromkeys(event(), None) | BARE,
]

# The complaint begins with the field and a colon, or else with what is said about the whole.
REJECTED: list[tuple[str, Any]] = [
    ("event", []),
    ("event", None),
    ("event", "confirmed"),
    ("event", {}),
    ("event", {"customer_id": "c-1"}),
    ("customer_id", {"order_id": "o-1"}),
    ("customer_id", {"order_id": "o-1", "customer_id": None, "contact": None}),
    ("customer_id", BARE | {"customer_id": ""}),
    ("order_id", BARE | {"order_id": ""}),
    ("order_id", BARE | {"order_id": LONG + "x"}),
    ("order_id", BARE | {"order_id": 5}),
    ("order_id", BARE | {"order_id": None}),
    ("event_id", BARE | {"event_id": ""}),
    ("schema_version", BARE | {"schema_version": 2}),
    ("schema_version", BARE | {"schema_version": 10**30}),
    ("schema_version", BARE | {"schema_version": "1"}),
    ("status", BARE | {"status": ""}),
    ("status", BARE | {"status": "2fast"}),
    ("status", BARE | {"status": "confirmed\n"}),
    ("status", BARE | {"status": "a/../../b"}),
    ("status", BARE | {"status": "x" * 65}),
    ("occurred_at", BARE | {"occurred_at": "2026-03-02T09:29:58"}),
    ("occurred_at", BARE | {"occurred_at": "yesterday"}),
    ("occurred_at", BARE | {"occurred_at": ""}),
    ("occurred_at", BARE | {"occurred_at": 1772443798}),
    ("amount", BARE | {"amount": "42.50"}),
    ("amount", BARE | {"amount": True}),
    ("amount", BARE | {"amount": 1e12}),
    ("amount", BARE | {"amount": -1e300}),
    ("amount", BARE | {"amount": {"value": "42.50"}}),
    ("amount.value", BARE | {"amount": {"value": 42.5, "currency": "USD"}}),
    ("amount.value", BARE | {"amount": {"value": "1e9", "currency": "USD"}}),
    ("amount.value", BARE | {"amount": {"value": "1,50", "currency": "USD"}}),
    ("amount.value", BARE | {"amount": {"value": "1.00\n", "currency": "USD"}}),
    ("amount.value", BARE | {"amount": {"value": "NaN", "currency": "USD"}}),
    ("amount.currency", BARE | {"amount": {"value": "1", "currency": "usd"}}),
    ("amount.currency", BARE | {"amount": {"value": "1", "currency": "USD\n"}}),
    ("items", BARE | {"items": "Teapot"}),
    ("items", BARE | {"items": ["x"] * 101}),
    ("items[1]", BARE | {"items": ["Teapot", ""]}),
    ("items[1]", BARE | {"items": ["Teapot", 5]}),
    ("items[0]", BARE | {"items": [{"quantity": 2}]}),
    ("items[0].name", BARE | {"items": [{"name": "x" * 257}]}),
    ("items[0].quantity", BARE | {"items": [{"name": "Cup", "quantity": 0}]}),
    ("items[0].quantity", BARE | {"items": [{"name": "Cup", "quantity": 1.5}]}),
    ("contact", BARE | {"contact": "ada@example.com"}),
    ("contact.email", BARE | {"contact": {"email": 5}}),
    ("contact.email", BARE | {"contact": {"email": "x" * 1025}}),
    ("contact.phone", BARE | {"contact": {"phone": 12065550100}}),
    ("contact.country", BARE | {"contact": {"country": "Sweden"}}),
    ("contact.country", BARE | {"contact": {"country": "SE\n"}}),
    ("contact.locale", BARE | {"contact": {"locale": "s"}}),
    ("contact.time_zone", BARE | {"contact": {"time_zone": ""}}),
    ("channel", BARE | {"channel": "pigeon"}),
    ("channel", BARE | {"channel": ""}),
    ("priority", BARE | {"priority": "urgent"}),
    ("tracking_url", BARE | {"tracking_url": "javascript:alert(1)"}),
    ("tracking_url", BARE | {"tracking_url": "https://example.com/a b"}),
    ("tracking_url", BARE | {"tracking_url": "https://example.com/\n"}),
    ("tracking_url", BARE | {"tracking_url": f"https://{'x' * 1024}"}),
    ("campaign", BARE | {"campaign": ""}),
    ("shop", BARE | {"shop": LONG + "x"}),
]


@pytest.mark.parametrize("document", ACCEPTED)
def test_parser_and_schema_accept(document: dict[str, Any]) -> None:
    assert complaint(document) is None
    assert [] == [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize(("field", "document"), REJECTED)
def test_parser_and_schema_reject_and_the_parser_names_the_field_in_one_line(
    field: str, document: object
) -> None:
    said = complaint(document)

    assert not VALIDATOR.is_valid(document)
    assert said is not None
    assert re.match(rf"{re.escape(field)}: \S[^\n]*$", said)


CAMEL = {
    "orderId": "o-1",
    "customerEmail": "ada@example.com",
    "phoneNumber": "+12065550100",
    "orderAmount": 42.5,
    "items": ["Teapot"],
    "channel": "both",
    "priority": "high",
    "timestamp": "2026-03-02T09:29:58Z",
}


def test_the_camel_case_shape_is_accepted_as_it_is() -> None:
    ours = {
        "order_id": "o-1",
        "contact": {"email": "ada@example.com", "phone": "+12065550100"},
        "amount": 42.5,
        "items": ["Teapot"],
        "channel": "both",
        "priority": "high",
        "occurred_at": "2026-03-02T09:29:58Z",
    }

    assert read_wire(json.dumps(ours).encode()) == read_wire(json.dumps(CAMEL).encode())


def test_the_snake_case_shape_is_accepted_as_it_is() -> None:
    earlier = {"customer_id": "c-1", "order_id": "o-1", "status": "shipped"}

    assert complaint(earlier) is None
    assert VALIDATOR.is_valid(earlier)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("orderId", ""),
        ("orderId", 5),
        ("customerEmail", 5),
        ("phoneNumber", 12065550100),
        ("orderAmount", "42.50"),
        ("orderAmount", {"value": "1"}),
        ("items", {}),
        ("channel", "pigeon"),
        ("priority", "urgent"),
        ("timestamp", "2026-03-02T09:29:58"),
        ("timestamp", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_camel_case_field_is_named_as_its_producer_wrote_it(field: str, value: object) -> None:
    said = complaint(CAMEL | {field: value})

    assert said is not None
    assert said.startswith(f"{field}: ")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_hour_that_no_calendar_has_in_utc_is_refused_by_name(instant: str) -> None:
    said = complaint(BARE | {"occurred_at": instant})

    assert "occurred_at: outside the years 1 to 9999 in UTC" == said


def test_of_both_names_of_an_order_ours_wins() -> None:
    assert (
        "ours"
        == read_wire(json.dumps(BARE | {"orderId": "x", "order_id": "ours"}).encode()).order_id
    )


@pytest.mark.parametrize(
    ("payload", "said"),
    [
        (b"", "not JSON: Input data was truncated"),
        (b"hello", "not JSON: JSON is malformed: invalid character (byte 0)"),
        (b"\xef\xbb\xbf{}", "not JSON: JSON is malformed: invalid character (byte 0)"),
        (b'{"order_id": "o-1"', "not JSON: Input data was truncated"),
        (b'{"order_id": "\xff\xfe"}', "not JSON: not UTF-8"),
        (b"[" * 100_000, "not usable: nested too deeply"),
        (b'{"x":' * 100_000, "not usable: nested too deeply"),
        (b'{"order_id": "\\ud83d', "not JSON: Input data was truncated"),
        (b'{"order_id": NaN}', "not JSON: JSON is malformed: invalid character (byte 13)"),
        (b"1e400", f"event: {TOO_LARGE}"),
        (b'"\\udc00"', f"event: {NO_CHARACTER}"),
    ],
)
def test_what_is_no_event_at_all_is_said_in_one_line(payload: bytes, said: str) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        read_wire(payload)

    assert said == str(refusal.value)


HUGE = "9" * 5000


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ('"amount": 1e400', f"amount: {TOO_LARGE}"),
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
        (f'"ada@example.com": [{HUGE}]', f"a field that is none of ours: {TOO_LARGE}"),
        (r'"\ud800": 1', f"a field that is none of ours: {NO_CHARACTER}"),
        (
            '"contact": {"ada@example.com": {"order_id": 1e400}}',
            f"a field that is none of ours, in contact: {TOO_LARGE}",
        ),
    ],
)
def test_a_value_that_nothing_can_hold_is_told_by_its_field(fields: str, said: str) -> None:
    """No type holds it, so the reader stops before it knows the field; and a name may be personal."""
    with pytest.raises(MalformedOrderEvent) as refusal:
        read_wire(f'{{"customer_id": "c", {fields}}}'.encode())

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
    said = _complaint(payload)

    assert said is None or 1 == len(said.splitlines())


MARKER = "2065550199"
MARKED = st.sampled_from(
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
    st.builds(lambda f, v: event() | {f: v}, FIELDS, MARKED)
    | st.builds(lambda f, v: CAMEL | {f: v}, CAMEL_FIELDS, MARKED)
    | MARKED
)
def test_a_complaint_never_quotes_what_the_producer_sent(document: object) -> None:
    """It goes to the log and beside the parked record, and the value may be anybody's number."""
    assert MARKER not in (complaint(document) or "")


@given(st.binary(max_size=20), st.binary(max_size=20))
def test_nor_does_a_complaint_quote_what_is_not_json(before: bytes, after: bytes) -> None:
    with pytest.raises(MalformedOrderEvent) as refusal:
        read_wire(b"[" + before + MARKER.encode() + after)

    assert MARKER not in str(refusal.value)


PAGE = (Path(__file__).parents[2] / "docs" / "contract.md").read_text()
EXAMPLES = re.findall(r"```json\n(.*?)```", PAGE, re.DOTALL)
REFUSALS = re.findall(r"^\| `([{o].*?)` \| `{1,2}(.*?) ?`{1,2} \|$", PAGE, re.MULTILINE)


@pytest.mark.parametrize("example", EXAMPLES)
def test_an_example_that_we_publish_is_an_event(example: str) -> None:
    assert 4 == len(EXAMPLES)
    assert _complaint(example.encode()) is None
    assert "orderId" in example or VALIDATOR.is_valid(json.loads(example))


@pytest.mark.parametrize(("record", "said"), REFUSALS)
def test_a_refusal_reads_as_we_publish_it(record: str, said: str) -> None:
    assert 9 == len(REFUSALS)
    assert said == _complaint(record.encode())


@pytest.mark.parametrize("field", [*json_schema()["properties"]])
def test_every_field_of_the_schema_is_on_the_page(field: str) -> None:
    assert f"`{field}`" in PAGE or f"`{field}.email`" in PAGE
