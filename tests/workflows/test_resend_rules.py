"""What an operator may not have sent again, by which rule, and that its sender asks every rule anew."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key, resend_id
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.fallback import Fallback
from ordercast.notifications.lifecycle import State
from ordercast.notifications.status_rank import LatestStatus, status_rank
from ordercast.people.person import Person
from ordercast.sending.forgotten import forgotten
from ordercast.sending.resending import MOST_RESENDS
from tests.examples import EMAIL, POLICY, paused, quiet_for
from tests.fakes.world import World
from tests.workflows.cancelling import cancel, meanwhile
from tests.workflows.resending import (
    AGAIN,
    DELIVERED,
    TEXT,
    go_on,
    refused,
    resend,
    world_with,
)


def test_a_number_is_used_in_turn_and_five_times_at_most() -> None:
    world = world_with(DELIVERED)
    assert "there is no resend 1" in refused(world, DELIVERED, 2)
    for number in range(1, MOST_RESENDS + 1):
        row = resend(world, DELIVERED, number).row
        assert row
        world.ledger.rows[row.id] = replace(row, state=State.DELIVERED)
    assert "5 times at most" in refused(world, DELIVERED, 6)


@pytest.mark.parametrize(
    ("state", "why"),
    [
        (State.DEFERRED, "still waits"),
        (State.REQUESTED, "still waits"),
        (State.SENDING, "has claimed"),
        (State.PARKED, "is parked"),
    ],
)
@pytest.mark.parametrize("may_double", [False, True])
def test_what_waits_or_is_being_sent_is_nothing_to_resend_yet(state, why, may_double) -> None:
    row = replace(DELIVERED, state=state, due_at=DELIVERED.effective_at)
    said = refused(world_with(row), row, may_double=may_double)
    assert "nothing to resend yet" in said
    assert why in said


def test_while_a_resend_waits_there_is_no_other() -> None:
    world = world_with(DELIVERED)
    resend(world, DELIVERED)
    assert "its resend 1 still waits" in refused(world, DELIVERED, 2)


@pytest.mark.parametrize(
    "state", [State.IN_DOUBT, State.SENT, State.CARRIER_ACCEPTED, State.DELAYED]
)
def test_what_may_have_arrived_is_sent_again_only_by_a_word(state: State) -> None:
    row = replace(TEXT, state=state)
    world = world_with(row)
    assert refused(world, row)

    resend(world, row, may_double=True)
    go_on(world)

    assert {resend_id(row.id, 1): 1} == world.got()
    assert state is world.state(row.id)


def test_what_a_restored_ledger_does_not_know_to_be_sent_takes_that_word_too() -> None:
    row = replace(DELIVERED, state=State.UNCONFIRMED, rule="restored")
    assert "before the ledger was lost" in refused(world_with(row), row)
    silent = replace(row, rule=None)
    assert resend(world_with(silent), silent).row


def suppressed_now(world: World) -> None:
    person = Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "blocked"})
    world.know(person)


def newer_status(world: World) -> None:
    rank = status_rank("delivered", None)
    assert rank
    latest = LatestStatus(order=DELIVERED.id[:22], channel=Channel.EMAIL, status_rank=rank)
    world.ledger.accept([], [latest])


@pytest.mark.parametrize(
    ("happens", "rule"), [(suppressed_now, "blocked"), (newer_status, "stale")]
)
def test_what_a_rule_forbids_now_is_refused_by_its_name(
    happens: Callable[[World], None], rule: str
) -> None:
    world = world_with(DELIVERED)
    happens(world)
    assert f"{rule}: " in refused(world, DELIVERED)


@pytest.mark.parametrize(
    ("changes", "rule"),
    [
        ({"recipient": None, "rule": "no-contact", "state": State.SUPPRESSED}, "no-contact"),
        ({"rule": "number-kind", "state": State.SUPPRESSED}, "number-kind"),
        ({"rule": "several-numbers", "state": State.SUPPRESSED}, "several-numbers"),
        ({"consent": None, "rule": "no-consent", "state": State.SUPPRESSED}, "no-consent"),
    ],
)
def test_what_was_suppressed_by_a_rule_that_still_holds_is_refused(changes, rule) -> None:
    row = replace(DELIVERED, **changes)
    assert f"{rule}: " in refused(world_with(row), row)


@pytest.mark.parametrize("rule", ["cancelled", "expired", "cap", "bounced"])
def test_what_was_suppressed_by_what_is_over_is_sent(rule: str) -> None:
    row = replace(DELIVERED, state=State.SUPPRESSED, rule=rule)
    world = world_with(row)
    resend(world, row)
    go_on(world)
    assert {AGAIN: 1} == world.got()


def test_a_stage_writes_to_nobody_else_by_resending_either() -> None:
    world = world_with(DELIVERED)
    world.policy = replace(POLICY, allowed=("*@other.example",))
    assert "not-allowed: " in refused(world, DELIVERED)


def test_of_somebody_who_was_forgotten_nothing_is_sent_again() -> None:
    row = forgotten(DELIVERED, at=DELIVERED.effective_at)
    assert "forgotten: " in refused(world_with(row), row)


@pytest.mark.parametrize("step", ["accept", "change"])
def test_who_is_forgotten_meanwhile_is_forgotten_in_the_resend_too(step: str) -> None:
    world = world_with(DELIVERED)

    def forget() -> None:
        row = world.row(DELIVERED.id)
        world.ledger.change([(row, forgotten(row, at=world.now()))])

    meanwhile(world, step, forget)
    resend(world, DELIVERED)
    go_on(world)

    assert not world.provider.calls
    assert (None, State.SUPPRESSED) == (world.row(AGAIN).recipient, world.state(AGAIN))


def test_consent_is_read_again_before_it_is_sent() -> None:
    world = world_with(DELIVERED)
    resend(world, DELIVERED)
    suppressed_now(world)
    go_on(world)
    assert (State.SUPPRESSED, "blocked") == (world.state(AGAIN), world.row(AGAIN).rule)


def test_quiet_hours_and_holds_keep_it_waiting() -> None:
    night = world_with(replace(DELIVERED, priority=Priority.NORMAL, country="US"))
    night.policy = replace(
        POLICY, quiet=quiet_for(timedelta(hours=8), since=night.now() - timedelta(hours=1))
    )
    held = world_with(DELIVERED)
    held.ledger.holds = (paused(channel="email"),)
    for world, rule in ((night, "quiet-hours"), (held, "paused")):
        resend(world, DELIVERED)
        world.send_published()
        assert (State.DEFERRED, rule) == (world.state(AGAIN), world.row(AGAIN).rule)
        assert not world.provider.calls


def test_it_asks_for_no_fallback_and_can_be_cancelled() -> None:
    text = replace(TEXT, fallback=Fallback(id=DELIVERED.id))
    world = world_with(text)
    row = resend(world, text).row
    assert row
    assert row.fallback is None
    cancel(world, row.id)
    go_on(world)
    assert not world.provider.calls
