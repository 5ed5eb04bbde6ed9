from collections import Counter
from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime, timedelta
from decimal import Decimal
from itertools import chain, repeat

import pytest

from notifications.claim import Asked, Claim
from notifications.errors import LedgerUnavailable
from notifications.lifecycle import State
from notifications.notification import Notification
from notifications.order_event import Channel
from notifications.outcome import Outcome, Outgoing, Settlement, accepted, not_now, refused, unknown
from notifications.receipt import Receipt
from notifications.retry import MAX_ATTEMPTS
from notifications.sweeping import LAPSED
from notifications.templates import Words, words
from tests.examples import notification
from tests.fakes.ledger import FakeLedger
from tests.fakes.world import LEASE, RECEIPT_RETENTION, World
from workflows.send_messages import AT_ONCE, NOT_CALLED, WAVE, WAVE_TAKES, Sent

ONE, TWO, THREE = notification(1), notification(2), notification(3)
TEXT = notification(4, Channel.SMS)


def parts(sent: Sent) -> int:
    """Return how many notifications the batch accounts for."""
    kept_back = len(sent.retry) - sent.settled[State.REQUESTED]
    return sum(sent.settled.values()) + sent.skipped + kept_back


def test_each_requested_notification_is_sent_and_settled(world: World) -> None:
    world.enter(ONE, TWO)
    sent = world.send(ONE.id, TWO.id)

    assert {ONE.id: 1, TWO.id: 1} == world.got()
    assert {State.SENT: 2} == sent.settled
    assert (0, {}, []) == (sent.skipped, sent.retry, sent.bugs)


def test_an_empty_batch_calls_nobody(world: World) -> None:
    assert {} == world.send().settled
    assert not world.got()


def test_a_sent_row_says_when_under_which_id_and_at_which_try(world: World) -> None:
    world.enter(ONE)
    world.send(ONE.id)
    row = world.row(ONE.id)

    assert ("message-1", world.now.at, 1) == (row.message_id, row.sent_at, row.attempts)
    assert row.lease_until is None


def test_what_people_get_is_what_the_template_says(world: World) -> None:
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)

    assert [words(TEXT)] == [call.words for call in world.provider.calls]


def test_a_text_s_parts_and_price_are_known_before_it_is_sent(world: World) -> None:
    reserved = []

    def look(out: Outgoing) -> Outcome:
        reserved.append((out.notification.parts, out.notification.reserved))
        return accepted("m-1")

    world.provider.answer = look
    world.enter(TEXT)
    world.send(TEXT.id, channel=Channel.SMS)

    assert [(1, Decimal("0.01"))] == reserved
    assert (1, Decimal("0.01")) == (world.row(TEXT.id).parts, world.row(TEXT.id).reserved)


def test_a_message_that_comes_twice_is_sent_once(world: World) -> None:
    """SQS delivers at least once, and now and then twice."""
    world.enter(ONE)
    world.send(ONE.id, ONE.id)
    again = world.send(ONE.id)

    assert {ONE.id: 1} == world.got()
    assert (1, {}) == (again.skipped, again.settled)


@pytest.mark.parametrize("state", set(State) - {State.REQUESTED})
def test_what_has_moved_on_is_not_sent(world: World, state: State) -> None:
    world.enter(replace(ONE, state=state))
    sent = world.send(ONE.id)

    assert not world.got()
    assert (1, {}) == (sent.skipped, sent.retry)


def test_what_the_ledger_does_not_know_is_not_sent(world: World) -> None:
    sent = world.send(ONE.id)

    assert not world.got()
    assert 1 == sent.skipped


# Claims


def test_the_claim_comes_before_the_call(world: World) -> None:
    """Whoever dies in the call leaves a row that says so."""
    seen = []

    def look(_: Outgoing) -> Outcome:
        row = world.row(ONE.id)
        seen.append((row.state, row.lease_until))
        return accepted("m-1")

    world.provider.answer = look
    world.enter(ONE)
    world.send(ONE.id)

    assert [(State.SENDING, world.now.at + LEASE)] == seen


