"""A claim that was never settled is in doubt; a doubtful e-mail is sent once more, a text never."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.events.identity import address_key
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import Person
from ordercast.receipts.receipt import Receipt
from ordercast.sending.in_doubt import LAPSED
from ordercast.sending.outcome import Outcome, accepted, not_now, refused, unknown
from tests.examples import EMAIL, notification
from tests.fakes.services import LEASE, RESEND_EMAIL_AFTER
from tests.fakes.world import World

MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)
ONE = notification(1)
TEXT = notification(2, Channel.SMS)

# Whom nobody came back from


def test_a_claim_that_was_never_settled_is_in_doubt_once_its_lease_ends(world: World) -> None:
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


def test_while_waiting_receipts_cannot_be_counted_no_doubtful_e_mail_is_sent_again(
    world: World,
) -> None:
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


def test_a_second_sending_checks_the_send_rules_again(world: World) -> None:
    in_doubt(world)
    world.know(Person(key=address_key(EMAIL), refusals={Channel.EMAIL: "complained"}))
    sweep_for(world, timedelta(days=5))

    assert {ONE.id: 1} == world.got()
    assert (State.IN_DOUBT, "complained") == (world.state(ONE.id), world.row(ONE.id).rule)
