"""Whichever way an event is read, at once or field by field, it is the same event."""

import json
from typing import Any
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from ordercast.decisions.decision import fingerprint
from ordercast.events.identity import event_hash
from ordercast.events.notes import MOST_NOTES
from ordercast.events.reading import document as reading
from ordercast.events.reading.unknown_fields import unknown_fields
from tests.events.contract_readers import BARE, contract_error, notes, read
from tests.examples import event

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=20)
INSTANTS = st.sampled_from(
    ["2026-03-02T09:29:58Z", "2026-03-02T09:29:58.123456789+05:30", "2026-03-02t09:29:58.5z"]
)
AMOUNTS = st.floats(-1e9, 1e9) | st.integers(-(10**9), 10**9)
WELL_FORMED = st.fixed_dictionaries(
    {"order_id": TEXTS, "customer_id": TEXTS},
    optional={
        "event_id": TEXTS,
        "status": st.sampled_from(["shipped", "CONFIRMED", "brewed_2-day", "canceled"]),
        "occurred_at": INSTANTS,
        "amount": AMOUNTS
        | st.just({"value": "-12.50", "currency": "USD"})
        | st.just({"value": "0012.500000", "currency": "KWD"}),
        "items": st.lists(
            TEXTS | st.fixed_dictionaries({"name": TEXTS, "quantity": st.integers(1, 99)})
        ),
        "contact": st.fixed_dictionaries(
            {},
            optional={
                "email": st.text(max_size=9),
                "phone": st.sampled_from(["", "+12065550100", "070-1"]),
                "country": st.sampled_from(["SE", "GB"]),
                "locale": st.just("sv-SE"),
                "time_zone": TEXTS,
            },
        ),
        "channel": st.sampled_from(["sms", "email", "both", "auto"]),
        "priority": st.sampled_from(["high", "normal"]),
        "tracking_url": st.just("https://shop.example.com/a?b=%C3"),
        "campaign": TEXTS,
        "shop": TEXTS,
    },
)


@given(WELL_FORMED)
def test_an_unknown_field_changes_nothing_of_a_well_formed_event(document: dict[str, Any]) -> None:
    """It is then read field by field instead of at once."""
    at_once, by_field = read(document), read(document | {"attempt": 2})

    assert at_once == by_field
    assert (event_hash(at_once), fingerprint(at_once)) == (
        event_hash(by_field),
        fingerprint(by_field),
    )


@given(WELL_FORMED)
def test_in_camel_case_it_is_the_same_event(document: dict[str, Any]) -> None:
    def camel(name: str) -> str:
        first, *others = name.split("_")
        return first + "".join(map(str.title, others))

    assert read(document) == read({camel(name): value for name, value in document.items()})


NAMES = st.sampled_from(
    [
        *("order_id", "orderId", "status", "Status", "customer_id", "contact", "Contact"),
        *("customerEmail", "email", "phone", "amount", "orderAmount", "currency", "items"),
        *("orderStatus", "state", "type", "country", "countryCode", "phoneNumber"),
        *("tracking_url", "trackingUrl", "timestamp", "occurred_at", "shop", "attempt", "channel"),
    ]
)
PARTS: st.SearchStrategy[dict[str, Any]] = st.dictionaries(
    st.sampled_from(
        ["email", "Email", "phone", "country", "value", "amount", "currency", "name", "qty", "sku"]
    ),
    st.sampled_from(["", "USD", "4", 4, 2.5, None, "SE", "UK", "ada@example.com", []]),
)
VALUES = (
    st.sampled_from(["", "shipped", "canceled", "o-1", None, 5, 42.5, True, "both", "1,234"])
    | INSTANTS
    | PARTS
    | st.lists(PARTS | st.sampled_from(["Teapot", "", 5, None]), max_size=3)
)


@settings(max_examples=400)
@given(st.dictionaries(NAMES, VALUES, max_size=9))
def test_what_is_read_at_once_is_read_so_field_by_field_too(document: dict[str, Any]) -> None:
    """Two ways to read the same are two chances to drop a field in silence."""

    def outcome() -> object:
        return contract_error(BARE | document) or read(BARE | document)

    at_once = outcome()
    with patch.object(reading, "_at_once", lambda _: None):
        assert outcome() == at_once


