from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_BY_EVENT, CONSENT_ON_RECORD, audience_of
from ordercast.decisions.decision import KEPT, STALE, Decision, Verdict, Verdicts
from ordercast.decisions.drafting import latest_statuses, rows
from ordercast.decisions.usable_addresses import NO_CONTACT
from ordercast.events.order_event import Channel, Money, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification, OrderItem
from ordercast.notifications.status_rank import status_rank
from ordercast.people.person import Person, QuietHours
from ordercast.rollups.rollup import hour_of
from ordercast.sending.send_rules import QUIET_HOURS
from tests.examples import EMAIL, PHONE, POLICY, drafts, order_event, person, quiet_for
from tests.fakes.clock import START

SENT = Verdict(state=State.REQUESTED)


def promised(verdicts: Verdicts, *people: Person, **changes: Any) -> list[Notification]:
    """Return the notifications of a decision with these verdicts."""
    decision = Decision(
        order="o",
        event="e",
        verdicts=verdicts,
        fingerprint="f",
        position="101",
        accepted_at=START,
        expires_at=START + POLICY.retention,
    )
    one = order_event(**changes)
    audience = audience_of(one, {each.key: each for each in people})
    return rows(one, decision, audience, policy=POLICY)


def test_each_verdict_becomes_a_row_and_says_where_the_consent_stands() -> None:
    text, mail = drafts(contact={"email": EMAIL})

    assert (State.SUPPRESSED, NO_CONTACT, None, None) == (
        text.state,
        text.rule,
        text.recipient,
        text.consent,
    )
    assert (State.REQUESTED, None, EMAIL, CONSENT_BY_EVENT) == (
        mail.state,
        mail.rule,
        mail.recipient,
        mail.consent,
    )


def test_consent_on_record_is_recorded_as_such() -> None:
    known = person(email=EMAIL, consents=frozenset({Channel.EMAIL}))
    (mail,) = drafts(known, contact=None, customer_id="c-1", channel=None)

    assert (State.REQUESTED, CONSENT_ON_RECORD) == (mail.state, mail.consent)


def test_the_decision_s_word_counts_whatever_we_would_say_now() -> None:
    """Code, preferences and policy may have changed since; the decision was made once."""
    refusing = person(refusals=dict.fromkeys(Channel, "opted-out"))
    verdicts = {Channel.SMS: SENT, Channel.EMAIL: Verdict(state=State.SUPPRESSED, rule="of-old")}
    text, mail = promised(verdicts, refusing, customer_id="c-1")

    assert (State.REQUESTED, None) == (text.state, text.rule)
    assert (State.SUPPRESSED, "of-old") == (mail.state, mail.rule)


def test_a_channel_that_the_decision_does_not_name_has_no_row() -> None:
    assert [Channel.SMS] == [each.channel for each in promised({Channel.SMS: SENT})]
    assert [] == promised({})


def test_a_stale_event_has_no_rows_and_one_that_is_stale_on_one_channel_says_so() -> None:
    stale = Verdict(state=State.SUPPRESSED, rule=STALE)
    text, mail = promised({Channel.SMS: stale, Channel.EMAIL: SENT})

    assert [] == promised({Channel.SMS: stale, Channel.EMAIL: stale})
    assert (STALE, None) == (text.rule, mail.rule)


def test_both_never_yields_a_second_e_mail() -> None:
    """An event's e-mail has one id, whichever wish led to it."""
    (alone,) = drafts(channel="email")

    assert alone.id in {n.id for n in drafts(channel="both")}


def test_the_same_event_at_another_time_has_the_same_ids() -> None:
    later = drafts(now=START + timedelta(days=400))

    assert [n.id for n in drafts()] == [n.id for n in later]


def test_what_is_to_be_sent_is_due_for_a_look_and_what_is_not_is_not() -> None:
    text, mail = drafts(contact={"email": EMAIL})

    assert (None, START + POLICY.republish_after) == (text.due_at, mail.due_at)


def test_what_waits_for_the_morning_is_due_then_and_is_no_older_than_that() -> None:
    """Waiting must not age a message: it would expire before it may be sent."""
    policy = replace(POLICY, quiet=quiet_for(timedelta(hours=7), since=START))
    (mail,) = drafts(policy=policy, channel="email")
    end = START + timedelta(hours=7)

    assert (State.DEFERRED, QUIET_HOURS) == (mail.state, mail.rule)
    assert (end, end) == (mail.due_at, mail.effective_at)
    assert START + POLICY.retention == mail.expires_at


def test_retention_and_age_count_from_the_decision() -> None:
    assert {(START, START + POLICY.retention)} == {(n.effective_at, n.expires_at) for n in drafts()}


FORTY = Money(value=Decimal("42.50"), currency="USD")
TEAPOT, CUPS = OrderItem(name="Teapot"), OrderItem(name="Cup", quantity=4)


def test_a_notification_remembers_its_order_and_its_campaign() -> None:
    text, _ = drafts(campaign="spring", customer_id="c-1", tracking_url="https://example.com/t")

    assert ("spring", "c-1") == (text.campaign, text.customer_id)
    assert ("o-1", "Example Tea", FORTY, (TEAPOT, CUPS), "https://example.com/t") == (
        text.order.order_id,
        text.order.shop,
        text.order.amount,
        text.order.items,
        text.order.tracking_url,
    )


