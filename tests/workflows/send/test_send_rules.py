"""Consent, news, age and holds are read again before each claim."""

from datetime import timedelta
from decimal import Decimal
from functools import partial

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_ON_RECORD
from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.pacing.bucket import WAVE
from ordercast.pacing.holds import held
from ordercast.people.person import Person
from ordercast.sending.outcome import Outcome, Outgoing, accepted
from ordercast.sending.prices import Pricing, claim_request
from ordercast.sending.send_rules import EXPIRED, NO_CONSENT, expires_at, latest_status_keys_of
from tests.examples import EMAIL, notification, paused, payload, person
from tests.fakes.clock import START
from tests.fakes.world import World

ONE, TWO = notification(1), notification(2)
TEXT = notification(4, Channel.SMS)


def outcome(world: World) -> tuple[State, str | None]:
    """Return how notification ONE stands, and by which rule."""
    return world.state(ONE.id), world.row(ONE.id).rule


def test_consent_that_was_withdrawn_after_the_decision_keeps_a_message_back(world: World) -> None:
    agreed = person(email=EMAIL, consents=frozenset({Channel.EMAIL}))
    world.know(agreed)
    world.relay(payload(customer_id="c-1", contact=None, channel=None))
    world.know(replace(agreed, consents=frozenset()))
    (sent,) = world.send_published()

    assert not world.got()
    assert {State.SUPPRESSED: 1} == sent.settled
    (row,) = world.rows()
    assert (NO_CONSENT, world.now.at, None) == (row.rule, row.closed_at, row.due_at)


def test_an_opt_out_after_the_decision_wins_over_the_producer_s_word(world: World) -> None:
    world.enter(ONE, TWO)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    sent = world.send(ONE.id, TWO.id)

    assert not world.got()
    assert ({State.SUPPRESSED: 2}, {}) == (sent.settled, sent.retry)
    assert (State.SUPPRESSED, "complained") == outcome(world)


def test_the_sender_suppresses_what_the_relay_could_not_know(world: World) -> None:
    """Only the customer's record names the address that has refused."""
    own = "own@example.com"
    world.know(
        person(email=own, consents=frozenset({Channel.EMAIL})),
        Person(key=address_key(own), refusals={Channel.EMAIL: "hard-bounce"}),
    )
    world.relay(payload(customer_id="c-1", contact=None, channel=None))
    world.send_published()

    assert not world.got()
    assert ["hard-bounce"] == [row.rule for row in world.rows()]


def test_a_promise_made_on_a_record_that_has_gone_since_is_not_kept_without_consent(
    world: World,
) -> None:
    """The decision is obeyed and the row is entered; nobody is written to without a yes."""
    world.know(person(consents=frozenset({Channel.EMAIL})))
    world.ledger.unavailable = {"accept"}
    with pytest.raises(LedgerUnavailable):
        world.relay(payload(customer_id="c-1", channel=None))
    world.ledger.unavailable = set()
    world.people.kept.clear()
    world.relay(payload(customer_id="c-1", channel=None))
    world.send_published()

    assert not world.got()
    assert {NO_CONSENT} == {row.rule for row in world.rows()}


def test_a_country_that_was_closed_since_gets_no_text_and_its_neighbours_do(world: World) -> None:
    """What waited in a queue or for the end of quiet hours is asked about again."""
    world.cost = partial(
        claim_request,
        pricing=Pricing(factor=Decimal("1.5"), countries={"US": None}, email_plan="none"),
    )
    closed = replace(notification(2, Channel.SMS), country="JP")
    world.enter(TEXT, closed)
    sent = world.send(TEXT.id, closed.id, channel=Channel.SMS)

    assert [TEXT.id] == [call.notification.id for call in world.provider.calls]
    row = world.row(closed.id)
    assert (State.SUPPRESSED, "country-closed", 0) == (row.state, row.rule, row.attempts)
    assert {State.SENT: 1, State.SUPPRESSED: 1} == dict(sent.settled)


def test_who_has_no_address_any_more_is_suppressed_and_no_provider_is_asked(world: World) -> None:
    world.enter(replace(ONE, recipient=None))
    world.send(ONE.id)

    assert (State.SUPPRESSED, "no-contact") == outcome(world)


def test_while_customers_cannot_be_read_nothing_is_sent(world: World) -> None:
    world.enter(ONE)
    world.ledger.troubled = lambda method, key: method == "look_up" and key == address_key(EMAIL)

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert not world.got()
    assert State.REQUESTED == world.state(ONE.id)


def test_what_became_old_news_in_its_queue_is_not_sent(world: World) -> None:
    ((order, channel),) = latest_status_keys_of(ONE)
    stands = status_rank("shipped", START) or 0
    world.enter(ONE)
    world.ledger.latest_statuses[order, channel] = LatestStatus(
        order=order, channel=channel, status_rank=stands
    )
    world.send(ONE.id)

    assert not world.got()
    assert (State.SUPPRESSED, "stale") == outcome(world)


