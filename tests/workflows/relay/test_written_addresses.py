"""A text or an e-mail goes to the address that an event means, or to nobody."""

from typing import Any

import pytest

from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.people.person import Person
from tests.examples import EMAIL, PHONE
from tests.fakes.world import World
from tests.workflows.relay.order_events import TO_ADA, relay, requested

BESIDE = ["country", "countryCode", "country_code", "customer_country"]


@pytest.mark.parametrize("name", BESIDE)
def test_a_number_beside_the_order_is_of_the_country_beside_it(world: World, name: str) -> None:
    """Once it was a stranger's in the stage's country."""
    flat = {"order_id": "o-1", "status": "shipped", "channel": "sms", "phone": "070-174 06 05"}

    assert [("shipped", "sms", "+46701740605")] == requested(world, flat | {name: "SE"})


def test_a_number_beside_a_country_that_is_none_is_used_for_nobody(world: World) -> None:
    flat = {"order_id": "o-1", "channel": "sms", "phone": "206 555 0100", "countryCode": "XX"}

    assert [] == requested(world, flat)
    (decision,) = world.ledger.decisions.values()
    assert ["countryCode", "phone"] == [each.field for each in decision.notes]


def test_the_contact_s_country_wins_over_one_beside_it(world: World) -> None:
    contact = {"phone": "070-174 06 05", "country": "SE"}
    event = {"order_id": "o-1", "channel": "sms", "contact": contact, "country": "US"}

    assert [("confirmed", "sms", "+46701740605")] == requested(world, event)
    (decision,) = world.ledger.decisions.values()
    assert ["country: not read: contact.country says it"] == [str(each) for each in decision.notes]


SWEDISH = "+46701740605"
LED_ELSEWHERE = {
    "the record's country, where the event has none": ({"country": "SE"}, {}),
    "the record's country before the event's": ({"country": "SE"}, {"country": "GB"}),
    "the record's number before the event's": ({"phone": SWEDISH}, {"phone": PHONE}),
}


@pytest.mark.parametrize(("on_record", "contact"), LED_ELSEWHERE.values(), ids=LED_ELSEWHERE)
@pytest.mark.parametrize("rule", [None, "opted-out"])
def test_an_opt_out_of_the_number_that_a_record_leads_to_is_heard(
    world: World, on_record: dict[str, Any], contact: dict[str, Any], rule: str | None
) -> None:
    """The event alone leads to another number, whose record says nothing."""
    customer = Person(key=customer_key(shop=None, customer_id="c-1"), **on_record)
    own = Person(key=address_key(SWEDISH), refusals={Channel.SMS: rule} if rule else {})
    world.know(customer, own)
    event = {
        "order_id": "o-1",
        "customer_id": "c-1",
        "channel": "sms",
        "contact": {"phone": "070-174 06 05"} | contact,
    }

    relay(world, event)
    world.send_published()

    called = [call.notification.recipient for call in world.provider.calls]
    assert ([] if rule else [SWEDISH]) == called
    (row,) = world.rows()
    assert (SWEDISH, rule) == (row.recipient, row.rule)


TWO_ADDRESSES = {
    "two numbers": ({"phone": PHONE, "phoneNumber": "+12065550101"}, "email", "phone, phoneNumber"),
    "two mailboxes": (
        {"email": "eve@example.com", "customerEmail": EMAIL},
        "sms",
        "customerEmail, email",
    ),
    "two in the contact": (
        {"contact": {"email": EMAIL, "phone": PHONE, "phone_number": "+12065550101"}},
        "email",
        "contact.phone, contact.phone_number",
    ),
}


@pytest.mark.parametrize(("written", "other", "named"), TWO_ADDRESSES.values(), ids=TWO_ADDRESSES)
def test_two_addresses_at_one_level_spoil_their_channel_alone(
    world: World, written: dict[str, Any], other: str, named: str
) -> None:
    both = {"order_id": "o-1", "channel": "both", "customerEmail": EMAIL, "customerPhone": PHONE}
    if "contact" in written:
        both = {"order_id": "o-1", "channel": "both"}
    elif "phone" in written:
        del both["customerPhone"]
    rows = requested(world, both | written)

    assert [other] == [channel for _, channel, _ in rows]
    (note,) = next(iter(world.ledger.decisions.values())).notes
    assert note.field.startswith(named)
    assert note.what.startswith("left out: found different values")


def test_one_address_written_twice_in_two_ways_is_one(world: World) -> None:
    event = {
        "order_id": "o-1",
        "channel": "both",
        "contact": {"phone": "+1 206 555 0100", "email": "ada@EXAMPLE.com"},
        "phoneNumber": "+12065550100",
        "customerEmail": "ada@example.com",
    }

    assert {("confirmed", "sms", PHONE), ("confirmed", "email", "ada@example.com")} == {
        *requested(world, event)
    }
    (decision,) = world.ledger.decisions.values()
    assert () == decision.notes


COUNTRIES = {
    "UK": ("07400 123456", "+447400123456"),
    "gb": ("07400 123456", "+447400123456"),
    "GBR": ("07400 123456", "+447400123456"),
    "United Kingdom": ("07400 123456", "+447400123456"),
    "Sverige": ("070-174 06 05", "+46701740605"),
}


@pytest.mark.parametrize("country", COUNTRIES)
def test_a_country_that_has_one_reading_is_read(world: World, country: str) -> None:
    written, number = COUNTRIES[country]
    contact = {"phone": written, "email": EMAIL, "country": country}
    rows = relay(world, TO_ADA | {"channel": "both", "contact": contact})

    assert {(Channel.SMS, number), (Channel.EMAIL, EMAIL)} == {
        (row.channel, row.recipient) for row in rows
    }


def test_a_country_that_is_none_spoils_nothing_but_a_number_that_needs_it(world: World) -> None:
    contact = {"phone": "206 555 0100", "email": EMAIL, "country": "Atlantis"}
    both = TO_ADA | {"channel": "both", "contact": contact}
    rows = relay(world, both, both | {"order_id": "o-2", "contact": contact | {"phone": PHONE}})

    assert {
        ("o-1", "sms", None, "no-contact"),
        ("o-1", "email", EMAIL, None),
        ("o-2", "sms", PHONE, None),
        ("o-2", "email", EMAIL, None),
    } == {(row.order.order_id, row.channel, row.recipient, row.rule) for row in rows}
