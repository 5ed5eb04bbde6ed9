"""Each example is accepted or refused alike by the parser and by the published schema."""

import json
import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from ordercast.events.order_event_fields import read_wire
from ordercast.events.publish import json_schema
from tests.events.contract_readers import BARE, CAMEL, VALIDATOR, contract_error
from tests.examples import event


def test_the_schema_is_a_schema() -> None:
    Draft202012Validator.check_schema(json_schema())


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
    assert contract_error(document) is None
    assert [] == [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize(("field", "document"), REJECTED)
def test_parser_and_schema_reject_and_the_parser_names_the_field_in_one_line(
    field: str, document: object
) -> None:
    said = contract_error(document)

    assert not VALIDATOR.is_valid(document)
    assert said is not None
    assert re.match(rf"{re.escape(field)}: \S[^\n]*$", said)


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

    assert contract_error(earlier) is None
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
    said = contract_error(CAMEL | {field: value})

    assert said is not None
    assert said.startswith(f"{field}: ")


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_hour_that_no_calendar_has_in_utc_is_refused_by_name(instant: str) -> None:
    said = contract_error(BARE | {"occurred_at": instant})

    assert "occurred_at: outside the years 1 to 9999 in UTC" == said


def test_of_both_names_of_an_order_ours_wins() -> None:
    assert (
        "ours"
        == read_wire(json.dumps(BARE | {"orderId": "x", "order_id": "ours"}).encode()).order_id
    )
