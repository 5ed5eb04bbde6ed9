"""Promotional messages go to those who agreed to them, by day, and never before anything else."""

from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_BY_EVENT
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import AGREED, Person
from ordercast.sending.send_rules import NO_CONSENT, QUIET_HOURS
from tests.examples import EMAIL, PHONE, payload, person, quiet_for
from tests.fakes.world import World

HOUR = timedelta(hours=1)

pytestmark = pytest.mark.usefixtures("review")

AGREES = {Channel.EMAIL: AGREED, Channel.SMS: AGREED}
KNOWN = person(email=EMAIL, phone=PHONE, promotions=AGREES)


def relayed(world: World, *people: Person, **changes: Any) -> Notification:
    """Relay a request of a review by e-mail to c-1, and return its row."""
    world.know(*people)
    event = {"status": "review", "customer_id": "c-1", "channel": "email", **changes}
    world.relay(payload(**event))
    (row,) = world.rows()
    return row


@pytest.mark.parametrize("channel", Channel)
def test_who_agreed_to_promotions_gets_them(world: World, channel: Channel) -> None:
    row = relayed(world, KNOWN, channel=channel.value)
    world.send_published()

    assert State.SENT == world.state(row.id)
    assert "How do you like" in world.provider.calls[0].words.text


@pytest.mark.parametrize(
    "known",
    [
        (),
        (person(),),
        (person(consents=frozenset(Channel)),),
        (person(promotions={Channel.SMS: AGREED}),),
    ],
    ids=["nobody", "nothing said", "agreed to order messages", "agreed on another channel"],
)
def test_a_shop_s_own_word_is_no_consent_to_promotions(
    world: World, known: tuple[Person, ...]
) -> None:
    """The event names channel and contact: of an order's message that would be a consent."""
    row = relayed(world, *known)

    assert (State.SUPPRESSED, NO_CONSENT) == (row.state, row.rule)


@pytest.mark.parametrize(
    ("answer", "rule"),
    [
        (person(promotions={Channel.EMAIL: "unsubscribed"}), "unsubscribed"),
        (person(promotions={}), NO_CONSENT),
        (person(promotions=AGREES, refusals={Channel.EMAIL: "opted-out"}), "opted-out"),
        (Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}), "complained"),
    ],
)
def test_a_refusal_after_the_decision_wins(world: World, answer: Person, rule: str) -> None:
    row = relayed(world, KNOWN)
    world.know(answer)
    world.send_published()

    assert (State.SUPPRESSED, rule) == (world.state(row.id), world.row(row.id).rule)


def test_who_wants_no_promotions_still_hears_of_their_order(world: World) -> None:
    refusing = replace(KNOWN, promotions={Channel.EMAIL: "unsubscribed"})
    row = relayed(world, refusing, status="confirmed")
    world.send_published()

    assert State.SENT == world.state(row.id)


def test_a_promotion_is_never_urgent(world: World) -> None:
    """Neither its queue nor its pace nor the night makes an exception for it."""
    world.policy = replace(world.policy, quiet=quiet_for(8 * HOUR, since=world.now.at))
    row = relayed(world, KNOWN, priority="high")

    assert (Priority.NORMAL, State.DEFERRED, QUIET_HOURS) == (row.priority, row.state, row.rule)


def test_what_became_promotional_after_it_was_decided_is_held_to_the_rules_all_the_same(
    world: World,
) -> None:
    """A row of an earlier deployment: urgent, and sent on the event's own word."""
    row = relayed(world, KNOWN)
    was = replace(row, priority=Priority.HIGH, consent=CONSENT_BY_EVENT)
    world.ledger.rows[row.id] = was
    world.policy = replace(world.policy, quiet=quiet_for(8 * HOUR, since=world.now.at))
    world.send(row.id)
    assert State.DEFERRED == world.state(row.id)

    world.ledger.rows[row.id] = was
    world.know(person(email=EMAIL))
    world.send(row.id)
    assert (State.SUPPRESSED, NO_CONSENT) == (world.state(row.id), world.row(row.id).rule)


@pytest.mark.parametrize(("status", "state"), [("review", State.DEFERRED), ("shipped", State.SENT)])
def test_a_stage_s_promotional_quiet_hours_hold_back_promotions_only(
    world: World, status: str, state: State
) -> None:
    world.policy = replace(world.policy, promotional_quiet=quiet_for(HOUR, since=world.now.at))
    row = relayed(world, replace(KNOWN, consents=frozenset(Channel)), status=status)
    world.send_published()

    assert state == world.state(row.id)


def test_a_promotion_waits_for_the_end_of_both_quiet_hours(world: World) -> None:
    world.policy = replace(
        world.policy,
        quiet=quiet_for(8 * HOUR, since=world.now.at),
        promotional_quiet=quiet_for(3 * HOUR, since=world.now.at + 7 * HOUR),
    )
    row = relayed(world, KNOWN)

    assert world.now.at + 10 * HOUR == row.due_at


def test_hours_that_leave_no_time_of_the_day_let_no_promotion_out(world: World) -> None:
    world.policy = replace(
        world.policy,
        quiet=quiet_for(12 * HOUR, since=world.now.at),
        promotional_quiet=quiet_for(13 * HOUR, since=world.now.at + 12 * HOUR),
    )
    row = relayed(world, KNOWN)
    for _ in range(20):
        due_at = world.row(row.id).due_at
        if due_at is None:
            break
        world.now.at = due_at
        world.sweep()
        world.send_published()

    assert not world.got()
    assert (State.SUPPRESSED, "expired") == (world.state(row.id), world.row(row.id).rule)