def test_a_field_that_a_part_has_twice_is_not_dropped_in_silence() -> None:
    twice = {"email": "ada@example.com", "Email": "eve@example.com"}
    priced = {"value": "1", "amount": "2", "currency": "USD"}

    assert ["contact.email, contact.Email"] == list(notes(BARE | {"contact": twice}))
    assert ["amount"] == list(notes(BARE | {"amount": priced}))
    assert ["items[0]"] == list(notes(BARE | {"items": [{"name": "Cup", "qty": 1, "quantity": 2}]}))


def test_notes_name_no_value_and_no_name_that_may_be_one() -> None:
    said = read(
        BARE
        | {
            "order id\n": "o-1",
            "contact": {"e-mail": ["eve@example.org"], "eve@example.org": 5},
            "amount": "12065550100 apples",
        }
    ).notes

    assert ["contact.e-mail", "amount"] == [each.field for each in said]
    assert not [each for each in said if "eve" in each.what or "2065550100" in each.what]


def test_an_event_has_a_few_notes_and_the_number_of_the_others() -> None:
    said = read(BARE | {"items": [5] * 100}).notes

    assert MOST_NOTES == len(said)
    assert "event: 91 more notes" == str(said[-1])


def test_two_spellings_that_contradict_in_what_is_shown_leave_that_out() -> None:
    twice = {"tracking_url": "https://a.example.com", "trackingUrl": "https://b.example.com"}

    assert read(BARE | twice).tracking_url is None
    assert ["tracking_url, trackingUrl"] == list(notes(BARE | twice))


def test_two_statuses_that_contradict_are_refused() -> None:
    said = contract_error(BARE | {"status": "shipped", "Status": "cancelled"}) or ""

    assert said.startswith("status, Status: found different values")


def test_two_parcels_with_links_that_cannot_be_shown_are_two_events() -> None:
    """Without an id and a time, the link as written is what tells them apart."""
    one, other = (
        read(event(event_id=None, occurred_at=None, status="shipped", tracking_url=each))
        for each in ("/track/1", "/track/2")
    )

    assert one.tracking_url is None is other.tracking_url
    assert event_hash(one) != event_hash(other)


def test_a_number_of_an_unknown_country_is_used_only_with_its_plus() -> None:
    def phone(country: str, number: str) -> str | None:
        return read(BARE | {"contact": {"phone": number, "country": country}}).contact.phone

    assert phone("Atlantis", "206 555 0100") is None
    assert "+1 206 555 0100" == phone("Atlantis", "+1 206 555 0100")
    assert "206 555 0100" == phone("USA", "206 555 0100")


def test_strict_names_each_unknown_field_and_what_it_may_mean() -> None:
    said = unknown_fields(
        event(
            costumer_id="c-1",
            orderId="o-1",
            note="x",
            timestamp="2026-03-02T09:29:58Z",
            contact={"emial": "ada@example.com", "ada@example.com": 1},
            items=[{"name": "Cup", "quantiy": 2, "qty": 1}],
            amount={"value": "1", "currencyCode": "USD"},
        )
    )

    assert [
        "costumer_id: unknown; did you mean customer_id?",
        "orderId: another spelling of order_id",
        "note: unknown, not read",
        "timestamp: another spelling of occurred_at",
        "contact.emial: unknown; did you mean contact.email?",
        "contact.an unknown field: unknown, not read",
        "amount.currencyCode: another spelling of amount.currency",
        "items[0].quantiy: unknown; did you mean items[0].quantity?",
        "items[0].qty: another spelling of items[0].quantity",
    ] == [str(each) for each in said]
    assert [] == unknown_fields(event())


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"account": "a"}, "account: unknown, not read"),
        ({"tracking_number": "1Z"}, "tracking_number: unknown, not read"),
        ({"amount": {"value": "1", "country": "SE"}}, "amount.country: unknown, not read"),
        ({"contact": {"order_id": "o-1"}}, "contact.order_id: unknown, not read"),
        ({"items": [{"name": "Cup", "email": "x"}]}, "items[0].email: unknown, not read"),
        ({"statuss": "shipped"}, "statuss: unknown; did you mean status?"),
        ({"number": "1000017"}, "number: unknown, not read"),
        ({"line_items": []}, "line_items: unknown; did you mean items?"),
    ],
)
def test_strict_suggests_near_names_alone_of_what_the_same_object_lacks(
    fields: dict[str, Any], said: str
) -> None:
    assert [said] == [str(each) for each in unknown_fields(BARE | fields)]


@given(st.from_type(type(None)) | WELL_FORMED)
def test_a_well_formed_event_has_no_unknown_field(document: dict[str, Any] | None) -> None:
    assert [] == unknown_fields(json.loads(json.dumps(document or {})))