def test_an_event_without_an_amount_has_none() -> None:
    assert {None} == {n.order.amount for n in drafts(amount=None)}


def test_an_urgent_event_s_notifications_are_urgent() -> None:
    assert {Priority.HIGH} == {n.priority for n in drafts(status="cancelled")}
    assert {Priority.NORMAL} == {n.priority for n in drafts(status="cancelled", priority="normal")}


def test_a_template_is_chosen_with_the_row_and_a_language_only_when_it_is_sent() -> None:
    (mail,) = drafts(channel="email", contact={"email": EMAIL, "locale": "en-GB"})

    assert ("confirmed", "en-GB") == (mail.template, mail.locale)
    assert mail.template_version is None


def test_the_customer_s_own_language_wins_over_the_contact_s() -> None:
    known = person(locale="en-GB")
    (mail,) = drafts(
        known, channel="email", customer_id="c-1", contact={"email": EMAIL, "locale": "sv-SE"}
    )

    assert "en-GB" == mail.locale


MIDNIGHT = "2026-03-03T00:30:00Z"


@pytest.mark.parametrize(
    ("where", "day"),
    [
        ({"contact": {"email": EMAIL, "time_zone": "Europe/Stockholm"}}, 3),
        ({"contact": {"email": EMAIL, "country": "US"}}, 2),
        ({"contact": {"email": EMAIL, "country": "JP"}}, 3),
        ({"contact": {"email": EMAIL, "phone": PHONE}}, 2),  # of Seattle
        ({"contact": {"email": EMAIL}}, 2),  # the stage's own zone
        ({"contact": {"email": EMAIL, "country": "JP"}, "occurred_at": None}, None),
    ],
)
def test_an_order_s_day_is_that_where_its_customer_is(where: Any, day: int | None) -> None:
    (mail,) = drafts(channel="email", **({"occurred_at": MIDNIGHT} | where))

    assert (day and date(2026, 3, day)) == mail.order.day


def test_an_order_s_day_is_that_in_the_zone_on_the_customer_s_record() -> None:
    known = person(time_zone="Asia/Tokyo")
    contact = {"email": EMAIL, "country": "US"}
    (mail,) = drafts(
        known, channel="email", customer_id="c-1", contact=contact, occurred_at=MIDNIGHT
    )

    assert date(2026, 3, 3) == mail.order.day


@pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED])
def test_only_what_is_to_be_sent_raises_a_latest_status(state: State) -> None:
    """A suppressed status makes no other one stale."""
    one = order_event(status="shipped")
    accepted = Verdict(state=state)
    raised = latest_statuses(
        one,
        "o",
        {Channel.SMS: accepted, Channel.EMAIL: Verdict(state=State.SUPPRESSED, rule="cap")},
        accepted_at=START,
    )

    assert [(Channel.SMS, status_rank("shipped", one.occurred_at))] == [
        (each.channel, each.status_rank) for each in raised
    ]


def test_a_status_outside_the_line_raises_no_latest_status() -> None:
    assert [] == latest_statuses(
        order_event(status="cancelled"), "o", {Channel.SMS: SENT}, accepted_at=START
    )


def test_an_order_s_latest_status_is_kept_for_years_from_its_newest() -> None:
    (raised,) = latest_statuses(
        order_event(status="shipped"), "o", {Channel.SMS: SENT}, accepted_at=START
    )
    assert START + KEPT == raised.kept_until


def test_a_phone_number_is_kept_as_it_will_be_dialled() -> None:
    (text,) = drafts(channel="sms", contact={"phone": "(206) 555-0100"})

    assert PHONE == text.recipient


def test_a_text_s_country_is_its_number_s_whatever_the_event_says() -> None:
    contact = {"phone": "+46701740605", "country": "US"}
    (row,) = drafts(channel="sms", contact=contact)

    assert "SE" == row.country


def test_an_e_mail_s_country_is_its_reader_s_the_record_s_first() -> None:
    contact = {"email": EMAIL, "country": "SE"}
    (of_event,) = drafts(channel="email", contact=contact)
    known = person(country="AU")
    (of_record,) = drafts(known, channel="email", contact=contact, customer_id="c-1")
    (of_nobody,) = drafts(channel="email", contact={"email": EMAIL})

    assert ("SE", "AU", None) == (of_event.country, of_record.country, of_nobody.country)


def test_a_notification_is_counted_in_the_hour_it_was_accepted_in() -> None:
    (row,) = drafts(channel="email", now=datetime(2026, 3, 2, 23, 59, 59, tzinfo=UTC))

    assert "2026-03-02T23" == hour_of(row.effective_at)


def test_what_waits_for_the_morning_is_counted_in_the_morning() -> None:
    night = QuietHours(start=time(0), end=time(12))
    policy = replace(POLICY, quiet=night)
    (row,) = drafts(policy=policy, channel="sms", now=START)

    assert (State.DEFERRED, hour_of(row.effective_at)) == (row.state, f"{row.due_at:%Y-%m-%dT%H}")
