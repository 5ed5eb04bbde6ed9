"""A dry run decides as the relay does, sends nothing, and lists where the ledger differs."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.decisions.replay_diff import differences
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.operations.dry_run import DryRun
from ordercast.people.person import Person
from ordercast.sending.send_rules import deferred
from tests.examples import EMAIL, POLICY, drafts, payload
from tests.fakes.world import World, records


@pytest.fixture
def dry_run(world: World) -> DryRun:
    return DryRun(look_up_people=world.ledger.look_up, policy=POLICY, default_currency="USD")


def day() -> list[bytes]:
    """Accepted, repeated, stale, in conflict with itself, and not an event at all."""
    return [
        payload(status="shipped"),
        payload(status="shipped"),
        payload(status="confirmed", event_id="e-0", occurred_at="2026-03-02T08:00:00Z"),
        payload(status="shipped", items=["another"]),
        b"not JSON",
    ]


def test_a_replay_decides_as_the_relay_does(world: World, dry_run: DryRun) -> None:
    real = world.relay(*day())
    again = dry_run.relay(records(*day()), now=world.now())

    assert real == again
    assert {row.id: row for row in world.rows()} == dry_run.rows
    assert [] == list(differences(dry_run.rows.values(), world.ledger.rows))
    assert {"104", "105"} == {each.record.position for each in dry_run.parked}


def test_a_replay_leaves_nothing_behind(world: World, dry_run: DryRun) -> None:
    dry_run.relay(records(*day()), now=world.now())

    ledger = world.ledger
    assert ({}, {}, {}) == (ledger.rows, ledger.decisions, ledger.latest_statuses)
    assert ({}, {}, []) == (
        ledger.people.kept,
        world.parked.kept,
        world.notifications_topic.published,
    )
    assert {"look_up"} == {method for method, _ in ledger.calls}


def test_the_cap_is_reserved_in_the_replay_s_own_hour(world: World) -> None:
    """Batch after batch, by the clock of their arrival."""
    small = replace(POLICY, cap=2)
    dry_run = DryRun(look_up_people=world.ledger.look_up, policy=small, default_currency="USD")
    for number, minutes in enumerate((0, 10, 20, 75)):
        order = payload(order_id=f"o-{number}", event_id=f"e-{number}", channel="email")
        at = world.now() + timedelta(minutes=minutes)
        dry_run.relay(records(order, at=101 + number), now=at)

    states = sorted((row.order.order_id, row.state.value) for row in dry_run.rows.values())
    assert ["requested", "requested", "suppressed", "requested"] == [state for _, state in states]


def test_an_opt_out_since_then_shows_as_a_difference(world: World, dry_run: DryRun) -> None:
    world.relay(payload(channel="email"))
    world.send_published()
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))

    dry_run.relay(records(payload(channel="email")), now=world.now())

    (found,) = differences(dry_run.rows.values(), world.ledger.rows)
    assert ("o-1", "suppressed: complained", "sent") == (found.order_id, found.would, found.ledger)


@pytest.mark.parametrize(
    ("would", "was", "differ"),
    [
        (State.REQUESTED, State.DELIVERED, False),
        (State.REQUESTED, State.PARKED, False),
        (State.DEFERRED, State.SENT, False),
        (State.DEFERRED, State.SUPPRESSED, True),
        (State.REQUESTED, State.DEFERRED, True),
        (State.SUPPRESSED, State.SENT, True),
    ],
)
def test_what_was_to_go_out_is_the_same_however_far_it_came(
    world: World, would: State, was: State, *, differ: bool
) -> None:
    row = drafts(channel="email")[0]
    found = list(differences([replace(row, state=would)], {row.id: replace(row, state=was)}))
    assert differ == bool(found)


def test_what_a_backlog_moved_into_quiet_hours_was_to_go_out(world: World) -> None:
    row = drafts(channel="email")[0]
    waits = deferred(row, until=world.now() + timedelta(hours=8), at=world.now())

    assert [] == list(differences([row], {row.id: waits}))


def test_what_the_ledger_never_had_is_said(world: World) -> None:
    (found,) = differences(drafts(channel="email"), {})
    assert ("sent", "nothing") == (found.would, found.ledger)
