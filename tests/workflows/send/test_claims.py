"""A claim precedes each call, and only its owner sends."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime, timedelta

import pytest
from msgspec.structs import replace

from ordercast.errors import LedgerUnavailable
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.bucket import WAVE
from ordercast.sending.claim import Claim, ClaimRequest
from ordercast.sending.in_doubt import LAPSED
from ordercast.sending.outcome import Outcome, Outgoing, Settlement, accepted
from ordercast.templates.rendering import words
from ordercast.templates.words import Words
from ordercast.workflows.send.claims import NOT_CALLED
from ordercast.workflows.send_messages import AT_ONCE
from tests.examples import notification
from tests.fakes.ledger import FakeLedger
from tests.fakes.services import LEASE
from tests.fakes.world import World

ONE, TWO = notification(1), notification(2)

# Whose claim it is


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
def test_no_provider_is_called_while_the_ledger_fails(world: World, trouble: str) -> None:
    world.enter(ONE)
    world.ledger.unavailable = {trouble}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id)
    assert not world.got()


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
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        claims = FakeLedger.claim(self, requests, owner=owner, lease_until=lease_until, now=now)
        return {i: claim for i, claim in claims.items() if i != ONE.id}


class RacedLedger(FakeLedger):
    """One in which notification ONE becomes something else between the look and the claim."""

    becomes: Notification

    def claim(
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        self.rows[ONE.id] = self.becomes
        return FakeLedger.claim(self, requests, owner=owner, lease_until=lease_until, now=now)


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


def test_a_copy_that_finds_its_message_sent_records_whose_it_is(world: World) -> None:
    """Its sender may have failed to, and left this copy as the only one that comes again."""
    world.enter(ONE)
    world.send(ONE.id)
    (recorded,) = world.receipt_logs.kept.values()
    world.receipt_logs.kept.clear()
    done = world.row(ONE.id)
    world.ledger = RacedLedger(rows={ONE.id: ONE})
    world.ledger.becomes = done

    world.send(ONE.id)

    assert [recorded] == list(world.receipt_logs.kept.values())


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


def test_a_failure_with_another_owner_s_row_keeps_back_nothing_of_ours(world: World) -> None:
    world.enter(ONE, TWO)
    claimed_by(world, "other", lease=timedelta())
    world.ledger.unavailable = {"change"}

    with pytest.raises(LedgerUnavailable):
        world.send(ONE.id, TWO.id)
    assert ({TWO.id: 1}, State.SENT) == (world.got(), world.state(TWO.id))


# Crashes


class Dead(BaseException):
    """The process has ended, and writes nothing any more."""


class MortalLedger(FakeLedger):
    """One whose caller dies with the second claim, which is made, or before the second settlement."""

    dies_in = ""

    def claim(
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        claims = FakeLedger.claim(self, requests, owner=owner, lease_until=lease_until, now=now)
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
