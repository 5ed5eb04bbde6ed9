from collections.abc import Callable, Sequence
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from notifications.errors import LedgerUnavailable
from notifications.identity import address_key
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.outcome import Outcome, accepted, not_now, refused, unknown
from notifications.person import Person, QuietHours
from notifications.receipt import Receipt
from notifications.sweeping import LAPSED
from tests.examples import EMAIL, notification, payload
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import LEASE, RESEND_EMAIL_AFTER, World
from workflows.ports import Change

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ONE = notification(1)
TEXT = notification(2, Channel.SMS)


def ids(world: World) -> list[str]:
    return [n.id for n in world.hub.published]


# Lost publications


def test_a_lost_publication_is_made_good(world: World) -> None:
    world.enter(ONE)
    world.now.turn(5 * MINUTE)
    swept = world.sweep()

    assert [ONE.id] == ids(world)
    assert (1, 1, 0) == (swept.looked_at, swept.published, swept.doubtful)


def test_what_is_not_due_yet_is_left_alone(world: World) -> None:
    world.enter(ONE)
    world.now.turn(5 * MINUTE - timedelta(seconds=1))

    assert 0 == world.sweep().looked_at


def test_a_notification_in_a_long_queue_is_republished_four_times_a_day_and_a_half(
    world: World,
) -> None:
    """It is requested too: republishing each minute would multiply the backlog."""
    world.enter(ONE)
    start, looks = world.now.at, []
    for _ in range(16 * 60):
        world.now.turn(MINUTE)
        if world.sweep().published:
            looks.append(world.now.at - start)

    assert [5 * MINUTE, 35 * MINUTE, 3 * HOUR + 35 * MINUTE, 15 * HOUR + 35 * MINUTE] == looks


@pytest.mark.parametrize("state", [State.IN_DOUBT, State.SENT])
def test_what_has_moved_on_is_not_published_again(world: World, state: State) -> None:
    world.enter(replace(TEXT, state=state))
    world.now.turn(HOUR)
    swept = world.sweep()

    assert (1, 0) == (swept.looked_at, swept.published)
    assert 0 == world.sweep().looked_at


def test_the_next_look_is_set_before_the_publication(world: World) -> None:
    """If we die between the two, what waits is the next look, and the message is not lost."""
    world.enter(ONE)
    world.now.turn(HOUR)
    world.ledger.unavailable = {"change"}
    with pytest.raises(LedgerUnavailable):
        world.sweep()
    assert [] == ids(world)

    world.ledger.unavailable = set()
    assert 1 == world.sweep().published


def test_a_publication_that_is_lost_again_is_made_good_at_the_next_look(world: World) -> None:
    world.enter(ONE)
    world.hub.takes = lambda _: False
    world.now.turn(5 * MINUTE)
    assert 0 == world.sweep().published

    world.hub.takes = lambda _: True
    world.now.turn(30 * MINUTE)
    assert 1 == world.sweep().published


# Rounds


class RacedLedger(FakeLedger):
    """One in which another round is a moment faster, each time."""

    def change(self, changes: Sequence[Change]) -> set[str]:
        FakeLedger.change(self, changes)
        return FakeLedger.change(self, changes)


@pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED])
def test_of_two_rounds_at_once_only_the_faster_publishes(world: World, state: State) -> None:
    world.ledger = RacedLedger()
    world.enter(replace(ONE, state=state))
    world.now.turn(world.policy.republish_after)
    swept = world.sweep()

    assert (1, 0) == (swept.looked_at, swept.published)
    assert [] == ids(world)


class LateLedger(FakeLedger):
    """One whose index still says what was due when it was last asked, as an index may."""

    remembered: Sequence[str] = ()

    def due(self, **wanted: Any) -> list[str]:
        due = [*self.remembered, *FakeLedger.due(self, **wanted)]
        self.remembered = due
        return list(dict.fromkeys(due))


def test_what_another_round_has_just_done_is_not_done_again(world: World) -> None:
    """The index is a little late, and the row itself says when it is to be looked at."""
    world.ledger = LateLedger()
    world.enter(ONE)
    world.now.turn(HOUR)
    first, second = world.sweep(), world.sweep()

    assert ((1, 1), (0, 0)) == (
        (first.looked_at, first.published),
        (second.looked_at, second.published),
    )


@pytest.mark.parametrize("state", [State.DELIVERED, State.FAILED, State.SUPPRESSED, State.PARKED])
def test_what_has_ended_since_the_index_was_written_is_left_in_peace(
    world: World, state: State
) -> None:
    world.ledger = LateLedger(rows={ONE.id: replace(ONE, state=state, due_at=None)})
    world.ledger.remembered = [ONE.id]
    world.now.turn(HOUR)
    before = world.row(ONE.id)

    assert 0 == world.sweep().looked_at
    assert before == world.row(ONE.id)


def test_a_row_that_went_meanwhile_is_no_trouble(world: World) -> None:
    """An index may still list what retention has removed."""
    world.ledger = LateLedger()
    world.ledger.remembered = [ONE.id]

    assert 0 == world.sweep().looked_at


