"""Channels and addresses are chosen from record and event, within the stage's allowed recipients."""

from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import audience_of, recipient_of
from ordercast.decisions.decision import Verdict
from ordercast.decisions.usable_addresses import (
    INVALID_CONTACT,
    NO_CONTACT,
    NOT_ALLOWED,
    is_allowed,
)
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.sending.send_rules import NO_CHANNEL, NO_CONSENT
from tests.decisions.deciding import SENT, rules, verdicts
from tests.examples import EMAIL, PHONE, POLICY, order_event, person

# Channels and addresses


def test_what_nobody_chose_and_nobody_can_reach_still_has_a_verdict_that_says_so() -> None:
    silent: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": None}

    assert {Channel.EMAIL: NO_CONTACT} == rules(**silent)


def test_where_nobody_chose_only_channels_with_an_address_are_considered() -> None:
    assert {Channel.SMS: NO_CONSENT} == rules(channel=None, contact={"phone": PHONE})


def test_who_chose_no_channel_is_not_written_to_and_it_is_said_why() -> None:
    """An event without any notification could not be accounted for."""
    both = frozenset(Channel)
    known = person(email=EMAIL, phone=PHONE, consents=both, channels=())
    none = Verdict(state=State.SUPPRESSED, rule=NO_CHANNEL)

    assert dict.fromkeys(Channel, none) == verdicts(known, customer_id="c-1", channel=None)
    assert {Channel.EMAIL: none} == verdicts(
        person(consents=both, channels=()), customer_id="c-1", channel=None, contact=None
    )
    assert {Channel.SMS: SENT} == verdicts(known, customer_id="c-1", channel="sms")


def test_the_customer_s_channels_count_where_the_event_names_none() -> None:
    both = frozenset(Channel)
    known = person(email=EMAIL, phone=PHONE, consents=both, channels=(Channel.SMS,))

    assert {Channel.SMS: None} == rules(known, customer_id="c-1", channel="auto")
    assert {Channel.EMAIL: None} == rules(known, customer_id="c-1", channel="email")


@pytest.mark.parametrize(
    ("phone", "rule"),
    [
        ("12", INVALID_CONTACT),
        ("5550100", INVALID_CONTACT),
        ("+1 206 555 0100 ext 5", "number-with-extension"),
        ("+1 206 555 0100 after six", "number-with-text"),
        ("+12065550100/+12065550101", "several-numbers"),
        ("461339507", "ambiguous-number"),
        ("12065550100", "ambiguous-number"),
    ],
)
def test_an_invalid_phone_number_suppresses_the_text_and_leaves_the_e_mail_alone(
    phone: str, rule: str
) -> None:
    contact = {"email": EMAIL, "phone": phone, "country": "SE" if rule[0] == "a" else "US"}

    assert {Channel.SMS: rule, Channel.EMAIL: None} == rules(contact=contact)


def test_a_bare_number_is_read_as_one_of_an_open_country() -> None:
    """As +60 62530037 it would be Malaysian, and this stage sends no texts there."""
    assert {Channel.SMS: None} == rules(channel="sms", contact={"phone": "(606) 253-0037"})


@pytest.mark.parametrize("absent", ["", None])
def test_an_empty_contact_field_concerns_its_channel_alone(absent: str | None) -> None:
    """Shops send `"phone": ""` for customers who gave none."""
    no_phone = {"email": EMAIL, "phone": absent}
    no_email = {"email": absent, "phone": PHONE}

    assert {Channel.SMS: NO_CONTACT, Channel.EMAIL: None} == rules(contact=no_phone)
    assert {Channel.SMS: None, Channel.EMAIL: NO_CONTACT} == rules(contact=no_email)


def test_an_invalid_address_suppresses_the_e_mail_and_leaves_the_text_alone() -> None:
    contact = {"email": "ada@", "phone": PHONE}

    assert {Channel.SMS: None, Channel.EMAIL: INVALID_CONTACT} == rules(contact=contact)


def test_consent_on_record_without_an_address_anywhere_says_that_there_is_none() -> None:
    known = person(consents=frozenset(Channel), channels=(Channel.SMS, Channel.EMAIL))
    asked: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": None}

    assert {Channel.SMS: NO_CONTACT, Channel.EMAIL: NO_CONTACT} == rules(known, **asked)


def recipient(channel: Channel, *people: Person, **changes: Any) -> str | None:
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    return recipient_of(one, channel, audience, policy=POLICY)


def test_the_customer_s_own_record_wins_over_the_event() -> None:
    known = person(email="own@example.com", phone="+46701740605")

    assert "own@example.com" == recipient(Channel.EMAIL, known, customer_id="c-1")
    assert "+46701740605" == recipient(Channel.SMS, known, customer_id="c-1")
    assert EMAIL == recipient(Channel.EMAIL, known)


def test_a_bare_number_is_read_in_their_country_else_the_contact_s_else_the_stage_s() -> None:
    swedish = {"phone": "0701740605", "country": "SE"}
    moved = person(country="SE")

    assert "+46701740605" == recipient(Channel.SMS, contact=swedish)
    assert "+12065550100" == recipient(Channel.SMS, contact={"phone": "206 555 0100"})
    assert "+46701740605" == recipient(
        Channel.SMS, moved, customer_id="c-1", contact={"phone": "0701740605", "country": "US"}
    )


# The allow-list


@pytest.mark.parametrize(
    ("patterns", "allowed"),
    [
        (("*",), True),
        ((), False),
        ((EMAIL,), True),
        (("*@example.com", "+1206555*"), True),
        (("*@Example.COM",), True),
        (("*.COM",), True),
        (("*@example.org",), False),
        (("ada@example.co",), False),
    ],
)
def test_a_stage_writes_only_to_whom_it_may(patterns: tuple[str, ...], *, allowed: bool) -> None:
    policy = replace(POLICY, allowed=patterns)

    assert allowed == is_allowed(EMAIL, policy.allowed)
    assert (None if allowed else NOT_ALLOWED) == rules(policy=policy)[Channel.EMAIL]


def test_the_allow_list_judges_each_address_by_itself() -> None:
    policy = replace(POLICY, allowed=("+1206555*",))

    assert {Channel.SMS: None, Channel.EMAIL: NOT_ALLOWED} == rules(policy=policy)
