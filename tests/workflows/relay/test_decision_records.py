"""An event has one decision, however often and however late it is delivered."""

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.decisions.audience import CONSENT_ON_RECORD
from ordercast.decisions.decision import Decision
from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.workflows.relay_orders import Relayed
from tests.examples import EMAIL, payload, person
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import World


def order(number: int, **changes: Any) -> bytes:
    named = {"order_id": f"o-{number}", "event_id": f"e-{number}", "channel": "email"}
    return payload(**named | changes)


def sums(relayed: Relayed) -> tuple[int, int, int, int]:
    """Return how many records were accepted, repeated, stale and parked."""
    return (relayed.accepted, relayed.repeated, relayed.stale, relayed.parked)


def test_records_in_are_accepted_repeated_stale_or_parked_and_no_other(world: World) -> None:
    batch = [order(1), b"", order(1), order(2), b"[]", order(1), order(2, items=None)]
    old = order(1, event_id="e-9", occurred_at="2020-01-01T00:00:00Z")
    relayed = world.relay(*batch, old)

    assert (2, 2, 1, 3) == sums(relayed)
    assert len(batch) + 1 == sum(sums(relayed))


def test_an_event_that_comes_twice_in_a_batch_is_decided_once(world: World) -> None:
    """A bulk call with two statements on one key would be refused as a whole."""
    relayed = world.relay(order(1), order(1))

    assert (1, 1, 0, 0) == sums(relayed)
    assert [("o-1", Channel.EMAIL)] == world.published()


def test_the_decision_comes_before_everything_that_is_done_about_it(world: World) -> None:
    world.ledger.unavailable = {"record_decisions"}

    with pytest.raises(LedgerUnavailable):
        world.relay(order(1))
    assert ({}, {}, []) == (world.ledger.rows, world.ledger.latest_statuses, world.published())


def test_a_decision_holds_nothing_personal(world: World) -> None:
    world.relay(order(1, channel="both", customer_id="c-1"))
    stored = repr(world.ledger.decisions)

    assert not [s for s in (EMAIL, "206555", "o-1", "e-1", "c-1", "Tea") if s in stored]


def test_our_own_retry_after_a_crash_between_decision_and_row_completes_what_was_promised(
    world: World,
) -> None:
    world.ledger.unavailable = {"accept"}
    with pytest.raises(LedgerUnavailable):
        world.relay(order(1))
    assert (1, 0) == (len(world.ledger.decisions), len(world.ledger.rows))
    world.ledger.unavailable = set()
    relayed = world.relay(order(1))

    assert (1, 0, 0, 0) == sums(relayed)
    assert [("o-1", Channel.EMAIL)] == world.published()
    assert 1 == len(world.ledger.latest_statuses)


def test_a_lost_answer_to_the_decision_is_no_second_decision(world: World) -> None:
    world.ledger.unheard = {"record_decisions"}
    with pytest.raises(LedgerUnavailable):
        world.relay(order(1))
    world.ledger.unheard = set()
    world.now.turn(timedelta(hours=1))
    world.relay(order(1))

    (decision,) = world.ledger.decisions.values()
    (row,) = world.rows()
    assert decision.accepted_at == row.effective_at == world.now.at - timedelta(hours=1)


def interrupted(world: World, *batch: bytes) -> None:
    """Relay a batch until its decisions are written, and crash."""
    world.ledger.unavailable = {"accept"}
    with pytest.raises(LedgerUnavailable):
        world.relay(*batch)
    world.ledger.unavailable = set()


REQUEST: dict[str, Any] = {"channel": "email", "customer_id": "c-1"}


@pytest.mark.parametrize(
    "change",
    [
        lambda world: world.know(person(refusals={Channel.EMAIL: "opted-out"})),
        lambda world: world.now.turn(timedelta(hours=20)),
        lambda world: setattr(world, "policy", replace(world.policy, cap=0)),
        lambda world: setattr(world, "policy", replace(world.policy, allowed=())),
        lambda world: world.relay(payload(event_id="e-2", status="delivered"), at=500),
    ],
    ids=["preferences", "clock", "cap", "policy", "newer news"],
)
@pytest.mark.parametrize("at", [101, 900], ids=["retry", "repetition"])
def test_a_later_delivery_obeys_the_decision_whatever_has_changed(
    world: World, change: Any, at: int
) -> None:
    interrupted(world, payload(**REQUEST))
    (decision,) = world.ledger.decisions.values()
    change(world)
    world.notifications_topic.published.clear()
    world.relay(payload(**REQUEST), at=at)

    assert [("o-1", Channel.EMAIL)] == world.published()
    assert decision == world.ledger.decisions[decision.order, decision.event]
    (row,) = (each for each in world.rows() if each.status == "confirmed")
    assert (State.REQUESTED, decision.accepted_at, decision.expires_at) == (
        row.state,
        row.effective_at,
        row.expires_at,
    )


def test_a_later_delivery_sends_nothing_that_the_decision_has_refused(world: World) -> None:
    world.know(person(refusals={Channel.EMAIL: "opted-out"}))
    world.relay(payload(**REQUEST))
    world.people.kept.clear()
    world.ledger.rows.clear()
    world.relay(payload(**REQUEST), at=900)

    assert [(State.SUPPRESSED, "opted-out")] == [(r.state, r.rule) for r in world.rows()]
    assert [] == world.published()


