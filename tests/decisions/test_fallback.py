"""An e-mail takes the place of a text that is refused, if record or event agree to it, and never of both."""

from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.usable_addresses import COUNTRY_CLOSED, NO_CONTACT, NUMBER_KIND
from ordercast.events.identity import customer_key, notification_id
from ordercast.events.order_event import Channel
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.person import Person
from ordercast.sending.send_rules import NO_CONSENT
from tests.decisions.deciding import rules, verdicts
from tests.examples import EMAIL, PHONE, POLICY, drafts, order_event
from tests.fakes.clock import START

SMS = Channel.SMS
BY_RECORD = replace(POLICY, fallback=True)
AGREES = Person(key=customer_key(shop=None, customer_id="c-1"), consents=frozenset({Channel.EMAIL}))
TEXT_ONLY: dict[str, Any] = {"channel": "sms", "customer_id": "c-1", "shop": None}
NO_PHONE = {"email": EMAIL}


@pytest.mark.parametrize(
    ("phone", "rule"),
    [
        (None, NO_CONTACT),
        ("12", "invalid-contact"),
        ("206 555 0100/01", "several-numbers"),
        ("+819012345678", COUNTRY_CLOSED),
        ("+449098790123", NUMBER_KIND),
    ],
)
def test_a_text_that_no_number_takes_is_replaced_by_an_e_mail(phone: str | None, rule: str) -> None:
    contact = {"email": EMAIL, "phone": phone}

    assert {SMS: rule, Channel.EMAIL: None} == rules(
        AGREES, policy=BY_RECORD, contact=contact, **TEXT_ONLY
    )


def test_who_refused_texts_and_agreed_to_e_mail_gets_the_e_mail() -> None:
    refuses = replace(AGREES, refusals={SMS: "opted-out"})

    assert {SMS: "opted-out", Channel.EMAIL: None} == rules(refuses, policy=BY_RECORD, **TEXT_ONLY)


def test_without_consent_it_is_recorded_why_there_is_no_e_mail() -> None:
    assert {SMS: NO_CONTACT, Channel.EMAIL: NO_CONSENT} == rules(
        policy=BY_RECORD, contact=NO_PHONE, **TEXT_ONLY
    )


def test_an_event_may_ask_for_it_and_may_forbid_it() -> None:
    asked: dict[str, Any] = {"contact": NO_PHONE, **TEXT_ONLY}

    assert {SMS: NO_CONTACT, Channel.EMAIL: None} == rules(fallback="email", **asked)
    assert {SMS: NO_CONTACT} == rules(AGREES, policy=BY_RECORD, fallback="none", **asked)
    assert {SMS: NO_CONTACT} == rules(AGREES, **asked)


def test_an_opt_out_from_e_mail_wins_over_the_event_that_asks() -> None:
    refuses = replace(AGREES, refusals={Channel.EMAIL: "opted-out"})
    asked: dict[str, Any] = {"contact": NO_PHONE, "fallback": "email", **TEXT_ONLY}

    assert {SMS: NO_CONTACT, Channel.EMAIL: "opted-out"} == rules(refuses, **asked)


def test_both_never_yields_two_e_mails_nor_one_that_counts_as_a_fallback() -> None:
    asked: dict[str, Any] = {
        **TEXT_ONLY,
        "channel": "both",
        "fallback": "email",
        "contact": NO_PHONE,
    }

    assert [None, None] == [v.instead_of for v in verdicts(policy=BY_RECORD, **asked).values()]
    assert [None, None] == [row.fallback for row in drafts(policy=BY_RECORD, **asked)]


@pytest.mark.parametrize("status", ["shipped", "confirmed"])
def test_news_older_than_what_either_channel_has_accepted_is_not_sent_instead(status: str) -> None:
    order = order_event(**TEXT_ONLY)
    newer = LatestStatus(
        order="any", channel=SMS, status_rank=status_rank("shipped", order.occurred_at) or 0
    )
    asked: dict[str, Any] = {
        **TEXT_ONLY,
        "fallback": "email",
        "contact": NO_PHONE,
        "status": status,
    }

    for channel in Channel:
        latest = {channel: replace(newer, channel=channel)}
        expected = "stale" if status == "confirmed" else None
        assert expected == verdicts(latest_statuses=latest, **asked)[Channel.EMAIL].rule


def test_both_rows_name_each_other() -> None:
    asked: dict[str, Any] = {**TEXT_ONLY, "fallback": "email", "contact": NO_PHONE}
    text, email = drafts(**asked)

    assert (SMS, Fallback(id=email.id, entered_at=START)) == (text.channel, text.fallback)
    assert (Channel.EMAIL, text.id, None) == (email.channel, email.fallback_for, email.fallback)
    assert (EMAIL, "event", State.REQUESTED) == (email.recipient, email.consent, email.state)
    assert email.id == notification_id(order_event(**asked), Channel.EMAIL)


def test_a_text_that_goes_out_keeps_what_its_fallback_will_need() -> None:
    contact = {"email": EMAIL, "phone": PHONE}
    (text,) = drafts(policy=BY_RECORD, contact=contact, **TEXT_ONLY)
    (asked,) = drafts(contact=contact, fallback="email", **TEXT_ONLY)
    on_record = replace(AGREES, email="ada@example.org")
    (short,) = drafts(on_record, policy=BY_RECORD, contact=contact, **TEXT_ONLY)

    fallback_id = notification_id(order_event(**TEXT_ONLY), Channel.EMAIL)
    assert Fallback(id=fallback_id, to=EMAIL) == text.fallback
    assert Fallback(id=fallback_id, to=EMAIL, consent="event") == asked.fallback
    assert Fallback(id=fallback_id) == short.fallback


def test_an_e_mail_has_a_fallback_only_by_the_setting_and_if_it_is_urgent() -> None:
    urgent: dict[str, Any] = {"channel": "email", "priority": "high"}
    (kept,) = drafts(policy=replace(POLICY, fallback_to_text=True), **urgent)
    (none,) = drafts(policy=BY_RECORD, **urgent)
    (normal,) = drafts(policy=replace(POLICY, fallback_to_text=True), channel="email")

    assert kept.fallback
    assert PHONE == kept.fallback.to
    assert (None, None) == (none.fallback, normal.fallback)