def test_a_round_is_bounded_and_the_next_takes_up_the_rest(world: World) -> None:
    world.enter(*[notification(n) for n in range(7)])
    world.now.turn(HOUR)

    assert [3, 3, 1, 0] == [world.sweep(limit=3).looked_at for _ in range(4)]
    assert 7 == len(set(ids(world)))


def test_a_bug_in_one_look_keeps_nobody_else_waiting_and_comes_back_ever_more_rarely(
    world: World,
) -> None:
    """Otherwise the first row that is due would be the last that is ever looked at."""
    world.enter(replace(ONE, state=State.DEFERRED), TEXT)
    sweeper = world.sweeper()

    def trip_over_the_first(row: Notification) -> timedelta:
        if row.id == ONE.id:
            raise KeyError("brewed")
        return HOUR

    tripping = replace(sweeper, send_within=trip_over_the_first)
    world.now.turn(5 * MINUTE)
    swept = tripping()

    assert (("KeyError",), [TEXT.id]) == (swept.bugs, ids(world))
    assert (State.DEFERRED, world.now.at + 30 * MINUTE) == (
        world.state(ONE.id),
        world.row(ONE.id).due_at,
    )


def test_a_round_with_nothing_to_do_asks_for_nothing_more(world: World) -> None:
    world.sweep()

    assert 0 == world.receipts.asked


# What waited for the morning


def deferred(world: World) -> str:
    """Bring an order during somebody's quiet hours, which end in eight."""
    start, end = world.now.at.time(), (world.now.at + 8 * HOUR).time()
    world.policy = replace(world.policy, quiet=QuietHours(start=start, end=end))
    world.relay(payload(channel="email"))
    (row,) = world.rows()
    return row.id


def test_what_was_deferred_is_sent_in_the_morning_and_not_before(world: World) -> None:
    identity = deferred(world)
    world.now.turn(8 * HOUR - MINUTE)
    assert 0 == world.sweep().looked_at
    world.now.turn(MINUTE)
    assert 1 == world.sweep().published
    world.send_published()

    assert (State.SENT, None) == (world.state(identity), world.row(identity).rule)
    assert {identity: 1} == world.got()


def test_waiting_for_the_morning_makes_nobody_s_message_too_old(world: World) -> None:
    """Neither for the sweeper nor, an hour of a long queue later, for the sender."""
    world.send_within = 2 * HOUR
    identity = deferred(world)
    world.now.turn(8 * HOUR)
    world.sweep()
    world.now.turn(HOUR)
    world.send_published()

    assert State.SENT == world.state(identity)


def test_a_release_that_comes_too_late_is_none(world: World) -> None:
    world.send_within = 2 * HOUR
    identity = deferred(world)
    world.now.turn(8 * HOUR + 2 * HOUR + MINUTE)

    assert 0 == world.sweep().published
    assert (State.SUPPRESSED, "expired") == (world.state(identity), world.row(identity).rule)


def test_a_release_asks_again_whether_anybody_objects(world: World) -> None:
    identity = deferred(world)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    world.now.turn(8 * HOUR)

    assert 0 == world.sweep().published
    assert (State.SUPPRESSED, "complained") == (world.state(identity), world.row(identity).rule)


def test_what_became_old_news_over_night_is_not_told_in_the_morning(world: World) -> None:
    identity = deferred(world)
    world.relay(payload(event_id="e-2", status="shipped", channel="email"), at=201)
    world.now.turn(8 * HOUR)

    assert 1 == world.sweep().published
    assert (State.SUPPRESSED, "stale") == (world.state(identity), world.row(identity).rule)


def test_while_nobody_can_be_looked_up_nothing_is_released(world: World) -> None:
    identity = deferred(world)
    world.now.turn(8 * HOUR)
    world.ledger.troubled = lambda method, key: method == "look_up" and key == address_key(EMAIL)

    with pytest.raises(LedgerUnavailable):
        world.sweep()
    assert State.DEFERRED == world.state(identity)


# Whom nobody came back from


def test_a_claim_that_nobody_came_back_from_is_in_doubt_once_its_lease_ends(world: World) -> None:
    held = world.now.at + 10 * MINUTE
    world.enter(replace(TEXT, state=State.SENDING, owner="gone", lease_until=held))
    world.now.turn(5 * MINUTE)
    assert 0 == world.sweep().doubtful
    assert State.SENDING == world.state(TEXT.id)

    world.now.turn(5 * MINUTE)
    assert 1 == world.sweep().doubtful
    assert (State.IN_DOUBT, LAPSED) == (world.state(TEXT.id), world.row(TEXT.id).rule)


def test_a_doubt_is_counted_once(world: World) -> None:
    world.enter(replace(TEXT, state=State.SENDING, lease_until=world.now.at))
    world.now.turn(HOUR)
    rounds = [world.sweep().doubtful]
    for _ in range(5):
        world.now.turn(80 * HOUR)
        rounds.append(world.sweep().doubtful)

    assert [1, 0, 0, 0, 0, 0] == rounds