def test_a_wave_is_claimed_called_and_settled_before_the_next_is_claimed(world: World) -> None:
    """A crash leaves at most one wave in doubt."""
    most = 0

    def look(_: Outgoing) -> Outcome:
        nonlocal most
        most = max(most, sum(row.state is State.SENDING for row in world.rows()))
        return accepted(f"m-{len(world.provider.calls)}")

    many = [notification(n) for n in range(2 * WAVE + 7)]
    world.provider.answer = look
    world.enter(*many)
    sent = world.send(*[each.id for each in many])

    assert (WAVE, {State.SENT: len(many)}) == (most, sent.settled)
    waves = [count for method, count in world.ledger.calls if method in {"claim", "settle"}]
    assert [25, 25, 25, 25, 7, 7] == waves


def test_each_wave_has_an_owner_of_its_own(world: World) -> None:
    """Who comes back with yesterday's token does not own today's claim."""
    many = [notification(n) for n in range(WAVE + 1)]
    world.enter(*many)
    world.send(*[each.id for each in many])

    assert {"token-1", "token-2"} == {row.owner for row in world.rows()}


@pytest.mark.parametrize("trouble", ["look_up", "claim"])
def test_nobody_is_called_while_the_ledger_is_in_trouble(world: World, trouble: str) -> None:
    world.enter(ONE)
    world.ledger.unavailable = {trouble}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert not world.got()


def test_what_could_not_be_asked_for_comes_back_at_once_and_the_others_are_sent(
    world: World,
) -> None:
    """They are claimed: if they were not sent now they would end in doubt."""
    world.enter(ONE, TWO)
    world.ledger.troubled = lambda method, key: method == "claim" and key == ONE.id
    sent = world.send(ONE.id, TWO.id)

    assert ({TWO.id: 1}, {ONE.id: AT_ONCE}) == (world.got(), sent.retry)
    assert (State.REQUESTED, 0) == (world.state(ONE.id), world.row(ONE.id).attempts)
    assert 2 == parts(sent)


def test_a_claim_whose_answer_was_lost_is_given_back_and_calls_nobody(world: World) -> None:
    """Nobody has called for it, so that it need not end in doubt."""
    world.enter(ONE)
    world.ledger.unheard = {"claim"}
    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert (State.REQUESTED, NOT_CALLED) == (world.state(ONE.id), world.row(ONE.id).rule)
    assert not world.got()

    world.ledger.unheard = set()
    assert {State.SENT: 1} == world.send(ONE.id).settled


def test_a_claim_that_can_not_even_be_given_back_lapses_and_ends_in_doubt(world: World) -> None:
    world.enter(ONE)
    world.ledger.unheard, world.ledger.unavailable = {"claim"}, {"settle"}
    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    world.ledger.unheard, world.ledger.unavailable = set(), set()
    world.now.turn(timedelta(minutes=5))
    world.sweep()

    assert not world.got()
    assert (State.IN_DOUBT, LAPSED) == (world.state(ONE.id), world.row(ONE.id).rule)


def test_a_claim_that_was_made_and_not_answered_for_is_given_back(world: World) -> None:
    """Among others that are sent: it may be ours, and it is not called for."""
    world.enter(ONE, TWO)
    world.ledger = ForgetfulLedger(rows=world.ledger.rows)
    sent = world.send(ONE.id, TWO.id)

    assert ({TWO.id: 1}, {ONE.id: AT_ONCE}) == (world.got(), sent.retry)
    assert (State.REQUESTED, NOT_CALLED) == (world.state(ONE.id), world.row(ONE.id).rule)


