"""What finds no room however often its queue brings it waits on the ledger, and is neither lost nor sent twice."""

from datetime import timedelta

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import Why
from ordercast.sending.due_partitions import deferrals
from ordercast.sending.outcome import Outcome, Outgoing, back_pressure
from ordercast.sending.send_rules import BACK_PRESSURE, expires_at
from ordercast.workflows.send_messages import COMES_BACK
from ordercast.workflows.sweep.swept import Swept
from tests.examples import notification, paused
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
MANY = [notification(n) for n in range(40)]
IDS = [row.id for row in MANY]
ONE = MANY[0]


@pytest.fixture
def slow(world: World) -> World:
    """A world whose provider would take a hundred a second, and takes none for a while."""
    world.rate = 100
    world.enter(*MANY)
    throttle(world)
    return world


def throttle(world: World) -> None:
    world.provider.answer = lambda _: back_pressure("Throttling")


def take(world: World) -> None:
    """Let the provider take messages from now on, and forget what it did not take."""
    world.provider.answer = None
    world.provider.calls.clear()


def come_back(world: World, *ids: str) -> None:
    """Let the queue bring them once too often; nothing is left in it for them."""
    assert {} == world.send(*ids, received=COMES_BACK).retry


def release(world: World) -> None:
    """Let the sweeper release all that waits for room."""
    world.now.turn(MINUTE)
    while world.sweep().released:
        pass


def test_what_comes_back_in_vain_waits_on_the_ledger_and_not_to_be_a_dead_letter(
    slow: World,
) -> None:
    """A queue gives up what it was asked for too often, however long the provider is down."""
    sent = slow.send(*IDS, received=COMES_BACK)
    assert ({}, len(IDS)) == (sent.retry, sent.settled[State.DEFERRED])
    assert {(BACK_PRESSURE, 0)} == {(slow.row(i).rule, slow.row(i).attempts) for i in IDS}

    take(slow)
    for _ in range(4):
        slow.now.turn(MINUTE)
        slow.sweep()
        slow.send_published()
    assert dict.fromkeys(IDS, 1) == slow.got()
    assert {(State.SENT, 1)} == {(slow.state(i), slow.row(i).attempts) for i in IDS}


def test_without_the_ledger_they_come_back_from_the_queue(slow: World) -> None:
    slow.ledger.unavailable = {"change"}
    sent = slow.send(*IDS, received=COMES_BACK)

    assert set(IDS) == sent.retry.keys()


def test_what_was_changed_meanwhile_comes_back_from_the_queue(slow: World) -> None:
    """Only the row as it was read is deferred."""

    def overtake(_: Outgoing) -> Outcome:
        row = slow.row(ONE.id)
        slow.ledger.rows[ONE.id] = replace(ONE, version=row.version + 7)
        return back_pressure("Throttling")

    slow.provider.answer = overtake
    sent = slow.send(ONE.id, received=COMES_BACK)

    assert ([ONE.id], State.REQUESTED) == (list(sent.retry), slow.state(ONE.id))


def test_the_queue_may_bring_it_again_after_a_crash_while_it_waits_on_the_ledger(
    slow: World,
) -> None:
    come_back(slow, *IDS)
    take(slow)
    again = slow.send(*IDS, received=COMES_BACK + 1)
    assert (len(IDS), {}, []) == (again.skipped, again.retry, slow.provider.calls)

    release(slow)
    slow.send_published()
    assert dict.fromkeys(IDS, 1) == slow.got()


@pytest.mark.parametrize("first", ["old", "new"])
def test_the_queue_may_bring_it_again_after_its_release(slow: World, first: str) -> None:
    """Then two copies are in the queues."""
    come_back(slow, *IDS)
    release(slow)
    take(slow)
    copies = [lambda: slow.send(*IDS, received=COMES_BACK + 1), slow.send_published]
    for bring in copies if first == "old" else reversed(copies):
        bring()

    assert dict.fromkeys(IDS, 1) == slow.got()


def test_of_two_copies_that_come_in_vain_one_lets_it_wait_and_it_is_sent_once(
    slow: World,
) -> None:
    come_back(slow, *IDS)
    release(slow)
    come_back(slow, *IDS)
    (copy,) = slow.send_published()
    assert (len(IDS), {}) == (copy.skipped, copy.retry)

    release(slow)
    take(slow)
    slow.send_published()
    assert dict.fromkeys(IDS, 1) == slow.got()


def doubtful(world: World) -> Notification:
    """Return an e-mail in doubt that is sent again."""
    return replace(ONE, id="resent", resends=1, attempts=1, in_doubt_since=world.now())


def test_a_resent_one_stays_a_resent_one(world: World) -> None:
    """Nothing else tells that its first message may have arrived."""
    row = doubtful(world)
    world.enter(row)
    throttle(world)
    come_back(world, row.id)
    waiting = world.row(row.id)
    assert (State.DEFERRED, 1, 1) == (waiting.state, waiting.resends, waiting.attempts)
    assert row.in_doubt_since == waiting.in_doubt_since

    world.now.turn(world.send_within + MINUTE)
    world.sweep()
    assert (State.IN_DOUBT, "expired") == (world.state(row.id), world.row(row.id).rule)


def test_what_waits_for_room_expires_no_later_than_in_its_queue(slow: World) -> None:
    come_back(slow, *IDS)
    last = max(expires_at(row, slow.send_within) for row in MANY)
    slow.now.at = last + timedelta(milliseconds=1)
    slow.sweep()

    assert {(State.SUPPRESSED, "expired")} == {(r.state, r.rule) for r in slow.rows()}


def test_a_probe_that_finds_no_room_waits_behind_its_hold_again(world: World) -> None:
    hold = replace(paused(), why=Why.BREAKER, by="sender")
    world.ledger.hold([hold])
    world.enter(replace(ONE, held_by=hold.id))
    world.time_left = timedelta
    come_back(world, ONE.id)
    assert (BACK_PRESSURE, None) == (world.row(ONE.id).rule, world.row(ONE.id).held_by)

    world.now.turn(MINUTE)
    world.sweeper().release(deferrals(), Swept(), world.room())
    assert (State.DEFERRED, hold.id) == (world.state(ONE.id), world.row(ONE.id).held_by)
    assert {} == world.got()