def test_what_waited_too_long_to_be_of_use_is_not_sent(world: World) -> None:
    world.enter(ONE)
    world.now.turn(world.send_within)
    assert {State.SENT: 1} == world.send(ONE.id).settled

    world.enter(TWO)
    world.now.turn(timedelta(milliseconds=1))
    assert {State.SUPPRESSED: 1} == world.send(TWO.id).settled
    assert EXPIRED == world.row(TWO.id).rule


def test_what_another_owner_ended_first_stays_as_they_ended_it(world: World) -> None:
    """We have seen a row that may be sent no more; by now it says why itself."""
    world.enter(ONE)
    world.now.turn(world.send_within * 2)
    sender = world.sender(Channel.EMAIL)

    def somebody_else_first(_: object) -> timedelta:
        world.ledger.rows[ONE.id] = replace(ONE, state=State.DELIVERED, version=5)
        return timedelta()

    checks = replace(sender.checks, send_within=somebody_else_first)
    replace(sender, checks=checks)([ONE.id], time_left=world.time_left)  # type: ignore[arg-type]  # a stand-in for the checks

    assert State.DELIVERED == world.state(ONE.id)
    assert not world.got()


def test_what_may_have_arrived_before_is_in_doubt_and_not_suppressed(world: World) -> None:
    """It was to be sent a second time, and consent was withdrawn in between."""
    world.enter(replace(ONE, resends=1, consent=CONSENT_ON_RECORD))
    sent = world.send(ONE.id)

    assert ({State.IN_DOUBT: 1}, (State.IN_DOUBT, NO_CONSENT)) == (sent.settled, outcome(world))
    assert not world.got()


@pytest.mark.parametrize(
    "scope",
    [{"channel": Channel.SMS}, {"country": "US", "channel": Channel.SMS}, {"shop": "Example Tea"}],
)
def test_what_a_hold_covers_waits_behind_it_and_is_out_of_the_queue(world: World, scope) -> None:
    hold = paused(**scope)
    world.enter(TEXT)
    world.ledger.hold([hold])
    sent = world.send(TEXT.id, channel=Channel.SMS)

    assert ({}, {State.DEFERRED: 1}) == (sent.retry, sent.settled)
    row = world.row(TEXT.id)
    assert (State.DEFERRED, "paused", hold.id, 0) == (
        *(row.state, row.rule, row.held_by),
        row.attempts,
    )
    assert held(TEXT, hold, until=expires_at(TEXT, world.send_within)).due_at == row.due_at
    assert TEXT.effective_at == row.effective_at
    assert 1 == world.send(TEXT.id, channel=Channel.SMS).skipped  # a copy that the queue kept


def test_a_hold_concerns_only_what_all_its_parts_name(world: World) -> None:
    world.enter(ONE, replace(TWO, campaign="spring"))
    world.ledger.hold(
        [
            paused(campaign="spring", priority=ONE.priority),
            paused(campaign="spring", channel=Channel.SMS),
            paused(country="US"),
        ]
    )
    world.send(ONE.id, TWO.id)

    assert {ONE.id: 1} == world.got()
    assert (State.SENT, State.DEFERRED) == (world.state(ONE.id), world.state(TWO.id))


def test_what_is_held_and_no_longer_allowed_is_suppressed(world: World) -> None:
    world.enter(ONE)
    world.ledger.hold([paused(channel=Channel.EMAIL)])
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))

    assert {} == world.send(ONE.id).retry
    assert (State.SUPPRESSED, "complained") == outcome(world)


def test_what_is_refused_during_a_wave_holds_for_the_next(world: World) -> None:
    many = [notification(n) for n in range(2 * WAVE)]
    world.enter(*many)

    def refusing(_: Outgoing) -> Outcome:
        world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
        return accepted(f"m-{len(world.provider.calls)}")

    world.provider.answer = refusing
    sent = world.send(*[each.id for each in many])

    assert WAVE == len(world.provider.calls)
    assert {State.SENT: WAVE, State.SUPPRESSED: WAVE} == sent.settled


def test_a_pause_takes_effect_within_a_wave(world: World) -> None:
    """Who stops a channel waits for what is being sent, not for the whole batch."""
    many = [notification(n) for n in range(2 * WAVE)]
    world.enter(*many)

    def stopping(_: Outgoing) -> Outcome:
        world.ledger.hold([paused(channel=Channel.EMAIL)])
        return accepted(f"m-{len(world.provider.calls)}")

    world.provider.answer = stopping
    sent = world.send(*[each.id for each in many])

    assert WAVE == len(world.provider.calls)
    assert {State.SENT: WAVE, State.DEFERRED: WAVE} == sent.settled