@pytest.mark.parametrize(
    ("outcome", "state"),
    [
        (accepted("m-1"), State.SENT),
        (refused("no"), State.FAILED),
        (not_now("no"), State.REQUESTED),
        (unknown("no"), State.IN_DOUBT),
    ],
)
def test_a_settlement_that_comes_after_all_ends_the_doubt_that_its_lapse_left(
    world: World, outcome: Outcome, state: State
) -> None:
    """Its sender was slower than its lease, and knows what nobody else can."""
    world.enter(TEXT)

    def slow(_: object) -> Any:
        world.now.turn(LEASE + 5 * MINUTE)
        world.sweep()
        return outcome

    world.provider.answer = slow
    world.send(TEXT.id, channel=Channel.SMS)

    assert (state, outcome.message_id) == (world.state(TEXT.id), world.row(TEXT.id).message_id)


# What is in doubt


def in_doubt(world: World, row: Notification = ONE) -> None:
    """Send a message whose answer is lost."""
    world.enter(row)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    world.send(row.id, channel=row.channel)
    world.provider.answer = None


def sweep_for(world: World, long: timedelta, each: Callable[[], object] | None = None) -> None:
    """Do a round every five minutes, and send what it publishes."""
    end = world.now.at + long
    while world.now.at < end:
        world.now.turn(5 * MINUTE)
        if each is not None:
            each()
        world.sweep()
        world.send_published()


def test_a_doubtful_e_mail_is_sent_once_more_when_ses_would_have_spoken(world: World) -> None:
    in_doubt(world)
    sweep_for(world, RESEND_EMAIL_AFTER - 5 * MINUTE)
    assert {ONE.id: 1} == world.got()

    sweep_for(world, 10 * MINUTE)
    assert {ONE.id: 2} == world.got()
    assert (State.SENT, 1) == (world.state(ONE.id), world.row(ONE.id).resends)


def test_a_doubtful_e_mail_is_never_sent_a_third_time(world: World) -> None:
    in_doubt(world)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    sweep_for(world, timedelta(days=5))

    assert {ONE.id: 2} == world.got()
    assert State.IN_DOUBT == world.state(ONE.id)


def test_while_receipts_wait_to_be_read_no_doubtful_e_mail_is_sent_again(world: World) -> None:
    """The event that resolves it may be among them."""
    in_doubt(world)
    world.receipts.oldest = world.now.at + RESEND_EMAIL_AFTER - timedelta(seconds=1)
    sweep_for(world, timedelta(days=1))
    assert {ONE.id: 1} == world.got()

    # Those that wait now came when SES had had its time: none of them can be its first word.
    world.receipts.oldest = world.now.at - HOUR
    sweep_for(world, 10 * MINUTE)
    assert {ONE.id: 2} == world.got()


def test_while_nobody_knows_what_waits_no_doubtful_e_mail_is_sent_again(world: World) -> None:
    in_doubt(world)
    world.receipts.unavailable = True
    world.now.turn(timedelta(days=1))

    with pytest.raises(LedgerUnavailable):
        world.sweep()
    assert {ONE.id: 1} == world.got()


def test_an_event_of_the_first_keeps_a_doubtful_e_mail_from_being_sent_again(world: World) -> None:
    in_doubt(world)
    world.apply(
        Receipt(
            channel=Channel.EMAIL,
            message_id="m-1",
            notification_id=ONE.id,
            kind="Send",
            at=world.now.at,
            sent_at=world.now.at,
        )
    )
    sweep_for(world, timedelta(days=5))

    assert {ONE.id: 1} == world.got()


def test_an_event_that_overtakes_the_second_sending_is_in_time(world: World) -> None:
    in_doubt(world)
    world.now.turn(HOUR)
    assert 1 == world.sweep().published
    late = Receipt(
        channel=Channel.EMAIL,
        message_id="m-1",
        notification_id=ONE.id,
        kind="Delivery",
        at=world.now.at,
        sent_at=world.now.at,
    )
    world.apply(late)
    world.send_published()

    assert ({ONE.id: 1}, State.DELIVERED) == (world.got(), world.state(ONE.id))


@pytest.mark.parametrize("readable", [True, False])
def test_a_doubtful_text_message_is_never_sent_again(world: World, *, readable: bool) -> None:
    in_doubt(world, TEXT)
    world.receipts.readable = readable
    sweep_for(world, timedelta(days=5))

    assert {TEXT.id: 1} == world.got()
    assert State.IN_DOUBT == world.state(TEXT.id)


def test_where_a_stage_says_so_no_doubtful_e_mail_is_sent_again(world: World) -> None:
    world.resend_email_after = None
    in_doubt(world)
    sweep_for(world, timedelta(days=5))

    assert {ONE.id: 1} == world.got()


def test_a_second_sending_asks_again_whether_anybody_objects(world: World) -> None:
    in_doubt(world)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    sweep_for(world, timedelta(days=5))

    assert {ONE.id: 1} == world.got()
    assert (State.IN_DOUBT, "complained") == (world.state(ONE.id), world.row(ONE.id).rule)
