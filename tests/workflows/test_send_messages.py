from collections import Counter
from dataclasses import replace
from datetime import timedelta

import pytest

from notifications.errors import LedgerUnavailable
from notifications.lifecycle import State
from notifications.order_event import Channel
from notifications.outcome import Outcome, Outgoing, accepted, not_now, refused, unknown
from notifications.receipt import Receipt
from notifications.templates import words
from tests.examples import notification
from tests.fakes.world import LEASE, RECEIPT_RETENTION, World

ONE, TWO, THREE = notification(1), notification(2), notification(3)


def people_got(world: World) -> Counter[str]:
    return Counter(call.notification.id for call in world.provider.calls)


def test_each_requested_notification_is_sent_and_settled(world: World) -> None:
    world.enter(ONE, TWO)
    sent = world.send(ONE.id, TWO.id)

    assert {ONE.id: 1, TWO.id: 1} == people_got(world)
    assert {State.SENT: 2} == sent.settled
    assert (0, frozenset(), ()) == (sent.skipped, sent.retry, sent.bugs)


def test_an_empty_batch_calls_nobody(world: World) -> None:
    assert {} == world.send().settled
    assert not people_got(world)


def test_a_sent_row_says_when_under_which_id_and_at_which_try(world: World) -> None:
    world.enter(ONE)
    world.send(ONE.id)
    row = world.ledger.rows[ONE.id]

    assert ("message-1", world.now.at, 1) == (row.message_id, row.sent_at, row.attempts)
    assert row.lease_until is None


def test_what_people_get_is_what_the_template_says(world: World) -> None:
    text = notification(1, Channel.SMS)
    world.enter(text)
    world.send(text.id)

    assert [words(text)] == [call.words for call in world.provider.calls]


def test_a_message_that_comes_twice_is_sent_once(world: World) -> None:
    """SQS delivers at least once, and now and then twice."""
    world.enter(ONE)
    world.send(ONE.id, ONE.id)
    again = world.send(ONE.id)

    assert {ONE.id: 1} == people_got(world)
    assert (1, {}) == (again.skipped, again.settled)


@pytest.mark.parametrize("state", set(State) - {State.REQUESTED})
def test_what_has_moved_on_is_not_sent(world: World, state: State) -> None:
    world.enter(replace(ONE, state=state))
    sent = world.send(ONE.id)

    assert not people_got(world)
    assert (1, frozenset()) == (sent.skipped, sent.retry)


def test_what_the_ledger_does_not_know_is_not_sent(world: World) -> None:
    sent = world.send(ONE.id)

    assert not people_got(world)
    assert 1 == sent.skipped


def test_the_claim_comes_before_the_call(world: World) -> None:
    """Whoever dies in the call leaves a row that says so."""
    seen = []

    def look(_: Outgoing) -> Outcome:
        row = world.ledger.rows[ONE.id]
        seen.append((row.state, row.lease_until))
        return accepted("m-1")

    world.provider.answer = look
    world.enter(ONE)
    world.send(ONE.id)

    assert [(State.SENDING, world.now.at + LEASE)] == seen


def test_each_batch_claims_under_a_token_of_its_own(world: World) -> None:
    world.enter(ONE, TWO)
    world.send(ONE.id)
    world.send(TWO.id)

    owners = [world.ledger.rows[each.id].owner for each in (ONE, TWO)]
    assert ["token-1", "token-2"] == owners


@pytest.mark.parametrize("trouble", ["read", "claim"])
def test_nobody_is_called_while_the_ledger_is_in_trouble(world: World, trouble: str) -> None:
    world.enter(ONE)
    world.ledger.unavailable = {trouble}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert not people_got(world)


def test_a_lost_answer_is_in_doubt_and_never_sent_again(world: World) -> None:
    """The SDK's own retry after a dropped response once sent 23 texts for 20 orders."""
    world.enter(ONE)
    world.provider.answer = lambda _: unknown("ReadTimeoutError")
    sent = world.send(ONE.id)
    world.send(ONE.id)

    assert {ONE.id: 1} == people_got(world)
    assert {State.IN_DOUBT: 1} == sent.settled
    assert frozenset() == sent.retry
    assert "ReadTimeoutError" == world.ledger.rows[ONE.id].rule