class ForgetfulLedger(FakeLedger):
    """One that makes every claim, and does not answer for notification ONE."""

    def claim(
        self, asked: Sequence[Asked], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        claims = FakeLedger.claim(self, asked, owner=owner, lease_until=lease_until, now=now)
        return {i: claim for i, claim in claims.items() if i != ONE.id}


class RacedLedger(FakeLedger):
    """One in which notification ONE becomes something else between the look and the claim."""

    becomes: Notification

    def claim(
        self, asked: Sequence[Asked], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        self.rows[ONE.id] = self.becomes
        return FakeLedger.claim(self, asked, owner=owner, lease_until=lease_until, now=now)


def claimed_by(world: World, owner: str, lease: timedelta = LEASE) -> None:
    """Let that owner be a moment faster to claim notification ONE."""
    world.ledger = RacedLedger(rows=world.ledger.rows)
    lease_until = world.now.at + lease
    world.ledger.becomes = replace(
        ONE, state=State.SENDING, owner=owner, lease_until=lease_until, attempts=1, version=2
    )


def test_what_somebody_else_has_claimed_meanwhile_is_theirs(world: World) -> None:
    world.enter(ONE, TWO)
    claimed_by(world, "other")
    sent = world.send(ONE.id, TWO.id)

    assert {TWO.id: 1} == world.got()
    assert (1, {State.SENT: 1}, {}) == (sent.skipped, sent.settled, sent.retry)
    assert "other" == world.row(ONE.id).owner


def test_a_lapsed_claim_is_never_taken_over_and_is_recorded_as_in_doubt(world: World) -> None:
    world.enter(ONE)
    claimed_by(world, "other", lease=timedelta())
    sent = world.send(ONE.id)

    assert not world.got()
    assert (State.IN_DOUBT, LAPSED) == (world.state(ONE.id), world.row(ONE.id).rule)
    assert 1 == sent.skipped


def test_a_claim_that_is_refused_and_mine_is_mine(world: World) -> None:
    """The SDK repeated a claim whose first answer was lost, and the repetition was refused."""
    world.enter(ONE)
    claimed_by(world, "token-1")

    assert {State.SENT: 1} == world.send(ONE.id).settled
    assert {ONE.id: 1} == world.got()


def test_twenty_senders_with_duplicates_of_every_message_send_each_once(world: World) -> None:
    """Each sender looks when all the others have looked, and claims when it comes to it."""
    many = [notification(n) for n in range(40)]
    ids = [each.id for each in many]
    world.enter(*many)
    waiting = iter(range(19))

    def another_sender_first(row: Notification) -> Words:
        if row.id == min(ids) and next(waiting, None) is not None:
            world.send(*ids, *ids)
        return words(row)

    world.words = another_sender_first
    world.send(*ids, *ids)

    assert 20 == sum(method == "claim" for method, _ in world.ledger.calls) // 2
    assert dict.fromkeys(ids, 1) == world.got()
    assert {State.SENT} == {row.state for row in world.rows()}


def test_trouble_with_what_somebody_else_left_keeps_back_nothing_of_ours(world: World) -> None:
    world.enter(ONE, TWO)
    claimed_by(world, "other", lease=timedelta())
    world.ledger.unavailable = {"change"}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id, TWO.id)
    assert ({TWO.id: 1}, State.SENT) == (world.got(), world.state(TWO.id))


# Time


def test_what_there_is_no_time_for_is_not_claimed_and_comes_back_at_once(world: World) -> None:
    left = chain([WAVE_TAKES] * 2, repeat(WAVE_TAKES - timedelta(milliseconds=1)))
    world.time_left = lambda: next(left)
    many = [notification(n) for n in range(WAVE + 5)]
    world.enter(*many)
    sent = world.send(*[each.id for each in many])

    assert (WAVE, {AT_ONCE}) == (sent.settled[State.SENT], set(sent.retry.values()))
    back = [world.row(i) for i in sent.retry]
    assert [(State.REQUESTED, 0)] * 5 == [(row.state, row.attempts) for row in back]
    assert len(many) == parts(sent)


def test_a_claim_that_took_the_time_of_its_calls_is_given_back(world: World) -> None:
    """Ended in the midst of them, the function would leave in doubt what had not begun."""
    left = chain([WAVE_TAKES], repeat(WAVE_TAKES - timedelta(milliseconds=1)))
    world.time_left = lambda: next(left)
    world.enter(ONE, TWO)
    sent = world.send(ONE.id, TWO.id)

    assert ({ONE.id: AT_ONCE, TWO.id: AT_ONCE}, {}) == (sent.retry, world.got())
    assert [(State.REQUESTED, NOT_CALLED, 0)] * 2 == [
        (row.state, row.rule, row.attempts) for row in world.rows()
    ]
    assert 2 == parts(sent)


class Dead(BaseException):
    """The process has ended, and writes nothing any more."""


class MortalLedger(FakeLedger):
    """One whose caller dies with the second claim, which is made, or before the second settlement."""

    dies_in = ""

    def claim(
        self, asked: Sequence[Asked], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        claims = FakeLedger.claim(self, asked, owner=owner, lease_until=lease_until, now=now)
        self._die("claim")
        return claims

    def settle(self, settlements: Sequence[Settlement]) -> None:
        if settlements:
            self._die("settle", before=True)
            FakeLedger.settle(self, settlements)

    def _die(self, method: str, *, before: bool = False) -> None:
        times = [called for called, _ in self.calls].count(method) + before
        if method == self.dies_in and times == 2:
            raise Dead


@pytest.mark.parametrize(("dies_in", "called"), [("claim", WAVE), ("settle", 2 * WAVE)])
def test_a_crash_leaves_its_own_wave_in_doubt_and_no_other(
    world: World, dies_in: str, called: int
) -> None:
    """A claim is the word that its call begins: of a process that died between, nobody can tell."""
    many = [notification(n) for n in range(3 * WAVE)]
    world.enter(*many)
    world.ledger = MortalLedger(rows=world.ledger.rows)
    world.ledger.dies_in = dies_in
    with pytest.raises(Dead):
        world.send(*[each.id for each in many])
    world.ledger = FakeLedger(rows=world.ledger.rows)
    world.now.turn(LEASE + timedelta(minutes=5))
    world.sweep()

    assert called == len(world.provider.calls)
    assert {State.SENT: WAVE, State.IN_DOUBT: WAVE, State.REQUESTED: WAVE} == Counter(
        row.state for row in world.rows()
    )


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

    trail = world.trails.kept["message-1"]
    assert (ONE.id, world.now.at) == (trail.notification_id, trail.sent_at)
    assert world.now.at + RECEIPT_RETENTION == trail.expires_at


def test_the_message_id_is_known_before_the_claim_is_settled(world: World) -> None:
    """A receipt may come before the next line is through."""
    world.enter(ONE)
    world.ledger.unavailable = {"settle"}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert ONE.id == world.trails.kept["message-1"].notification_id


def test_a_message_id_that_could_not_be_kept_is_kept_when_the_batch_comes_again(
    world: World,
) -> None:
    """The batch failed, so it does: and the row has the id by then."""
    world.enter(ONE)
    world.trails.unavailable = {"join"}
    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    world.trails.unavailable = set()
    world.send(ONE.id)

    assert {"message-1": ONE.id} == {i: t.notification_id for i, t in world.trails.kept.items()}
    assert {ONE.id: 1} == world.got()


def test_a_claim_is_settled_even_if_its_message_id_could_not_be_kept(world: World) -> None:
    """What the provider answered is known to nobody else."""
    world.enter(ONE)
    world.trails.unavailable = {"join"}

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


# Bugs


@pytest.mark.parametrize("step", ["words", "send_within", "cost"])
def test_a_bug_keeps_back_its_own_notification_alone(
    world: World, monkeypatch: pytest.MonkeyPatch, step: str
) -> None:
    """And leaves it unclaimed, so that it goes out once it is mended."""
    world.enter(ONE, TWO, THREE)
    sender = world.sender(Channel.EMAIL)
    whole = getattr(sender, step)

    def trip_over_the_first(row: Notification, *said: Words) -> object:
        if row.id == ONE.id:
            raise KeyError("brewed")
        return whole(row, *said)

    tripping = replace(sender, **{step: trip_over_the_first})  # type: ignore[arg-type]
    sent = tripping([ONE.id, TWO.id, THREE.id], time_left=world.time_left)

    assert {TWO.id: 1, THREE.id: 1} == world.got()
    assert ({ONE.id}, ["KeyError"], 0) == (set(sent.retry), sent.bugs, sent.skipped)
    assert (State.REQUESTED, 0) == (world.state(ONE.id), world.row(ONE.id).attempts)
    assert 3 == parts(sent)


def test_a_template_that_is_gone_is_no_matter_to_what_has_moved_on(world: World) -> None:
    """A template may go while the last of its messages are still on their way."""
    world.enter(replace(ONE, template="brewed", state=State.SENT))
    sent = world.send(ONE.id)

    assert (1, {}, []) == (sent.skipped, sent.retry, sent.bugs)


def test_a_message_of_another_channel_is_left_to_its_own_sender(world: World) -> None:
    """Only a subscription's filter keeps the two apart, and an operator may edit it."""
    world.enter(TEXT)
    sent = world.send(TEXT.id, channel=Channel.EMAIL)

    assert (1, []) == (sent.skipped, world.provider.calls)
    assert State.REQUESTED == world.state(TEXT.id)
