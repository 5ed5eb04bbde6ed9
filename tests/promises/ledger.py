"""What every ledger promises, in memory or in DynamoDB."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from itertools import permutations

import pytest

from notifications.lifecycle import CHAINS, FINAL, State
from notifications.notification import Notification, OrderFacts
from notifications.order_event import Channel
from notifications.outcome import (
    Outcome,
    Settlement,
    accepted,
    not_now,
    refused,
    unknown,
)
from notifications.receipt import Receipt
from tests.examples import notification
from tests.fakes.clock import START
from workflows.ports import Ledger

MINUTE = timedelta(minutes=1)
LATER = START + MINUTE
ONE, TWO, THREE = notification(1), notification(2), notification(3)
TEXT = notification(4, Channel.SMS)


def row(ledger: Ledger, one: Notification = ONE) -> Notification:
    """Return the notification as the ledger now has it."""
    return ledger.read(frozenset({one.id}))[one.id]


def claimed(ledger: Ledger, one: Notification = ONE, owner: str = "me") -> Notification:
    """Enter the notification and claim it."""
    ledger.enter([one])
    return ledger.claim([one.id], owner=owner, lease_until=LATER)[one.id]


def settle(ledger: Ledger, outcome: Outcome, one: Notification = ONE, owner: str = "me") -> None:
    """End the owner's claim a minute after the start."""
    ledger.settle([Settlement(notification=one, owner=owner, outcome=outcome, at=LATER)])


def receipt(state: State, one: Notification = ONE) -> Receipt:
    """Say what became of the notification."""
    reason = "bounced" if state is State.FAILED else None
    return Receipt(
        channel=one.channel, message_id="m-1", notification_id=one.id, state=state, reason=reason
    )


def hear(ledger: Ledger, state: State, one: Notification = ONE) -> set[str]:
    """Apply one receipt, a minute after the start."""
    return ledger.apply({one.id: receipt(state, one)}, at=LATER)