def test_what_the_provider_did_not_take_waits_for_another_try(world: World) -> None:
    world.enter(ONE, TWO)
    world.provider.answer = lambda out: (
        not_now("Throttling") if out.notification.id == ONE.id else accepted("m-2")
    )
    sent = world.send(ONE.id, TWO.id)

    assert frozenset({ONE.id}) == sent.retry
    assert {State.REQUESTED: 1, State.SENT: 1} == sent.settled

    world.provider.answer = None
    assert {State.SENT: 1} == world.send(ONE.id).settled
    assert (2, None) == (world.ledger.rows[ONE.id].attempts, world.ledger.rows[ONE.id].rule)


def test_what_the_provider_will_never_take_has_failed_with_its_reason(world: World) -> None:
    world.enter(ONE)
    world.provider.answer = lambda _: refused("MessageRejected")
    sent = world.send(ONE.id)
    row = world.ledger.rows[ONE.id]

    assert (State.FAILED, "MessageRejected", world.now.at) == (row.state, row.rule, row.closed_at)
    assert row.due_at is None
    assert frozenset() == sent.retry


def test_a_notification_without_a_recipient_fails_and_calls_nobody(world: World) -> None:
    world.enter(replace(ONE, recipient=None))

    assert {State.FAILED: 1} == world.send(ONE.id).settled
    assert not people_got(world)


def test_a_message_id_is_known_as_long_as_its_receipts_may_come(world: World) -> None:
    world.enter(ONE)
    world.send(ONE.id)

    assert {"message-1": ONE.id} == world.message_ids.find({"message-1"})
    assert world.now.at + RECEIPT_RETENTION == world.message_ids.expiries["message-1"]


def test_the_message_id_is_known_before_the_claim_is_settled(world: World) -> None:
    """A receipt may come before the next line is through."""
    world.enter(ONE)
    world.ledger.unavailable = {"settle"}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert {"message-1": ONE.id} == world.message_ids.find({"message-1"})


def test_a_claim_is_settled_even_if_its_message_id_could_not_be_kept(world: World) -> None:
    """What the provider answered is known to nobody else."""
    world.enter(ONE)
    world.message_ids.unavailable = True

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    row = world.ledger.rows[ONE.id]
    assert (State.SENT, "message-1") == (row.state, row.message_id)


def test_a_settlement_that_was_lost_does_not_send_again(world: World) -> None:
    world.enter(ONE)
    world.ledger.unavailable = {"settle"}
    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    world.ledger.unavailable = set()
    world.now.turn(timedelta(days=1))
    world.send(ONE.id)

    assert {ONE.id: 1} == people_got(world)


def test_a_receipt_that_is_faster_than_the_settlement_stands(world: World) -> None:
    def deliver_at_once(out: Outgoing) -> Outcome:
        world.apply(
            Receipt(
                channel=Channel.EMAIL,
                message_id="m-1",
                notification_id=out.notification.id,
                state=State.DELIVERED,
            )
        )
        return accepted("m-1")

    world.provider.answer = deliver_at_once
    world.enter(ONE)
    world.send(ONE.id)
    row = world.ledger.rows[ONE.id]

    assert (State.DELIVERED, "m-1") == (row.state, row.message_id)


def test_a_template_that_fails_keeps_back_its_own_notification_alone(world: World) -> None:
    """And leaves it unclaimed, so that it goes out once the template is mended."""
    world.enter(replace(ONE, template="brewed"), TWO, THREE)
    sent = world.send(ONE.id, TWO.id, THREE.id)

    assert {TWO.id: 1, THREE.id: 1} == people_got(world)
    assert (frozenset({ONE.id}), ("TemplateNotFound",)) == (sent.retry, sent.bugs)
    assert 0 == sent.skipped
    assert (State.REQUESTED, 0) == (world.state(ONE.id), world.ledger.rows[ONE.id].attempts)


def test_each_of_a_batch_is_sent_skipped_or_kept_back(world: World) -> None:
    world.enter(replace(ONE, template="brewed"), TWO, replace(THREE, state=State.SENT))
    batch = [ONE.id, TWO.id, THREE.id, notification(4).id]
    sent = world.send(*batch)

    assert len(batch) == sum(sent.settled.values()) + sent.skipped + len(sent.bugs)


def test_a_template_that_fails_is_no_matter_to_what_has_moved_on(world: World) -> None:
    """A template may go while the last of its messages are still on their way."""
    world.enter(replace(ONE, template="brewed", state=State.SENT))
    sent = world.send(ONE.id)

    assert (1, frozenset(), ()) == (sent.skipped, sent.retry, sent.bugs)
