"""Whose text failed is e-mailed once, after the grace time, unless it was delivered after all or a rule forbids it."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import customer_key, notification_id
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person, QuietHours
from ordercast.sending.outcome import refused, unknown
from tests.examples import EMAIL, PHONE, POLICY, order_event, payload, quiet_for
from tests.fakes.clock import START
from tests.fakes.services import FALLBACK_GRACE, FALLBACK_UNKNOWN_AFTER
from tests.fakes.world import World
from tests.workflows.receipts.provider_receipts import HANDSET, UNREACHABLE, text_says

SMS, MAIL = Channel.SMS, Channel.EMAIL
BY_RECORD = replace(POLICY, fallback=True)
TEXT_ONLY = {
    "order_id": "o-1",
    "channel": "sms",
    "customer_id": "c-1",
    "shop": None,
    "contact": {"email": EMAIL, "phone": PHONE},
}
KEY = customer_key(shop=None, customer_id="c-1")
AGREES = Person(key=KEY, customer_id="c-1", consents=frozenset({MAIL}))
ORDER = order_event(**TEXT_ONLY)
TEXT, E_MAIL = notification_id(ORDER, SMS), notification_id(ORDER, MAIL)
SECOND = timedelta(seconds=1)


def world_of(*people: Person, **changes: object) -> World:
    """Return a world in which the text was sent."""
    world = World(policy=BY_RECORD)
    world.know(*people)
    world.relay(payload(**{**TEXT_ONLY, **changes}))
    world.send_published()
    return world


def after_a_failure(*people: Person, **changes: object) -> World:
    world = world_of(*people, **changes)
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    return world


def e_mail(world: World) -> Notification:
    return world.row(E_MAIL)


def test_a_text_that_failed_is_replaced_after_the_grace_time_and_not_before() -> None:
    world = world_of(AGREES)
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE - SECOND)
    world.sweep()
    assert E_MAIL not in world.ledger.rows

    world.now.turn(SECOND)
    assert 1 == world.sweep().fallbacks
    world.send_published()

    assert (State.SENT, EMAIL, TEXT) == (
        e_mail(world).state,
        e_mail(world).recipient,
        e_mail(world).fallback_for,
    )
    fallback = world.row(TEXT).fallback
    assert fallback
    assert (E_MAIL, world.now()) == (fallback.id, fallback.entered_at)


def test_a_delivery_that_comes_within_the_grace_time_cancels_it() -> None:
    world = world_of(AGREES)
    world.apply(text_says(UNREACHABLE))
    world.apply(text_says(HANDSET))
    world.now.turn(2 * FALLBACK_GRACE)
    world.sweep()

    assert E_MAIL not in world.ledger.rows


def test_a_delivery_that_comes_before_its_claim_suppresses_it() -> None:
    world = after_a_failure(AGREES)
    world.apply(text_says(HANDSET))
    world.send_published()

    assert (State.SUPPRESSED, "already-delivered") == (e_mail(world).state, e_mail(world).rule)


def test_it_is_entered_once_however_often_the_sweeper_does_it_again() -> None:
    world = world_of(AGREES)
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    for _ in range(3):
        world.ledger.unavailable = {"change"}
        with pytest.raises(LedgerUnavailable):
            world.sweep()
        world.ledger.unavailable = set()
        world.send_published()
        world.now.turn(timedelta(minutes=1))
    world.sweep()
    world.send_published()
    world.apply(text_says(UNREACHABLE, price="0.01"))
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    world.send_published()

    assert 1 == world.got()[E_MAIL]
    assert world.row(TEXT).due_at is None


def test_consent_is_read_again_and_its_want_is_recorded() -> None:
    world = world_of(AGREES)
    world.know(replace(AGREES, consents=frozenset()))
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    world.sweep()

    assert (State.SUPPRESSED, "no-consent") == (e_mail(world).state, e_mail(world).rule)


def test_an_event_that_asks_needs_no_consent_on_record_but_no_opt_out_either() -> None:
    asked = after_a_failure(fallback="email")
    asked.send_published()
    refused = after_a_failure(replace(AGREES, refusals={MAIL: "opted-out"}), fallback="email")

    assert State.SENT == e_mail(asked).state
    assert "opted-out" == e_mail(refused).rule


def test_an_address_on_record_goes_before_the_event_s_and_must_be_allowed() -> None:
    world = world_of(AGREES)
    moved = after_a_failure(replace(AGREES, email="ada@example.org"))
    allowed = replace(BY_RECORD, allowed=("+1*", "*@example.com"))
    strict = world_of(replace(AGREES, email="ada@example.com"))
    strict.policy = allowed
    strict.know(replace(AGREES, email="ada@example.org"))
    strict.apply(text_says(UNREACHABLE))
    strict.now.turn(FALLBACK_GRACE)
    strict.sweep()

    assert E_MAIL not in world.ledger.rows
    assert "ada@example.org" == e_mail(moved).recipient
    assert "not-allowed" == e_mail(strict).rule


def test_newer_news_on_the_text_s_channel_makes_it_stale() -> None:
    world = after_a_failure(AGREES)
    newer = {**TEXT_ONLY, "event_id": "e-2", "status": "shipped"}
    world.relay(payload(**newer), at=201)
    world.send_published()

    assert (State.SUPPRESSED, "stale") == (e_mail(world).state, e_mail(world).rule)


def test_a_provider_s_refusal_is_replaced_too() -> None:
    world = World(policy=BY_RECORD)
    world.know(AGREES)
    world.relay(payload(**TEXT_ONLY))
    world.provider.answer = lambda _: refused("invalid-number")
    world.send_published()
    world.provider.answer = None
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    world.send_published()

    assert State.SENT == e_mail(world).state


def test_who_opts_out_of_texts_before_the_claim_gets_the_e_mail() -> None:
    world = World(policy=BY_RECORD)
    world.know(AGREES)
    world.relay(payload(**TEXT_ONLY))
    world.know(replace(AGREES, refusals={SMS: "opted-out"}))
    world.send_published()
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    world.send_published()

    assert {TEXT: State.SUPPRESSED, E_MAIL: State.SENT} == {r.id: r.state for r in world.rows()}


def test_what_is_stale_has_no_fallback() -> None:
    world = World(policy=BY_RECORD)
    world.know(AGREES)
    world.relay(payload(**TEXT_ONLY), payload(**TEXT_ONLY | {"event_id": "2", "status": "shipped"}))
    world.send_published()
    world.now.turn(FALLBACK_GRACE)
    world.sweep()

    assert "stale" == world.row(TEXT).rule
    assert E_MAIL not in world.ledger.rows


def test_of_an_urgent_text_it_is_enough_that_nothing_is_known() -> None:
    world = world_of(AGREES, priority="high")
    world.now.turn(FALLBACK_UNKNOWN_AFTER)
    world.sweep_receipts()
    world.sweep()
    world.send_published()
    world.apply(text_says(HANDSET))

    assert (Priority.HIGH, State.SENT) == (e_mail(world).priority, e_mail(world).state)
    assert State.DELIVERED == world.row(TEXT).state


def test_of_one_that_is_not_urgent_it_is_not() -> None:
    world = world_of(AGREES)
    for _ in range(80):
        world.now.turn(timedelta(hours=1))
        world.sweep_receipts()
        world.sweep()

    assert State.UNCONFIRMED == world.row(TEXT).state
    assert E_MAIL not in world.ledger.rows


def test_an_urgent_text_in_doubt_is_replaced_after_the_same_time() -> None:
    world = World(policy=BY_RECORD)
    world.know(AGREES)
    world.relay(payload(**TEXT_ONLY, priority="high"))
    world.provider.answer = lambda _: unknown("timeout")
    world.send_published()
    world.provider.answer = None
    world.sweep()
    world.now.turn(FALLBACK_UNKNOWN_AFTER)
    world.sweep()
    world.send_published()

    assert {TEXT: State.IN_DOUBT, E_MAIL: State.SENT} == {r.id: r.state for r in world.rows()}
    assert world.row(TEXT).due_at


def test_quiet_hours_hold_it_back_as_they_would_any_e_mail() -> None:
    asleep: QuietHours = quiet_for(timedelta(hours=1), since=START + FALLBACK_GRACE)
    world = world_of(replace(AGREES, quiet=asleep))
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    world.sweep()

    assert (State.DEFERRED, "quiet-hours") == (e_mail(world).state, e_mail(world).rule)


def test_it_takes_no_second_slot_of_the_hourly_cap() -> None:
    world = world_of(AGREES)
    before = world.people.kept[KEY].reservations
    world.apply(text_says(UNREACHABLE))
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    world.send_published()

    assert State.SENT == e_mail(world).state
    assert before == world.people.kept[KEY].reservations


def test_a_fallback_has_no_fallback() -> None:
    world = World(policy=replace(BY_RECORD, fallback_to_text=True))
    world.know(replace(AGREES, refusals={SMS: "opted-out"}))
    world.relay(payload(**TEXT_ONLY))

    assert {TEXT: None, E_MAIL: TEXT} == {r.id: r.fallback_for for r in world.rows()}
    assert e_mail(world).fallback is None


def test_an_urgent_e_mail_that_bounced_is_replaced_by_a_text_where_the_stage_says_so() -> None:
    world = World(policy=replace(POLICY, fallback_to_text=True))
    world.know(replace(AGREES, consents=frozenset({SMS})))
    world.relay(payload(**TEXT_ONLY | {"channel": "email", "priority": "high"}))
    world.send_published()
    row = e_mail(world)
    bounce = replace(
        text_says("Bounce/Permanent/General", message_id=row.message_id or ""),
        channel=MAIL,
        notification_id=row.id,
        to=None,
    )
    world.apply(bounce)
    world.now.turn(FALLBACK_GRACE)
    world.sweep()
    world.send_published()

    text = world.row(TEXT)
    assert (State.SENT, PHONE, E_MAIL) == (text.state, text.recipient, text.fallback_for)