def test_a_repetition_completes_what_its_first_delivery_left_undone(world: World) -> None:
    """Whoever dies is made good by whoever brings the event again, from wherever."""
    interrupted(world, order(1))
    relayed = world.relay(order(1), at=900)

    assert (0, 1, 0, 0) == sums(relayed)
    assert [("o-1", Channel.EMAIL)] == world.published()


@pytest.mark.parametrize(("late", "entered"), [(-1, 1), (0, 0), (1, 0)])
def test_a_decision_promises_until_its_instant_and_no_longer(
    world: World, late: int, entered: int
) -> None:
    """Past it, rows may be missing because they have ended."""
    interrupted(world, order(1))
    world.now.turn(world.policy.retention + timedelta(milliseconds=late))
    relayed = world.relay(order(1), at=900)

    assert (0, 1, 0, 0) == sums(relayed)
    assert (entered, entered) == (len(world.ledger.rows), len(world.published()))


def test_the_same_events_again_after_their_rows_expired_send_nothing(world: World) -> None:
    """Neither retention nor somebody's disappearance makes an event new."""
    batch = [order(n, customer_id="c-1") for n in range(10)]
    world.know(person(email=EMAIL))
    world.relay(*batch)
    world.send_published()
    world.ledger.rows.clear()
    world.ledger.latest_statuses.clear()
    world.people.kept.clear()
    world.now.turn(world.policy.retention + timedelta(days=1))
    relayed = world.relay(*batch, at=900)
    world.send_published()

    assert (0, 10, 0, 0) == sums(relayed)
    assert 10 == len(world.provider.calls)
    assert {} == world.ledger.rows


def test_the_same_id_with_other_content_is_parked_and_not_guessed(world: World) -> None:
    world.relay(order(1))
    relayed = world.relay(order(1, amount=None), at=900)

    assert {"900": "conflicting-event"} == world.parked.reasons
    assert (0, 0, 0, 1) == sums(relayed)
    assert [("o-1", Channel.EMAIL)] == world.published()


def test_the_same_id_with_other_content_in_one_batch_is_parked_too(world: World) -> None:
    relayed = world.relay(order(1), order(1, amount=None), order(1))

    assert {"102": "conflicting-event"} == world.parked.reasons
    assert (1, 1, 0, 1) == sums(relayed)


def test_a_contradiction_before_a_repetition_does_not_keep_it_from_completing(
    world: World,
) -> None:
    """And the repetition is drafted for whom it names itself."""
    world.know(person(email="own@example.com", consents=frozenset({Channel.EMAIL})))
    named: dict[str, Any] = {"customer_id": "c-1", "contact": None, "channel": None}
    interrupted(world, payload(**named))
    relayed = world.relay(payload(), payload(**named), at=900)

    assert (0, 1, 0, 1) == sums(relayed)
    assert [("own@example.com", CONSENT_ON_RECORD)] == [
        (row.recipient, row.consent) for row in world.rows()
    ]


def test_the_same_event_written_otherwise_is_the_same(world: World) -> None:
    """A producer's retry may come from another library."""
    spaced = order(1).replace(b'": ', b'":\n  ')
    world.relay(order(1))

    assert (0, 1, 0, 0) == sums(world.relay(spaced, at=900))


class RacedLedger(FakeLedger):
    """One in which another relay is a moment faster."""

    before: Callable[[], object]

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        self.before()
        return FakeLedger.record_decisions(self, decisions)


def test_who_decisions_an_event_at_the_same_time_is_obeyed(world: World) -> None:
    """Two relays hold copies of one event: the decision that was there first stands for both."""
    other = World()
    other.know(person(refusals={Channel.EMAIL: "opted-out"}))
    world.ledger = RacedLedger(decisions=other.ledger.decisions)
    world.ledger.before = lambda: other.relay(payload(**REQUEST), at=900)
    relayed = world.relay(payload(**REQUEST))

    assert (0, 1, 0, 0) == sums(relayed)
    assert [(State.SUPPRESSED, "opted-out")] == [(r.state, r.rule) for r in world.rows()]
    assert [] == world.published()


def test_who_decisions_the_same_id_with_other_content_at_the_same_time_wins(world: World) -> None:
    other = World()
    world.ledger = RacedLedger(decisions=other.ledger.decisions)
    world.ledger.before = lambda: other.relay(order(1, amount=None), at=900)
    relayed = world.relay(order(1))

    assert (0, 0, 0, 1) == sums(relayed)
    assert {"101": "conflicting-event"} == world.parked.reasons
    assert [] == world.published()


def test_one_event_id_on_two_orders_is_two_events(world: World) -> None:
    """A producer whose ids start again with each order loses nothing."""
    twice = [payload(order_id="o-1", channel="email"), payload(order_id="o-2", channel="email")]
    relayed = world.relay(*twice)

    assert (2, 0, 0, 0) == sums(relayed)
    assert [("o-1", Channel.EMAIL), ("o-2", Channel.EMAIL)] == world.published()
