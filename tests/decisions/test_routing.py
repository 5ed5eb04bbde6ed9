"""Quiet hours defer, stale statuses are suppressed, and each message counts under one cap."""

from datetime import time, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import audience_of
from ordercast.decisions.decision import STALE, Verdict
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.person import QuietHours
from ordercast.sending.send_rules import NO_CONSENT, QUIET_HOURS
from tests.decisions.deciding import SENT, rules, verdicts
from tests.examples import EMAIL, PHONE, POLICY, order_event, person
from tests.fakes.clock import START

NIGHT = QuietHours(start=time(21), end=time(8))
MIDNIGHT = START.replace(hour=0, minute=30)
EIGHT = START.replace(hour=8, minute=0)

# Quiet hours


def test_by_night_a_message_waits_until_the_morning() -> None:
    policy = replace(POLICY, quiet=NIGHT)
    waits = Verdict(state=State.DEFERRED, rule=QUIET_HOURS, until=EIGHT)

    both: dict[str, Any] = {
        "policy": policy,
        "contact": {"email": EMAIL, "phone": PHONE, "time_zone": "UTC"},
    }

    assert {Channel.SMS: waits, Channel.EMAIL: waits} == verdicts(now=MIDNIGHT, **both)
    assert {Channel.SMS: SENT, Channel.EMAIL: SENT} == verdicts(now=EIGHT, **both)


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
    late_riser = person(time_zone="UTC", quiet=QuietHours(start=time(9), end=time(11)))
    policy = replace(POLICY, quiet=NIGHT)

    up = verdicts(late_riser, policy=policy, now=MIDNIGHT, customer_id="c-1")
    assert {State.REQUESTED} == {each.state for each in up.values()}
    asleep = verdicts(late_riser, policy=policy, now=START, customer_id="c-1")
    assert {START.replace(hour=11, minute=0)} == {each.until for each in asleep.values()}


def test_what_is_not_to_be_sent_does_not_wait_for_the_morning() -> None:
    policy = replace(POLICY, quiet=NIGHT)

    assert {NO_CONSENT} == set(rules(policy=policy, now=MIDNIGHT, channel=None).values())


# Staleness


def latest_status(channel: Channel, status: str, minutes: int = 0) -> dict[Channel, LatestStatus]:
    rank = status_rank(status, order_event().occurred_at) or 0
    return {channel: LatestStatus(order="o", channel=channel, status_rank=rank + minutes * 60_000)}


def test_older_news_is_stale_on_the_channel_that_has_newer() -> None:
    assert {Channel.SMS: STALE, Channel.EMAIL: None} == rules(
        latest_statuses=latest_status(Channel.SMS, "shipped")
    )
    assert {Channel.SMS: None, Channel.EMAIL: STALE} == (
        rules(latest_statuses=latest_status(Channel.EMAIL, "confirmed", minutes=1))
    )


def test_the_same_news_is_not_stale() -> None:
    assert None is rules(latest_statuses=latest_status(Channel.EMAIL, "confirmed"))[Channel.EMAIL]


def test_a_cancellation_is_never_stale() -> None:
    late = rules(status="cancelled", latest_statuses=latest_status(Channel.SMS, "delivered"))

    assert {Channel.SMS: None, Channel.EMAIL: None} == late


def test_a_refusal_is_named_before_staleness() -> None:
    known = person(refusals={Channel.SMS: "opted-out"})
    found = rules(known, customer_id="c-1", latest_statuses=latest_status(Channel.SMS, "shipped"))

    assert "opted-out" == found[Channel.SMS]


# Who pays


def test_a_customer_has_one_cap_for_all_addresses_and_a_guest_one_for_each() -> None:
    known = person()
    one = order_event(customer_id="c-1")
    people = {known.key: known}

    assert known.key == audience_of(one, people).cap_person(EMAIL)
    assert known.key == audience_of(one, people).cap_person(PHONE)
    assert known.key == audience_of(one, {}).cap_person(PHONE)
    assert address_key(EMAIL) == audience_of(order_event(), {}).cap_person(EMAIL)


def test_a_decision_is_the_same_each_time() -> None:
    late = START + timedelta(days=400)

    assert verdicts() == verdicts(now=late)
