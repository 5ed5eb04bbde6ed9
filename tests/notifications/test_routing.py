from dataclasses import replace
from datetime import datetime, time, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from notifications.identity import address_key, customer_key
from notifications.lifecycle import State
from notifications.mark import STALE, Verdict
from notifications.order_event import Channel
from notifications.person import Person, QuietHours
from notifications.routing import (
    CONSENT_BY_EVENT,
    CONSENT_ON_RECORD,
    INVALID_CONTACT,
    NO_CHANNEL,
    NO_CONSENT,
    NO_CONTACT,
    NOT_ALLOWED,
    QUIET_HOURS,
    Policy,
    audience_of,
    consent_for,
    decide,
    is_allowed,
    people_in,
    recipient_of,
)
from notifications.standing import Head, standing
from tests.examples import EMAIL, PHONE, POLICY, order_event, person
from tests.fakes.clock import START

SENT = Verdict(state=State.REQUESTED)
NIGHT = QuietHours(start=time(21), end=time(8))
MIDNIGHT = START.replace(hour=0, minute=30)
EIGHT = START.replace(hour=8, minute=0)


def verdicts(
    *people: Person,
    policy: Policy = POLICY,
    now: datetime = START,
    heads: dict[Channel, Head] | None = None,
    **changes: Any,
) -> dict[Channel, Verdict]:
    """Decide about `event` with those people on record."""
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    return decide(one, audience, heads or {}, policy=policy, now=now)


def rules(*people: Person, **changes: Any) -> dict[Channel, str | None]:
    """Return the rule that objects, or None, for each channel that was considered."""
    return {channel: each.rule for channel, each in verdicts(*people, **changes).items()}


def consents(*people: Person, **changes: Any) -> list[str | None]:
    """Return where the consent for each channel stands."""
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    return [consent_for(one, channel, audience) for channel in Channel]


# Consent


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
    """An address in the event says how to reach somebody, not that they want to be."""
    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: NO_CONSENT} == rules(channel=wish)
    assert [None, None] == consents(channel=wish)


def test_an_explicit_channel_without_a_contact_is_no_consent() -> None:
    """The producer has not said whom to write to; that the customer has an address is no yes."""
    known = person(email=EMAIL, phone=PHONE)
    asked: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": "both"}

    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: NO_CONSENT} == rules(known, **asked)


def test_consent_on_record_is_enough_where_the_event_leaves_the_channel_open() -> None:
    known = person(email=EMAIL, phone=PHONE, consents=frozenset({Channel.EMAIL}))
    asked: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": None}

    assert {Channel.SMS: NO_CONSENT, Channel.EMAIL: None} == rules(known, **asked)
    assert [None, CONSENT_ON_RECORD] == consents(known, **asked)


@pytest.mark.parametrize("reason", ["opted-out", "hard-bounce", "complained"])
def test_any_refusal_of_a_customer_wins_over_every_consent(reason: str) -> None:
    both = frozenset(Channel)
    known = person(email=EMAIL, consents=both, refusals={Channel.EMAIL: reason})

    assert {Channel.SMS: None, Channel.EMAIL: reason} == rules(known, customer_id="c-1")


def test_a_refusal_of_an_address_wins_for_guests_and_for_customers() -> None:
    """Guests are known by hashed address; what a guest once refused, a customer has refused."""
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
    """Why somebody hears nothing is their own word first."""
    known = person(refusals={Channel.SMS: "opted-out", Channel.EMAIL: "complained"})
    asked: dict[str, Any] = {"contact": None, "customer_id": "c-1"}

    assert {Channel.SMS: "opted-out", Channel.EMAIL: "complained"} == rules(known, **asked)


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


# Channels and addresses


def test_what_nobody_chose_and_nobody_can_reach_still_has_a_verdict_that_says_so() -> None:
    silent: dict[str, Any] = {"contact": None, "customer_id": "c-1", "channel": None}

    assert {Channel.EMAIL: NO_CONTACT} == rules(**silent)


def test_where_nobody_chose_only_channels_with_an_address_are_considered() -> None:
    assert {Channel.SMS: NO_CONSENT} == rules(channel=None, contact={"phone": PHONE})


def test_who_chose_no_channel_is_not_written_to_and_it_is_said_why() -> None:
    """A decision without a row would be an event that nobody can account for."""
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


@pytest.mark.parametrize("phone", ["12", "46701740605", "+1 206 555 0100 ext 5"])
def test_an_invalid_phone_number_suppresses_the_text_and_leaves_the_e_mail_alone(
    phone: str,
) -> None:
    contact = {"email": EMAIL, "phone": phone}

    assert {Channel.SMS: INVALID_CONTACT, Channel.EMAIL: None} == rules(contact=contact)


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
        (("*@example.org",), False),
        (("ada@example.co",), False),
    ],
)
def test_a_stage_writes_only_to_whom_it_may(patterns: tuple[str, ...], *, allowed: bool) -> None:
    policy = replace(POLICY, allowed=patterns)

    assert allowed == is_allowed(EMAIL, policy)
    assert (None if allowed else NOT_ALLOWED) == rules(policy=policy)[Channel.EMAIL]


