"""Each line of a customer file is a customer, or an error that names the field."""

import json
import re
from datetime import time
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.identity import customer_key
from ordercast.events.notes import HELP
from ordercast.events.order_event import Channel
from ordercast.events.parse import parse_order_event
from ordercast.events.reading.unread import TAKEN
from ordercast.events.unreadable_values import NO_CHARACTER, NO_NUMBER, UNKNOWN_FIELD
from ordercast.operations.customer_files import (
    DIFFERENT,
    FIELDS,
    NO_CHANNEL,
    NO_COUNTRY,
    ONLY_OPT_OUTS,
    OPTED_OUT,
    customer_lines,
)
from ordercast.people.person import AGREED, Person, QuietHours
from ordercast.people.written_numbers import NumberProblem
from tests.examples import EMAIL
from tests.operations.customers import line
from tests.pages import ROOT, snippets

AN_ID = HELP + TAKEN["customer_id"]


def problem(content: bytes) -> str | None:
    [only] = customer_lines(content)
    assert only.person is None
    return only.problem


def test_a_line_says_all_that_a_record_can() -> None:
    [only] = customer_lines(
        line(
            shop="Example Tea",
            email="ada@example.com",
            phone="206 555 0100",
            country="US",
            locale="en-US",
            time_zone="America/Los_Angeles",
            channels=["sms"],
            consents=["sms", "email"],
            opt_outs=["email"],
            promotional_consents=["email"],
            promotional_opt_outs=["sms"],
            quiet_hours="21:00-08:00",
        )
    )

    assert only.person == Person(
        key=customer_key(shop="Example Tea", customer_id="c-1"),
        customer_id="c-1",
        shop="Example Tea",
        email="ada@example.com",
        phone="+12065550100",
        locale="en-US",
        country="US",
        time_zone="America/Los_Angeles",
        channels=(Channel.SMS,),
        consents=frozenset(Channel),
        refusals={Channel.EMAIL: OPTED_OUT},
        promotions={Channel.EMAIL: AGREED, Channel.SMS: OPTED_OUT},
        quiet=QuietHours(start=time(21), end=time(8)),
    )


def test_who_says_nothing_has_agreed_to_nothing() -> None:
    [only] = customer_lines(line())

    assert only.person is not None
    assert (None, frozenset(), {}) == (
        *(only.person.channels, only.person.consents),
        only.person.refusals,
    )


