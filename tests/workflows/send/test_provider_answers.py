"""The provider's answer decides a message's state, and is kept whatever fails after the call."""

from datetime import timedelta

import pytest

from ordercast.errors import LedgerUnavailable
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.receipts.receipt import Receipt
from ordercast.sending.backoff import MAX_ATTEMPTS
from ordercast.sending.outcome import Outcome, Outgoing, accepted, not_now, refused, unknown
from tests.examples import notification
from tests.fakes.services import RECEIPT_RETENTION
from tests.fakes.world import World

ONE, TWO = notification(1), notification(2)
TEXT = notification(4, Channel.SMS)

# What providers answer


def test_a_lost_answer_is_in_doubt_and_never_sent_again(world: World) -> None:
    """The SDK's own retry after a dropped response once sent 23 texts for 20 orders."""
    world.enter(TEXT)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    sent = world.send(TEXT.id, channel=Channel.SMS)
    for _ in range(40):
        world.now.turn(timedelta(hours=6))
        world.sweep()
        world.send(TEXT.id, channel=Channel.SMS)

    assert {TEXT.id: 1} == world.got()
    assert ({State.IN_DOUBT: 1}, {}) == (sent.settled, sent.retry)
    assert "ReadTimeoutError" == world.row(TEXT.id).rule


def test_what_the_provider_did_not_take_waits_for_another_try(world: World) -> None:
    world.enter(ONE, TWO)
    world.provider.answer = lambda out: (
        not_now("Throttling") if out.notification.id == ONE.id else accepted("m-2")
    )
    sent = world.send(ONE.id, TWO.id)

    assert {ONE.id} == sent.retry.keys()
    assert {State.REQUESTED: 1, State.SENT: 1} == sent.settled

    world.provider.answer = None
    assert {State.SENT: 1} == world.send(ONE.id).settled
    assert (2, None) == (world.row(ONE.id).attempts, world.row(ONE.id).rule)


def test_each_try_in_vain_is_followed_by_a_longer_wait(world: World) -> None:
    world.enter(ONE)
    world.provider.answer = lambda _: not_now("Throttling")
    waits = [world.send(ONE.id).retry[ONE.id] for _ in range(4)]

    assert waits == sorted(waits)
    assert 2 * waits[0] == waits[1]


def test_when_the_attempts_are_used_up_it_is_parked(world: World) -> None:
    """Attempts are counted on the ledger, whatever the queue counts."""
    world.enter(ONE)
    world.provider.answer = lambda _: not_now("Throttling")
    states = [list(world.send(ONE.id).settled) for _ in range(MAX_ATTEMPTS + 1)]

    assert [[State.REQUESTED]] * (MAX_ATTEMPTS - 1) + [[State.PARKED], []] == states
    assert {ONE.id: MAX_ATTEMPTS} == world.got()
    row = world.row(ONE.id)
    assert ("out-of-attempts", world.now.at, None) == (row.rule, row.closed_at, row.due_at)


def test_what_the_provider_will_never_take_has_failed_with_its_reason(world: World) -> None:
    world.enter(ONE)
    world.provider.answer = lambda _: refused("MessageRejected")
    sent = world.send(ONE.id)
    row = world.row(ONE.id)

    assert (State.FAILED, "MessageRejected", world.now.at) == (row.state, row.rule, row.closed_at)
    assert (None, {}) == (row.due_at, sent.retry)


# After the call


def test_a_message_id_is_known_as_long_as_its_receipts_may_come(world: World) -> None:
    world.enter(ONE)
    world.send(ONE.id)

    receipt_log = world.receipt_logs.kept["message-1"]
    assert (ONE.id, world.now.at) == (receipt_log.notification_id, receipt_log.sent_at)
    assert world.now.at + RECEIPT_RETENTION == receipt_log.expires_at


def test_the_message_id_is_known_before_the_claim_is_settled(world: World) -> None:
    """A receipt may come before the next line is through."""
    world.enter(ONE)
    world.ledger.unavailable = {"settle"}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert ONE.id == world.receipt_logs.kept["message-1"].notification_id


def test_a_message_id_that_could_not_be_kept_is_kept_when_the_batch_comes_again(
    world: World,
) -> None:
    """The batch failed, so it does: and the row has the id by then."""
    world.enter(ONE)
    world.receipt_logs.unavailable = {"join"}
    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    world.receipt_logs.unavailable = set()
    world.send(ONE.id)

    assert {"message-1": ONE.id} == {
        i: t.notification_id for i, t in world.receipt_logs.kept.items()
    }
    assert {ONE.id: 1} == world.got()


def test_a_claim_is_settled_even_if_its_message_id_could_not_be_kept(world: World) -> None:
    """What the provider answered is known to nobody else."""
    world.enter(ONE)
    world.receipt_logs.unavailable = {"join"}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    row = world.row(ONE.id)
    assert (State.SENT, "message-1") == (row.state, row.message_id)


def test_a_settlement_that_was_lost_does_not_send_again(world: World) -> None:
    world.enter(TEXT)
    world.ledger.unavailable = {"settle"}
    with pytest.raises(LedgerUnavailable):
        world.send(TEXT.id, channel=Channel.SMS)
    world.ledger.unavailable = set()
    world.now.turn(timedelta(days=1))
    world.send(TEXT.id, channel=Channel.SMS)
    world.sweep()

    assert {TEXT.id: 1} == world.got()
    assert State.IN_DOUBT == world.state(TEXT.id)


def test_a_receipt_that_is_faster_than_the_settlement_stands(world: World) -> None:
    def deliver_at_once(out: Outgoing) -> Outcome:
        world.apply(
            Receipt(
                channel=Channel.EMAIL,
                message_id="m-1",
                notification_id=out.notification.id,
                kind="Delivery",
                at=world.now.at,
                sent_at=world.now.at,
            )
        )
        return accepted("m-1")

    world.provider.answer = deliver_at_once
    world.enter(ONE)
    world.send(ONE.id)
    row = world.row(ONE.id)

    assert (State.DELIVERED, "m-1") == (row.state, row.message_id)