def test_the_allow_list_judges_each_address_by_itself() -> None:
    policy = replace(POLICY, allowed=("+1206555*",))

    assert {Channel.SMS: None, Channel.EMAIL: NOT_ALLOWED} == rules(policy=policy)


# Quiet hours


def test_by_night_a_message_waits_until_the_morning() -> None:
    policy = replace(POLICY, quiet=NIGHT)
    waits = Verdict(state=State.DEFERRED, rule=QUIET_HOURS, until=EIGHT)

    assert {Channel.SMS: waits, Channel.EMAIL: waits} == verdicts(policy=policy, now=MIDNIGHT)
    assert {Channel.SMS: SENT, Channel.EMAIL: SENT} == verdicts(policy=policy, now=EIGHT)


@pytest.mark.parametrize(
    "urgent", [{"priority": "high"}, {"status": "cancelled"}, {"status": "failed"}]
)
def test_what_is_urgent_does_not_wait(urgent: dict[str, Any]) -> None:
    policy = replace(POLICY, quiet=NIGHT)

    assert {SENT} == set(verdicts(policy=policy, now=MIDNIGHT, **urgent).values())


def test_the_night_is_where_the_customer_is_else_where_the_contact_says() -> None:
    policy = replace(POLICY, quiet=NIGHT)
    abroad = {"email": EMAIL, "phone": PHONE, "time_zone": "Asia/Tokyo"}
    at_home = person(time_zone="Europe/London")

    assert {SENT} == set(verdicts(policy=policy, now=MIDNIGHT, contact=abroad).values())
    asleep = verdicts(at_home, policy=policy, now=MIDNIGHT, contact=abroad, customer_id="c-1")
    assert {State.DEFERRED} == {each.state for each in asleep.values()}


def test_a_customer_s_own_quiet_hours_win_over_the_stage_s() -> None:
    late_riser = person(quiet=QuietHours(start=time(9), end=time(11)))
    policy = replace(POLICY, quiet=NIGHT)

    up = verdicts(late_riser, policy=policy, now=MIDNIGHT, customer_id="c-1")
    assert {State.REQUESTED} == {each.state for each in up.values()}
    asleep = verdicts(late_riser, policy=policy, now=START, customer_id="c-1")
    assert {START.replace(hour=11, minute=0)} == {each.until for each in asleep.values()}


def test_what_is_not_to_be_sent_does_not_wait_for_the_morning() -> None:
    policy = replace(POLICY, quiet=NIGHT)

    assert {NO_CONSENT} == set(rules(policy=policy, now=MIDNIGHT, channel=None).values())


# Staleness


def head(channel: Channel, status: str, minutes: int = 0) -> dict[Channel, Head]:
    stands = standing(status, order_event().occurred_at) or 0
    return {channel: Head(order="o", channel=channel, standing=stands + minutes * 60_000)}


def test_older_news_is_stale_on_the_channel_that_has_newer() -> None:
    assert {Channel.SMS: STALE, Channel.EMAIL: None} == rules(heads=head(Channel.SMS, "shipped"))
    assert {Channel.SMS: None, Channel.EMAIL: STALE} == (
        rules(heads=head(Channel.EMAIL, "confirmed", minutes=1))
    )


def test_the_same_news_is_not_stale() -> None:
    assert None is rules(heads=head(Channel.EMAIL, "confirmed"))[Channel.EMAIL]


def test_a_cancellation_is_never_stale() -> None:
    late = rules(status="cancelled", heads=head(Channel.SMS, "delivered"))

    assert {Channel.SMS: None, Channel.EMAIL: None} == late


def test_a_refusal_is_named_before_staleness() -> None:
    known = person(refusals={Channel.SMS: "opted-out"})
    told = rules(known, customer_id="c-1", heads=head(Channel.SMS, "shipped"))

    assert "opted-out" == told[Channel.SMS]


# Who pays


def test_a_customer_pays_once_for_all_their_addresses_and_a_guest_by_address() -> None:
    known = person()
    one = order_event(customer_id="c-1")
    people = {known.key: known}

    assert known.key == audience_of(one, people).payer(EMAIL)
    assert known.key == audience_of(one, people).payer(PHONE)
    assert known.key == audience_of(one, {}).payer(PHONE)
    assert address_key(EMAIL) == audience_of(order_event(), {}).payer(EMAIL)


def test_a_decision_is_the_same_each_time() -> None:
    late = START + timedelta(days=400)

    assert verdicts() == verdicts(now=late)
