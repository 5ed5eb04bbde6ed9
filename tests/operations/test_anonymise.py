"""A recording names no person, and keeps every oddity of what was recorded."""

import json
from typing import Any

import phonenumbers
import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.decisions.usable_addresses import is_allowed
from ordercast.operations.anonymise import Scrub, masked
from ordercast.people.email_addresses import mailbox
from ordercast.people.phone_numbers import country_of, e164
from ordercast.wiring.relay import policy_of
from pipeline.settings.files import read_stage

SALT = b"a salt for tests"


def scrub(salt: bytes = SALT) -> Scrub:
    return Scrub(salt=salt, default_country="US")


def after(**event: Any) -> dict[str, Any]:
    made: dict[str, Any] = json.loads(scrub().event(json.dumps(event).encode()))
    return made


ADA = {
    "order_id": "o-1",
    "event_id": "e-1",
    "customer_id": "c-42",
    "status": "shipped",
    "occurred_at": "2026-03-02T09:29:58Z",
    "amount": {"value": "42.50", "currency": "USD"},
    "items": ["Teapot for Ada", {"name": "Cup", "quantity": 4, "sku": "ADA-1"}],
    "contact": {"email": "ada@lovelace.example.org", "phone": "+46 70 174 06 05", "locale": "sv"},
    "tracking_url": "https://carrier.example.org/ada?token=secret",
    "gift_note": "To Ada",
}


def test_nothing_of_the_person_is_left() -> None:
    recorded = json.dumps(after(**ADA)).lower()
    for word in ("ada", "lovelace", "teapot", "c-42", "174 06 05", "secret", "gift_note"):
        assert word not in recorded, word


def test_what_a_replay_looks_events_up_by_stays() -> None:
    made = after(**ADA)
    for name in ("order_id", "event_id", "status", "occurred_at", "amount"):
        assert ADA[name] == made[name]
    assert "sv" == made["contact"]["locale"]
    assert 4 == made["items"][1]["quantity"]


@pytest.mark.parametrize("start", ["+12065550100", "+46701740605", "+61491570156"])
def test_the_local_stage_may_write_to_every_nobody(start: str) -> None:
    """Or a replay of what was recorded there would say that nobody is notified."""
    policy = policy_of(read_stage("local"))
    salts = [f"salt {n}".encode() for n in range(50)]
    contact = json.dumps({"contact": {"phone": start}}).encode()

    made = {json.loads(scrub(salt).event(contact))["contact"]["phone"] for salt in salts}

    assert len(made) > 1
    assert set() == {each for each in made if not is_allowed(each, policy.allowed)}


def test_the_same_person_is_the_same_nobody_however_they_are_written() -> None:
    first = after(contact={"email": "Ada@example.org", "phone": "(206) 555-0123"})
    second = after(customerEmail="ada@example.org", phoneNumber="+1 206 555 0123")
    assert first["contact"]["email"] == second["customerEmail"]
    assert first["contact"]["phone"] == second["phoneNumber"]


def test_another_recording_has_other_nobodies() -> None:
    email = json.dumps({"customerEmail": "ada@example.org"}).encode()
    assert scrub().event(email) != scrub(b"another salt").event(email)


@pytest.mark.parametrize(
    ("number", "country"),
    [
        ("+12065550123", "US"),
        ("+447400123456", "US"),
        ("+46701740610", "SE"),
        ("+61491570156", "AU"),
        ("+4915123456789", "US"),
    ],
)
def test_a_number_becomes_one_that_nobody_has_and_can_be_used(number: str, country: str) -> None:
    """Where no numbers are kept for fiction, one of a country that has some."""
    made = after(contact={"phone": number})["contact"]["phone"]
    assert made == e164(made, country="US")
    assert country == country_of(made)
    assert number != made
    assert phonenumbers.is_valid_number(phonenumbers.parse(made))


def test_an_address_stays_usable_and_one_that_is_not_stays_unusable() -> None:
    assert mailbox(after(customerEmail="ada@example.org")["customerEmail"]) is not None
    for odd in ("ada.example.org", "ada lovelace@example.org", "@"):
        made = after(customerEmail=odd)["customerEmail"]
        assert mailbox(made) is None
        assert "ada" not in made


def test_a_mailbox_of_the_simulator_is_nobody_already() -> None:
    address = "bounce@simulator.amazonses.com"
    assert address == after(customerEmail=address)["customerEmail"]


@pytest.mark.parametrize(
    "event",
    [
        {"order_id": 5, "contact": "ada@example.org"},
        {"order_id": "o-1", "contact": {"email": 5, "phone": ["+12065550123"]}},
        {"order_id": "o-1", "contact": {"email": None}, "items": "Teapot for Ada"},
        {"order_id": "o-1", "customer_id": {"name": "Ada"}, "items": [7, ["Ada"]]},
        {"order_id": "ada@example.org", "customer_id": "x"},
    ],
)
def test_a_field_of_the_wrong_type_keeps_its_type_and_nothing_else(event: dict[str, Any]) -> None:
    made = after(**event)
    assert {n: type(v) for n, v in event.items()} == {n: type(v) for n, v in made.items()}
    for word in ("ada", "Ada", "2065550123", "Teapot"):
        assert word not in json.dumps(made)


@pytest.mark.parametrize(
    ("payload", "left"),
    [
        (b'{"contact": {"email": "ada@example.org"', b'{"xxxxxxx": {"xxxxx": "xxx@xxxxxxx.xxx"'),
        (b'["Ada", 1815]', b'["xxx", 0000]'),
        (b"\xff\xfeAda 1815", b"\x80\x80xxx 0000"),
        ("Åsa".encode(), b"xxx"),
        (b"", b""),
    ],
)
def test_what_is_no_event_keeps_its_punctuation_alone(payload: bytes, left: bytes) -> None:
    assert left == scrub().event(payload)


@given(st.binary(max_size=60))
def test_no_letter_or_digit_survives_masking(payload: bytes) -> None:
    assert set(masked(payload).decode("latin-1")) & set("abcdefg123456789") == set()


@given(st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5))
def test_any_value_in_any_field_is_scrubbed_without_an_error(value: Any) -> None:
    for name in ("contact", "items", "phoneNumber", "customer_id", "order_id", "nonsense"):
        # A field that is not the contract's is left out, and none else.
        assert {name} - {"nonsense"} == after(**{name: value}).keys()