@pytest.mark.parametrize(
    ("content", "says"),
    [
        (b"{broken", "not JSON"),
        (b"\xff", "not JSON"),
        (rb'{"customer_id": "\ud800"}', f"customer_id: found {NO_CHARACTER}{AN_ID}"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", f"customer: found a list{HELP}an object"),
        (b"{}", f"customer_id: found nothing{AN_ID}"),
        (line(customer_id=5.5), f"customer_id: found a number with a decimal point{AN_ID}"),
        (line(customer_id=0), f"customer_id: found 0, which is a guest without a record{AN_ID}"),
        (line(customer_id="x" * 129), f"customer_id: found a text of 129 characters{AN_ID}"),
        (line(customer_id=" "), f"customer_id: found nothing{AN_ID}"),
        (line(shop={"id": 5}), f"shop: found an object{HELP}{TAKEN['shop']}"),
        (line(consent=["sms"]), f"customer: {UNKNOWN_FIELD} (consents is)"),
        (line(**{"secret.person@example.com": 1}), f"customer: {UNKNOWN_FIELD}"),
        (line(**{"\x1b[2J\u202e\n": 1}), f"customer: {UNKNOWN_FIELD}"),
        (line(**{"x` - at `$.ada@example.com": 1}), f"customer: {UNKNOWN_FIELD}"),
        (line(opt_outs=["fax"]), f"opt_outs: {NO_CHANNEL}"),
        (line(opt_outs=True, consents=["sms"]), f"opt_outs: {NO_CHANNEL}"),
        (line(promotional_opt_outs="auto"), f"promotional_opt_outs: {NO_CHANNEL}"),
    ],
)
def test_a_bad_line_names_its_field_and_quotes_nothing(content: bytes, says: str) -> None:
    assert says == problem(content)


@pytest.mark.parametrize(
    ("field", "written", "says"),
    [
        ("email", "ada", "not one plain address"),
        ("phone", "206 555 0100", NumberProblem.NO_NUMBER.words),
        ("phone", "+1 206", NumberProblem.NO_NUMBER.words),
        ("phone", "+12065550100 or +12065550101", NumberProblem.SEVERAL.words),
        ("phone", "+12065550100 ext 5", NumberProblem.EXTENSION.words),
        ("country", "Atlantis", NO_COUNTRY),
        ("country", "Korea", NO_COUNTRY),
        ("time_zone", "Mars/Olympus", "not an IANA time zone"),
        ("time_zone", "../../etc/passwd", "not an IANA time zone"),
        ("locale", "s", "a text of 1 character"),
        ("email", "x" * 1025, "a text of 1025 characters"),
        ("email", float("nan"), NO_NUMBER),
        ("email", "\ud800@example.com", NO_CHARACTER),
        ("phone", 2065550100.5, "a number with a decimal point"),
        ("phone", False, "true or false"),
        ("country", 46, "a number"),
        ("channels", ["fax"], NO_CHANNEL),
        ("channels", {"sms": "perhaps"}, NO_CHANNEL),
        ("quiet_hours", "21:00-21:00", "not two different times of the day"),
        ("quiet_hours", "9 to 5", "not two times of the day such as 21:00-08:00"),
        ("quiet_hours", 21, "a number"),
    ],
)
def test_a_field_that_cannot_be_used_is_left_out_alone(
    field: str, written: object, says: str
) -> None:
    """With the whole line an opt-out would be lost."""
    [only] = customer_lines(line(**{field: written}, opt_outs=["email"]))

    assert (None, (f"{field}: {says}: left out",)) == (only.problem, only.left_out)
    assert only.person is not None
    assert getattr(only.person, {"quiet_hours": "quiet"}.get(field, field)) is None
    assert {Channel.EMAIL: OPTED_OUT} == only.person.refusals


@pytest.mark.parametrize("field", ["consents", "promotional_consents"])
@pytest.mark.parametrize("written", [["sms", "fax"], ["sms", None], ["SMS", ["fax"]]])
def test_of_consents_those_that_can_be_read_are_taken(field: str, written: list[object]) -> None:
    [only] = customer_lines(line(**{field: written}, opt_outs=["email"]))

    assert (None, (f"{field}: {NO_CHANNEL}: left out",)) == (only.problem, only.left_out)
    assert only.person is not None
    agreed = only.person.consents or frozenset(only.person.promotions)
    assert frozenset({Channel.SMS}) == agreed
    assert {Channel.EMAIL: OPTED_OUT} == only.person.refusals


REFUSED = {
    "a field that may be a misspelt opt-out": {"opt_outed": ["sms"]},
    "another word among the opt-outs": {"opt_outs": ["email", "fax"]},
    "another word among the promotional ones": {"promotional_opt_outs": ["fax"]},
}


@pytest.mark.parametrize("wrong", REFUSED.values(), ids=REFUSED)
def test_of_a_line_that_is_refused_the_opt_outs_are_taken_and_nothing_else(
    wrong: dict[str, Any],
) -> None:
    """What may be an opt-out that nobody can read makes its line agree to nothing."""
    fields = {"shop": "Example Tea", "consents": ["sms"], "promotional_consents": ["sms"]}
    [only] = customer_lines(line(**fields | {"opt_outs": ["email"], "email": EMAIL} | wrong))

    assert only.problem is not None
    assert only.problem.endswith(f"; {ONLY_OPT_OUTS}")
    assert only.person == Person(
        key=customer_key(shop="Example Tea", customer_id="c-1"),
        customer_id="c-1",
        shop="Example Tea",
        refusals={Channel.EMAIL: OPTED_OUT},
    )


def test_fields_are_known_by_the_spellings_of_events() -> None:
    said = {"emailAddress": EMAIL, "phoneNumber": "+12065550100", "timeZone": "Asia/Tokyo"}
    ours = {"email": EMAIL, "phone": "+12065550100", "time_zone": "Asia/Tokyo"}
    other = json.dumps({"CustomerId": "c-1"} | said).encode()

    assert customer_lines(line(**ours)) == customer_lines(other)


def test_two_ids_are_nobody_s_and_two_addresses_none() -> None:
    two_ids = b'{"customer_id": "c-1", "customerId": "c-2", "opt_outs": ["sms"]}'
    assert f"customer_id, customerId: found {DIFFERENT}{AN_ID}" == problem(two_ids)

    [only] = customer_lines(line(email=EMAIL, emailAddress="eve@example.com", opt_outs="sms"))
    assert (f"email, emailAddress: {DIFFERENT}: left out",) == only.left_out
    assert only.person is not None
    assert (None, {Channel.SMS: OPTED_OUT}) == (only.person.email, only.person.refusals)


def test_a_line_without_its_faults_changes_what_it_says_alone() -> None:
    known = Person(
        key="k",
        email=EMAIL,
        consents=frozenset(Channel),
        promotions={Channel.SMS: AGREED, Channel.EMAIL: "unsubscribed"},
    )
    [refused] = customer_lines(line(promotional_opt_outs=["sms", "fax"]))
    [taken] = customer_lines(line(promotional_consents=["email"]))

    assert replace(
        known,
        customer_id="c-1",
        promotions={Channel.SMS: OPTED_OUT, Channel.EMAIL: "unsubscribed"},
    ) == refused.over(known)
    assert {Channel.EMAIL: "unsubscribed"} == taken.over(known).promotions


@pytest.mark.parametrize("absent", [None, "", " "])
def test_an_empty_field_is_as_if_it_were_not_there(absent: str | None) -> None:
    """With the whole line an opt-out would be lost."""
    others = {*FIELDS} - {"customer_id", "opt_outs"}
    content = line(**dict.fromkeys(others, absent), opt_outs=["email"])

    assert customer_lines(line(opt_outs=["email"])) == customer_lines(content)


def test_an_id_is_the_customer_s_and_the_shop_s_of_events_however_it_is_written() -> None:
    fields = {"order_id": "o-1", "customer_id": 42, "shop": " Example Tea "}
    order = parse_order_event(json.dumps(fields).encode(), default_currency="USD")
    [only] = customer_lines(line(customer_id="42 ", shop="Example Tea"))

    assert order.customer_id is not None
    assert only.person is not None
    assert only.person.key == customer_key(shop=order.shop, customer_id=order.customer_id)
    for number in (42, 42.0):
        assert customer_lines(line(customer_id=number, shop="Example Tea")) == [only]


def test_a_number_without_quotes_is_a_phone_number() -> None:
    [only] = customer_lines(line(country="US", phone=2065550100))

    assert only.person is not None
    assert "+12065550100" == only.person.phone


@pytest.mark.parametrize("country", ["UK", "gb", "GBR", "United Kingdom"])
def test_a_country_is_read_as_it_is_written_and_numbers_with_it(country: str) -> None:
    [only] = customer_lines(line(country=country, phone="07400 123456"))

    assert only.person is not None
    assert ("GB", "+447400123456") == (only.person.country, only.person.phone)
    assert () == only.left_out


def test_a_number_that_may_be_of_two_countries_says_so() -> None:
    [only] = customer_lines(line(country="ID", phone="81234567890"))

    assert (f"phone: {NumberProblem.AMBIGUOUS.words}: left out",) == only.left_out
    assert "with a plus in front another one" in only.left_out[0]


def test_a_country_code_without_its_plus_is_read_with_it() -> None:
    [only] = customer_lines(line(country="DE", phone="491716783154"))

    assert only.person is not None
    assert "+491716783154" == only.person.phone


def test_a_bad_line_is_reported_by_its_place_and_its_neighbours_are_read() -> None:
    content = b"\n".join([line(), b"", b"{", line(customer_id="c-2")])

    read = customer_lines(content)

    assert [(1, None), (3, "not JSON"), (4, None)] == [(each.place, each.problem) for each in read]


def test_the_examples_that_we_publish_are_customers() -> None:
    [documented] = snippets("docs/customers.md", language="json")
    example = (ROOT / "examples" / "customers.jsonl").read_bytes()

    read = customer_lines(documented.encode() + example)

    assert 3 == len(read)
    assert [None] * 3 == [each.problem for each in read]


def test_every_field_is_documented() -> None:
    cells = re.findall(r"^\| (`.+?) \|", docs(), flags=re.MULTILINE)
    assert {*FIELDS} == {name for cell in cells for name in re.findall(r"`(\w+)`", cell)}


def docs() -> str:
    return (ROOT / "docs" / "customers.md").read_text()
