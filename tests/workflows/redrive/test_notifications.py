"""Redriven notifications are sent once, also where the command is killed on the way."""

from collections.abc import Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.people.person import Person
from ordercast.workflows.redrive.notifications import DROPPED as DROPPED_BY_OPERATOR
from ordercast.workflows.redrive.notifications import ParkedNotifications
from ordercast.workflows.redrive.paced import REDRIVEN_RULE
from tests.examples import EMAIL, drafts
from tests.examples import notification as example
from tests.fakes.parked_store import CrashPoint, Died
from tests.fakes.world import World
from tests.workflows.redrive.bench import no_progress, redrive_all

FIRST_WAIT = timedelta(minutes=5)


@dataclass
class Failures:
    """The fake ledger, which crashes at its crash point."""

    world: World
    crash_point: CrashPoint

    def failures(self, state: State, *, day: date) -> Iterator[Any]:
        return self.world.ledger.failures(state, day=day)

    def change(self, changes: Sequence[Any]) -> set[str]:
        changed: set[str] = set()
        self.crash_point.around(lambda: changed.update(self.world.ledger.change(changes)))
        return changed


def parked_notification(world: World) -> str:
    row = replace(
        drafts(channel="email")[0],
        state=State.PARKED,
        rule="out-of-attempts",
        attempts=12,
        due_at=None,
        closed_at=world.now(),
    )
    world.enter(row)
    return row.id


def source_of(world: World, crash_point: CrashPoint) -> ParkedNotifications:
    return ParkedNotifications(
        ledger=Failures(world, crash_point),
        notifications_topic=world.notifications_topic,
        now=world.now,
        days=lambda: [world.now().date()],
        first_wait=FIRST_WAIT,
        paced=world.paced(),
    )


@pytest.mark.parametrize(
    "crash_point",
    [CrashPoint(), CrashPoint(at=0), CrashPoint(at=0, after=True)],
    ids=["alive", "before", "after"],
)
def test_a_parked_notification_is_reopened_with_all_its_attempts_and_sent_once(
    world: World, crash_point: CrashPoint
) -> None:
    """Should we die before publishing, the sweeper finds it due."""
    notification = parked_notification(world)

    with suppress(Died):
        redrive_all(source_of(world, crash_point))
    redrive_all(source_of(world, crash_point))
    world.send_published()
    world.now.turn(FIRST_WAIT)
    world.sweep()
    world.send_published()

    assert (State.SENT, 1) == (world.state(notification), world.row(notification).attempts)
    assert {notification: 1} == world.got()


def test_consent_is_read_again_when_a_notification_is_redriven(world: World) -> None:
    notification = parked_notification(world)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))

    redrive_all(source_of(world, CrashPoint()))
    world.send_published()

    assert State.SUPPRESSED is world.state(notification)
    assert {} == world.got()


def test_a_dropped_notification_says_that_it_was_an_operator(world: World) -> None:
    notification = parked_notification(world)
    source = source_of(world, CrashPoint())

    assert 1 == source.drop(list(source.contents()), progress=no_progress)

    row = world.row(notification)
    assert (State.SUPPRESSED, DROPPED_BY_OPERATOR) == (row.state, row.rule)
    assert [] == list(source.contents())


def test_what_finds_no_room_in_the_queue_is_deferred_and_released_by_the_sweeper(
    world: World,
) -> None:
    world.rate = 1
    notification = parked_notification(world)
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 300}
    source = source_of(world, CrashPoint())

    assert 1 == redrive_all(source)
    assert (1, []) == (source.paced.deferred, world.published())
    row = world.row(notification)
    assert (State.DEFERRED, REDRIVEN_RULE, world.now(), 0) == (
        row.state,
        row.rule,
        row.due_at,
        row.attempts,
    )

    world.work_queues.held = {}
    world.sweep()
    world.send_published()
    assert (State.SENT, {notification: 1}) == (world.state(notification), world.got())


def test_the_room_is_that_of_the_whole_command(world: World) -> None:
    world.rate = 1
    many = [
        replace(example(n), state=State.PARKED, rule="out-of-attempts", closed_at=world.now())
        for n in range(130)
    ]
    world.enter(*many)
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 190}
    source = source_of(world, CrashPoint())

    assert 130 == redrive_all(source)
    assert (110, 20) == (len(world.published()), source.paced.deferred)


def test_a_redriven_probe_waits_behind_no_hold(world: World) -> None:
    """The hold that it probed may be gone, and nobody would ever walk that partition."""
    world.rate = 1
    world.work_queues.held = {(Channel.EMAIL, Priority.NORMAL): 1000}
    going, [waiting] = world.paced()([example(1, held_by="account-email")])

    assert ([], State.DEFERRED, False) == (going, waiting.state, waiting.is_held)
