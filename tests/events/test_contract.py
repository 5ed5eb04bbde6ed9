"""Each example is accepted or refused alike by the parser and by the published schema."""

import re
from typing import Any

import pytest
from jsonschema import Draft202012Validator  # type: ignore[import-untyped]  # it has no types

from ordercast.events.publish import json_schema
from tests.events.contract_readers import BARE, CAMEL, VALIDATOR, contract_error, notes, read
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

# What identifies an event, and what nobody can read: the complaint begins with the field.
REFUSED: list[tuple[str, Any]] = [
    ("event", []),
    ("event", None),
    ("event", "confirmed"),
    ("order_id", {}),
    ("order_id", {"customer_id": "c-1"}),
    ("customer_id", {"order_id": "o-1"}),
    ("customer_id", {"order_id": "o-1", "customer_id": None, "contact": None}),
    ("customer_id", {"order_id": "o-1", "customer_id": ""}),
    ("customer_id", {"order_id": "o-1", "customer_id": 0}),
    ("customer_id", BARE | {"customer_id": {"id": 5}}),
    ("customer_id", BARE | {"customer_id": 5.5}),
    ("order_id", BARE | {"order_id": ""}),
    ("order_id", BARE | {"order_id": LONG + "x"}),
    ("order_id", BARE | {"order_id": 2.0**53}),
    ("order_id", BARE | {"order_id": True}),
    ("order_id", BARE | {"order_id": 10**128}),
    ("order_id", BARE | {"order_id": None}),
    ("event_id", BARE | {"event_id": ["e-1"]}),
    ("event_id", BARE | {"event_id": 1.5}),
    ("schema_version", BARE | {"schema_version": 2}),
    ("schema_version", BARE | {"schema_version": 0}),
    ("schema_version", BARE | {"schema_version": -1}),
    ("schema_version", BARE | {"schema_version": 10**30}),
    ("schema_version", BARE | {"schema_version": True}),
    ("schema_version", BARE | {"schema_version": {}}),
    ("status", BARE | {"status": "2fast"}),
    ("status", BARE | {"status": 4}),
    ("status", BARE | {"status": ["shipped"]}),
    ("status", BARE | {"status": "x" * 65}),
    ("status", BARE | {"status": "ship\nped"}),
    ("occurred_at", BARE | {"occurred_at": "2026-03-02T09:29:58"}),
    ("occurred_at", BARE | {"occurred_at": "yesterday"}),
    ("occurred_at", BARE | {"occurred_at": 1772443798}),
    ("contact", {"order_id": "o-1", "contact": "ada@example.com"}),
    ("shop", BARE | {"shop": LONG + "x"}),
    ("shop", BARE | {"shop": {"name": "Example Tea"}}),
]

# What is only shown, or spoils one channel: the note is of the field.
LEFT_OUT: list[tuple[str, Any]] = [
    ("amount", BARE | {"amount": "a lot"}),
    ("amount", BARE | {"amount": True}),
    ("amount", BARE | {"amount": 42}),
    ("amount", BARE | {"amount": -42.0}),
    ("amount", BARE | {"amount": "42"}),
    ("amount", BARE | {"amount": 1e12}),
    ("amount", BARE | {"amount": -1e300}),
    ("amount", BARE | {"amount": {"currency": "USD"}}),
    ("amount", BARE | {"amount": {"value": "1e19", "currency": "USD"}}),
    ("amount", BARE | {"amount": {"value": "1,500", "currency": "USD"}}),
    ("amount", BARE | {"amount": {"value": "NaN", "currency": "USD"}}),
    ("amount", BARE | {"amount": {"value": "1", "currency": "$"}}),
    ("amount", BARE | {"amount": {"value": "0.0000001", "currency": "USD"}}),
    ("items", BARE | {"items": 7}),
    ("items", BARE | {"items": ["x"] * 101}),
    ("items[1]", BARE | {"items": ["Teapot", ""]}),
    ("items[1]", BARE | {"items": ["Teapot", 5]}),
    ("items[0]", BARE | {"items": [{"quantity": 2}]}),
    ("items[0]", BARE | {"items": [{"name": "x" * 257}]}),
    ("items[0]", BARE | {"items": [{"name": "Cup", "quantity": 0}]}),
    ("items[0]", BARE | {"items": [{"name": "Cup", "quantity": 1.5}]}),
    ("items[0].sku", BARE | {"items": [{"name": "Cup", "sku": ["c"]}]}),
    ("contact", BARE | {"contact": "ada@example.com"}),
    ("contact.email", BARE | {"contact": {"email": 5}}),
    ("contact.email", BARE | {"contact": {"email": "x" * 1025}}),
    ("contact.phone", BARE | {"contact": {"phone": 1.2e10}}),
    ("contact.country", BARE | {"contact": {"country": "Atlantis"}}),
    ("contact.country", BARE | {"contact": {"country": "XX"}}),
    ("contact.country", BARE | {"contact": {"country": 46}}),
    ("contact.locale", BARE | {"contact": {"locale": "s"}}),
    ("contact.time_zone", BARE | {"contact": {"time_zone": 60}}),
    ("channel", BARE | {"channel": "pigeon"}),
    ("channel", BARE | {"channel": []}),
    ("priority", BARE | {"priority": "urgent"}),
    ("tracking_url", BARE | {"tracking_url": "javascript:alert(1)"}),
    ("tracking_url", BARE | {"tracking_url": "www.example.com/track"}),
    ("tracking_url", BARE | {"tracking_url": "https://example.com/a b"}),
    ("tracking_url", BARE | {"tracking_url": f"https://{'x' * 1024}"}),
    ("campaign", BARE | {"campaign": LONG + "x"}),
]


