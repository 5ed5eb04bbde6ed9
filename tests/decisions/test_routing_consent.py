"""Without consent, or against a refusal, nothing is sent, whatever the event asks for."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ordercast.decisions.audience import (
    CONSENT_BY_EVENT,
    CONSENT_ON_RECORD,
    audience_of,
    consent_for,
    people_in,
)
from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.sending.send_rules import NO_CONSENT
from tests.decisions.deciding import SENT, rules, verdicts
from tests.examples import EMAIL, PHONE, POLICY, order_event, person


def consents(*people: Person, **changes: Any) -> list[str | None]:
    """Return the source of the consent for each channel."""
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    return [consent_for(one, channel, audience) for channel in Channel]


@pytest.mark.parametrize(
    ("wish", "channels"),
    [
        ("sms", [Channel.SMS]),
        ("email", [Channel.EMAIL]),
        ("both", [Channel.SMS, Channel.EMAIL]),
    ],
)
def test_an_explicit_channel_with_a_contact_is_consent(wish: str, channels: list[Channel]) -> None:
    assert dict.fromkeys(channels, SENT) == verdicts(channel=wish)
    by_event = [CONSENT_BY_EVENT if channel in channels else None for channel in Channel]
    assert by_event == consents(channel=wish)


@pytest.mark.parametrize("wish", ["auto", None])
def test_without_consent_nothing_is_sent(wish: str | None) -> None:
    """An address in the event says how to reach a person, not that they consent."""
    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: NO_CONSENT} == rules(channel=wish)
    assert [None, None] == consents(channel=wish)


def test_an_explicit_channel_without_a_contact_is_no_consent() -> None:
    """The event names no contact, and an address on record is not consent."""
    known = person(email=EMAIL, phone=PHONE)
    changes: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": "both"}

    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: NO_CONSENT} == rules(known, **changes)


def test_consent_on_record_is_enough_where_the_event_leaves_the_channel_open() -> None:
    known = person(email=EMAIL, phone=PHONE, consents=frozenset({Channel.EMAIL}))
    changes: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": None}

    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: None} == rules(known, **changes)
    assert [None, CONSENT_ON_RECORD] == consents(known, **changes)


@pytest.mark.parametrize("reason", ["opted-out", "hard-bounce", "complained"])
def test_any_refusal_of_a_customer_wins_over_every_consent(reason: str) -> None:
    both = frozenset(Channel)
    known = person(email=EMAIL, consents=both, refusals={Channel.EMAIL: reason})

    assert {Channel.SMS: None, Channel.EMAIL: reason} == rules(known, customer_id="c-1")


def test_a_refusal_of_an_address_wins_for_guests_and_for_customers() -> None:
    """Guests are known by hashed address; a guest's refusal also counts for a customer."""
    refused = Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"})

    assert {Channel.SMS: None, Channel.EMAIL: "complained"} == rules(refused)
    assert {Channel.SMS: None, Channel.EMAIL: "complained"} == rules(refused, customer_id="c-1")


def test_a_refusal_is_known_however_the_shop_writes_the_address() -> None:
    mail = Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"})
    text = Person(key=address_key(PHONE), refusals={Channel.SMS: "opted-out"})
    contact = {"email": "Ada@Example.com", "phone": "(206) 555-0100"}

    assert {Channel.SMS: "opted-out", Channel.EMAIL: "complained"} == (
        rules(mail, text, contact=contact)
    )


def test_a_refusal_is_the_rule_even_where_nothing_could_be_sent_anyway() -> None:
    """The person's own refusal comes before every other rule."""
    known = person(refusals={Channel.SMS: "opted-out", Channel.EMAIL: "complained"})
    changes: dict[str, Any] = {"contact": None, "customer_id": "c-1"}

    assert {Channel.SMS: "opted-out", Channel.EMAIL: "complained"} == rules(known, **changes)


def test_a_refusal_of_one_channel_is_none_of_another() -> None:
    known = person(refusals={Channel.SMS: "opted-out"})

    assert {Channel.SMS: "opted-out", Channel.EMAIL: None} == rules(known, customer_id="c-1")


def test_everybody_whose_word_counts_is_looked_up() -> None:
    keys = {
        address_key(EMAIL),
        address_key(PHONE),
        customer_key(shop="Example Tea", customer_id="c-1"),
    }

    assert keys == people_in(order_event(customer_id="c-1"), policy=POLICY)
    assert keys - {customer_key(shop="Example Tea", customer_id="c-1")} == (
        people_in(order_event(), policy=POLICY)
    )
    assert frozenset() == people_in(
        order_event(contact={"email": "ada@", "phone": "12"}), policy=POLICY
    )


def test_one_customer_id_in_two_shops_is_two_customers() -> None:
    known = person(refusals={Channel.EMAIL: "opted-out"})

    assert None is rules(known, customer_id="c-1", shop="Other")[Channel.EMAIL]


def test_a_customer_without_a_record_is_a_stranger() -> None:
    assert {Channel.SMS: None, Channel.EMAIL: None} == rules(customer_id="c-1")


@given(
    st.frozensets(st.sampled_from(Channel)),
    st.dictionaries(st.sampled_from(Channel), st.just("opted-out")),
    st.sampled_from(["sms", "email", "both", "auto"]),
    st.sampled_from([None, "c-1"]),
)
def test_nothing_is_sent_without_consent_or_against_a_refusal(
    agreed: frozenset[Channel], refused: dict[Channel, str], wish: str, customer_id: str | None
) -> None:
    known = person(email=EMAIL, phone=PHONE, consents=agreed, refusals=refused)
    named = {"sms": [Channel.SMS], "email": [Channel.EMAIL], "both": list(Channel), "auto": []}
    for channel, verdict in verdicts(known, channel=wish, customer_id=customer_id).items():
        if verdict.state is State.REQUESTED:
            assert channel in named[wish] or (customer_id and channel in agreed)
            assert not (customer_id and channel in refused)