class LedgerPromises:
    """Mix in, and say with a fixture which `ledger`."""

    # Entering and reading

    def test_what_is_entered_is_read_back_as_it_was(self, ledger: Ledger) -> None:
        bare = replace(
            ONE,
            order=OrderFacts(order_id="ö 🍵 '\"?"),
            recipient=None,
            consent=None,
            occurred_at=None,
            due_at=None,
            rule="no-contact",
            state=State.SUPPRESSED,
        )
        full = replace(TWO, customer_id="c-1", campaign="spring")
        ledger.enter([bare, full])

        assert {bare.id: bare, full.id: full} == ledger.read(frozenset({bare.id, full.id}))

    def test_instants_are_kept_to_the_millisecond(self, ledger: Ledger) -> None:
        odd = datetime(2026, 3, 2, 9, 30, 0, 123_000, tzinfo=UTC)
        ancient = datetime(1, 1, 1, tzinfo=UTC)
        ledger.enter([replace(ONE, accepted_at=odd, occurred_at=ancient)])

        assert (odd, ancient) == (row(ledger).accepted_at, row(ledger).occurred_at)

    def test_entering_is_answered_for_each_in_order(self, ledger: Ledger) -> None:
        assert [ONE, TWO] == ledger.enter([ONE, TWO])

    def test_who_was_there_first_stays_and_is_the_answer(self, ledger: Ledger) -> None:
        """A redelivery brings the same id with a later time, and finds the first decision."""
        ledger.enter([TWO])
        again = replace(TWO, accepted_at=LATER, recipient="bob@example.com")

        assert [ONE, TWO, THREE] == ledger.enter([ONE, again, THREE])
        assert TWO == row(ledger, TWO)

    def test_entering_again_answers_how_far_it_has_got(self, ledger: Ledger) -> None:
        claimed(ledger)

        assert [State.SENDING] == [each.state for each in ledger.enter([ONE])]

    def test_what_is_not_there_is_not_answered(self, ledger: Ledger) -> None:
        ledger.enter([ONE])

        assert {ONE.id} == ledger.read(frozenset({ONE.id, TWO.id})).keys()

    def test_an_empty_batch_is_nothing_to_do(self, ledger: Ledger) -> None:
        ledger.settle([])

        assert [] == ledger.enter([])
        assert {} == ledger.read(frozenset())
        assert {} == ledger.claim([], owner="me", lease_until=LATER)
        assert set() == ledger.apply({}, at=LATER)
        assert set() == ledger.postpone([])

    def test_a_batch_may_be_larger_than_any_call_takes(self, ledger: Ledger) -> None:
        many = [notification(n) for n in range(130)]
        ids = [each.id for each in many]

        assert many == ledger.enter(many)
        assert many == ledger.enter(many)
        assert set(ids) == ledger.claim(ids, owner="me", lease_until=LATER).keys()
        ledger.settle(
            [Settlement(notification=n, owner="me", outcome=accepted(n.id), at=START) for n in many]
        )
        assert {State.SENT} == {each.state for each in ledger.read(frozenset(ids)).values()}
        delivered = {n.id: receipt(State.DELIVERED, n) for n in many}
        assert set(ids) == ledger.apply(delivered, at=LATER)

    # Claiming

    def test_a_claim_names_its_owner_its_lease_and_its_try(self, ledger: Ledger) -> None:
        mine = claimed(ledger)

        assert (State.SENDING, "me", LATER, 1) == (
            mine.state,
            mine.owner,
            mine.lease_until,
            mine.attempts,
        )
        assert mine == row(ledger)

    def test_a_claim_is_one_owner_s_alone(self, ledger: Ledger) -> None:
        claimed(ledger, owner="first")

        assert {} == ledger.claim([ONE.id], owner="second", lease_until=LATER)
        assert "first" == row(ledger).owner

    def test_an_owner_whose_answer_was_lost_is_told_again(self, ledger: Ledger) -> None:
        first = claimed(ledger)

        assert {ONE.id: first} == ledger.claim([ONE.id], owner="me", lease_until=LATER)

    def test_claims_are_answered_for_those_that_are_free(self, ledger: Ledger) -> None:
        ledger.enter([ONE, TWO, replace(THREE, state=State.SUPPRESSED)])
        ledger.claim([ONE.id], owner="other", lease_until=LATER)
        wanted = [ONE.id, TWO.id, THREE.id, TEXT.id]

        assert {TWO.id} == ledger.claim(wanted, owner="me", lease_until=LATER).keys()

    def test_claiming_what_is_not_there_makes_no_row(self, ledger: Ledger) -> None:
        ledger.claim([ONE.id], owner="me", lease_until=LATER)

        assert {} == ledger.read(frozenset({ONE.id}))

    # Settling

    def test_an_accepted_message_is_sent_under_its_id(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, accepted("m-1"))
        sent = row(ledger)

        assert (State.SENT, "m-1", LATER, None) == (
            sent.state,
            sent.message_id,
            sent.sent_at,
            sent.lease_until,
        )

    def test_a_refused_message_has_failed_for_good_and_says_why(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, refused("MessageRejected"))
        failed = row(ledger)

        assert (State.FAILED, "MessageRejected") == (failed.state, failed.rule)
        assert (LATER, None) == (failed.closed_at, failed.due_at)
        assert {} == ledger.claim([ONE.id], owner="next", lease_until=LATER)

    def test_what_was_not_taken_can_be_claimed_again(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, not_now("Throttling"))
        again = ledger.claim([ONE.id], owner="next", lease_until=LATER)[ONE.id]

        assert ("next", 2) == (again.owner, again.attempts)

    def test_the_reason_of_an_earlier_try_does_not_stick_to_a_sent_message(
        self, ledger: Ledger
    ) -> None:
        claimed(ledger)
        settle(ledger, not_now("Throttling"))
        ledger.claim([ONE.id], owner="next", lease_until=LATER)
        settle(ledger, accepted("m-1"), owner="next")

        assert (State.SENT, None) == (row(ledger).state, row(ledger).rule)

    def test_what_is_in_doubt_can_not_be_claimed(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, unknown("ReadTimeoutError"))

        assert {} == ledger.claim([ONE.id], owner="next", lease_until=LATER)
        assert (State.IN_DOUBT, "ReadTimeoutError") == (row(ledger).state, row(ledger).rule)

    @pytest.mark.parametrize("outcome", [accepted("m-1"), refused("no"), not_now("no")])
    def test_nobody_ends_another_s_claim(self, ledger: Ledger, outcome: Outcome) -> None:
        before = claimed(ledger, owner="first")
        settle(ledger, outcome, owner="second")

        assert before == row(ledger)

    def test_a_receipt_that_was_faster_stands_and_the_message_id_is_added(
        self, ledger: Ledger
    ) -> None:
        claimed(ledger)
        hear(ledger, State.DELIVERED)
        settle(ledger, accepted("m-1"))
        ended = row(ledger)

        assert (State.DELIVERED, "m-1", LATER, None) == (
            ended.state,
            ended.message_id,
            ended.sent_at,
            ended.lease_until,
        )

    @pytest.mark.parametrize("outcome", [refused("no"), not_now("no"), unknown("no")])
    def test_no_settlement_lowers_what_a_receipt_has_said(
        self, ledger: Ledger, outcome: Outcome
    ) -> None:
        claimed(ledger)
        hear(ledger, State.DELIVERED)
        settle(ledger, outcome)

        assert (State.DELIVERED, None) == (row(ledger).state, row(ledger).rule)

    def test_settling_what_is_gone_makes_no_row(self, ledger: Ledger) -> None:
        settle(ledger, accepted("m-1"))

        assert {} == ledger.read(frozenset({ONE.id}))

    # Receipts

    def test_a_receipt_raises_the_state_and_says_so(self, ledger: Ledger) -> None:
        ledger.enter([replace(ONE, state=State.SENT)])

        assert {ONE.id} == hear(ledger, State.DELIVERED)
        assert State.DELIVERED == row(ledger).state

    def test_a_receipt_that_says_nothing_new_changes_nothing(self, ledger: Ledger) -> None:
        ledger.enter([replace(ONE, state=State.SENT)])
        hear(ledger, State.DELIVERED)
        before = row(ledger)

        assert set() == hear(ledger, State.DELIVERED)
        assert set() == hear(ledger, State.SENT)
        assert before == row(ledger)

    @pytest.mark.parametrize("one", [ONE, TEXT], ids=["email", "sms"])
    def test_receipts_in_any_order_end_in_one_row(self, ledger: Ledger, one: Notification) -> None:
        words = [s for s in CHAINS[one.channel] if s in {State.SENT, State.FAILED, State.DELIVERED}]
        ends = set()
        for number, order in enumerate(permutations(words), start=100):
            each = notification(number, one.channel, state=State.IN_DOUBT)
            ledger.enter([each])
            for state in order:
                hear(ledger, state, each)
            ended = row(ledger, each)
            ends.add((ended.state, ended.rule, ended.closed_at, ended.due_at))

        reason = "bounced" if words[-1] is State.FAILED else None
        assert {(words[-1], reason, LATER, None)} == ends

    def test_a_receipt_resolves_a_doubt(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, unknown("ReadTimeoutError"))
        hear(ledger, State.SENT)

        assert (State.SENT, None) == (row(ledger).state, row(ledger).rule)

    def test_a_receipt_neither_revives_nor_invents_a_notification(self, ledger: Ledger) -> None:
        ledger.enter([replace(ONE, state=State.SUPPRESSED)])

        assert set() == hear(ledger, State.DELIVERED)
        assert set() == hear(ledger, State.DELIVERED, TWO)
        assert State.SUPPRESSED == row(ledger).state
        assert {} == ledger.read(frozenset({TWO.id}))

    def test_each_receipt_of_a_batch_concerns_its_own_notification(self, ledger: Ledger) -> None:
        ledger.enter([replace(ONE, state=State.SENT), replace(TWO, state=State.DELIVERED)])
        facts = {n.id: receipt(State.DELIVERED, n) for n in (ONE, TWO)}

        assert {ONE.id} == ledger.apply(facts, at=LATER)

    # Looking again

    def test_what_is_due_is_found_from_its_moment_on(self, ledger: Ledger) -> None:
        ledger.enter([replace(ONE, due_at=START), replace(TWO, due_at=LATER)])

        assert [] == ledger.due(now=START - timedelta(milliseconds=1), limit=10)
        assert [ONE.id] == ledger.due(now=START, limit=10)
        assert {ONE.id, TWO.id} == set(ledger.due(now=LATER, limit=10))

    @pytest.mark.parametrize("state", sorted(FINAL - {State.SUPPRESSED}))
    def test_what_has_ended_is_no_longer_due(self, ledger: Ledger, state: State) -> None:
        ledger.enter([replace(ONE, state=State.SENT)])
        hear(ledger, state)

        assert [] == ledger.due(now=START + timedelta(days=365), limit=10)

    def test_what_is_not_final_stays_due(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, accepted("m-1"))
        hear(ledger, State.SENT)

        assert [ONE.id] == ledger.due(now=START + timedelta(days=365), limit=10)

    def test_no_more_are_due_than_were_asked_for(self, ledger: Ledger) -> None:
        ledger.enter([notification(n) for n in range(20)])

        assert 3 == len(set(ledger.due(now=START + timedelta(days=1), limit=3)))

    def test_everything_due_is_found_in_the_end(self, ledger: Ledger) -> None:
        """A limit bounds a round, and hides nothing for ever."""
        many = {notification(n).id for n in range(20)}
        ledger.enter([notification(n) for n in range(20)])
        now, seen = START + timedelta(days=1), set[str]()
        for _ in range(20):
            due = ledger.due(now=now, limit=8)
            rows = ledger.read(frozenset(due)).values()
            seen |= ledger.postpone([(each, now + MINUTE) for each in rows])

        assert many == seen

    def test_a_postponed_look_comes_when_it_was_postponed_to(self, ledger: Ledger) -> None:
        ledger.enter([ONE])
        now = START + timedelta(hours=1)

        assert {ONE.id} == ledger.postpone([(row(ledger), now + MINUTE)])
        assert [] == ledger.due(now=now, limit=10)
        assert [ONE.id] == ledger.due(now=now + MINUTE, limit=10)
        assert 1 == row(ledger).sweeps

    def test_of_two_who_postpone_only_one_is_told_so(self, ledger: Ledger) -> None:
        ledger.enter([ONE])
        seen = row(ledger)

        assert {ONE.id} == ledger.postpone([(seen, LATER + MINUTE)])
        assert set() == ledger.postpone([(seen, LATER + MINUTE * 2)])
        assert LATER + MINUTE == row(ledger).due_at

    def test_what_ended_meanwhile_is_not_due_again(self, ledger: Ledger) -> None:
        ledger.enter([replace(ONE, state=State.SENT)])
        seen = row(ledger)
        hear(ledger, State.DELIVERED)

        assert set() == ledger.postpone([(seen, LATER)])
        assert row(ledger).due_at is None

    # Versions

    def test_each_change_raises_the_version_by_one(self, ledger: Ledger) -> None:
        versions = [claimed(ledger).version]
        settle(ledger, accepted("m-1"))
        versions.append(row(ledger).version)
        ledger.postpone([(row(ledger), LATER)])
        versions.append(row(ledger).version)
        hear(ledger, State.DELIVERED)
        versions.append(row(ledger).version)

        assert [2, 3, 4, 5] == versions