@pytest.mark.parametrize("document", ACCEPTED)
def test_parser_and_schema_accept(document: dict[str, Any]) -> None:
    assert contract_error(document) is None
    assert [] == [error.message for error in VALIDATOR.iter_errors(document)]


@pytest.mark.parametrize("document", ACCEPTED)
def test_what_has_the_recommended_form_is_read_without_a_note(document: dict[str, Any]) -> None:
    assert () == read(document).notes


@pytest.mark.parametrize(("field", "document"), REFUSED)
def test_what_identifies_an_event_is_refused_by_name_in_one_line(
    field: str, document: object
) -> None:
    said = contract_error(document)

    assert said is not None
    assert re.match(rf"{re.escape(field)}: \S[^\n]*$", said)


@pytest.mark.parametrize(("field", "document"), LEFT_OUT)
def test_what_is_only_shown_or_spoils_one_channel_is_left_out_with_a_note(
    field: str, document: object
) -> None:
    said = notes(document)

    assert [field] == list(said)
    assert re.match(r"(left out: found|only the first) ", said[field])


@pytest.mark.parametrize(("field", "document"), REFUSED + LEFT_OUT)
def test_the_schema_recommends_none_of_them(field: str, document: object) -> None:
    recommended_by_shape = field in {"schema_version", "contact.country"}  # "XX", version 0
    assert recommended_by_shape or not VALIDATOR.is_valid(document)


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

    assert read(ours) == read(CAMEL)


def test_the_snake_case_shape_is_accepted_as_it_is() -> None:
    earlier = {"customer_id": "c-1", "order_id": "o-1", "status": "shipped"}

    assert contract_error(earlier) is None
    assert VALIDATOR.is_valid(earlier)


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("orderId", 5.5),
        ("orderId", {}),
        ("timestamp", "2026-03-02T09:29:58"),
        ("timestamp", "0001-01-01T00:00:00+14:00"),
    ],
)
def test_a_refused_camel_case_field_is_named_as_its_producer_wrote_it(
    field: str, value: object
) -> None:
    said = contract_error(CAMEL | {field: value})

    assert said is not None
    assert said.startswith(f"{field}: ")


@pytest.mark.parametrize(
    ("field", "value"),
    [
        ("customerEmail", 5),
        ("phoneNumber", True),
        ("orderAmount", "a lot"),
        ("orderAmount", {"currency": "USD"}),
        ("items", 5),
        ("channel", "pigeon"),
        ("priority", "urgent"),
    ],
)
def test_a_camel_case_field_that_is_left_out_is_named_as_it_was_written(
    field: str, value: object
) -> None:
    assert [field] == list(notes(CAMEL | {field: value}))


@pytest.mark.parametrize("instant", ["0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00"])
def test_an_hour_that_no_calendar_has_in_utc_is_refused_by_name(instant: str) -> None:
    said = contract_error(BARE | {"occurred_at": instant})

    assert said is not None
    assert said.startswith("occurred_at: found a time outside the years 1 to 9999 in UTC")


def test_an_order_that_has_two_ids_is_refused() -> None:
    said = contract_error(BARE | {"orderId": "x", "order_id": "ours"})

    assert said is not None
    assert said.startswith("order_id, orderId: found different values")
    assert "o-1" == read(BARE | {"orderId": "o-1"}).order_id
