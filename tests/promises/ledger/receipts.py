"""What every ledger promises of receipts and of what is due, in memory or in DynamoDB."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from itertools import permutations

import pytest

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import merge_message
from ordercast.sending.outcome import accepted, unknown
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import (
    LATER,
    MINUTE,
    ONE,
    TEXT,
    TWO,
    claimed,
    enter,
    merge_state,
    read,
    row,
    settle,
)


class ReceiptPromises:
    """What a provider says is kept with the row, whole, and joined to what was known."""

    def test_what_is_known_of_a_message_is_read_back_as_it_was_meant(self, ledger: Ledger) -> None:
        enter(ledger, replace(TEXT, state=State.SENT))
        seen = row(ledger, TEXT)
        message = Message(
            state=State.FAILED_FOR_NOW,
            at=LATER,
            reason="Phone is currently unreachable/unavailable",
            price=Decimal("0.00645"),
        )
        after = merge_message(seen, "m-1", message, sent_at=START, delivered_at=LATER)

        assert {TEXT.id} == ledger.change([(seen, after)])
        assert replace(after, version=2) == row(ledger, TEXT)

    def test_a_receipt_that_says_nothing_new_changes_nothing(self, ledger: Ledger) -> None:
        enter(ledger, replace(ONE, state=State.SENT))
        merge_state(ledger, State.DELIVERED)
        before = row(ledger)

        assert set() == merge_state(ledger, State.DELIVERED)
        assert set() == merge_state(ledger, State.SENT)
        assert before == row(ledger)

    @pytest.mark.parametrize("one", [ONE, TEXT], ids=["email", "sms"])
    def test_receipts_in_any_order_end_in_one_row(self, ledger: Ledger, one: Notification) -> None:
        words = (State.SENT, State.FAILED, State.DELIVERED)
        ends = set()
        for number, order in enumerate(permutations(words), start=100):
            each = notification(number, one.channel, state=State.IN_DOUBT)
            enter(ledger, each)
            for state in order:
                merge_state(ledger, state, each)
            ended = row(ledger, each)
            ends.add((ended.state, ended.rule, ended.closed_at, ended.due_at))

        assert {(State.DELIVERED, None, LATER, None)} == ends

    def test_a_receipt_resolves_a_doubt(self, ledger: Ledger) -> None:
        claimed(ledger)
        settle(ledger, unknown("ReadTimeoutError"))
        merge_state(ledger, State.SENT)

        assert (State.SENT, None) == (row(ledger).state, row(ledger).rule)


class DuePromises:
    """What is due is found, once it is and as long as it is."""

    @pytest.mark.parametrize("state", [State.REQUESTED, State.DEFERRED])
    def test_what_is_due_is_found_from_its_moment_on(self, ledger: Ledger, state: State) -> None:
        enter(
            ledger,
            replace(ONE, due_at=START, state=state),
            replace(TWO, due_at=LATER, state=state),
        )

        assert [] == ledger.due(now=START - timedelta(milliseconds=1), limit=10)
        assert [ONE.id] == ledger.due(now=START, limit=10)
        assert {ONE.id, TWO.id} == set(ledger.due(now=LATER, limit=10))

    @pytest.mark.parametrize("state", sorted(FINAL & {*CHANNELS[Channel.EMAIL].states}))
    def test_what_has_ended_is_no_longer_due(self, ledger: Ledger, state: State) -> None:
        enter(ledger, replace(ONE, state=State.SENT))
        merge_state(ledger, state)

        assert [] == ledger.due(now=START + timedelta(days=365), limit=10)

    def test_what_may_still_need_us_stays_due_and_what_was_sent_does_not(
        self, ledger: Ledger
    ) -> None:
        """A round is bounded: what only the carrier can end must not stand in anybody's way."""
        claimed(ledger, ONE)
        claimed(ledger, TWO)
        settle(ledger, accepted("m-1"), ONE)
        settle(ledger, unknown("ReadTimeoutError"), TWO)

        assert [TWO.id] == ledger.due(now=START + timedelta(days=365), limit=10)

    def test_no_more_are_due_than_were_asked_for(self, ledger: Ledger) -> None:
        enter(ledger, *[notification(n) for n in range(20)])

        assert 3 == len(set(ledger.due(now=START + timedelta(days=1), limit=3)))

    def test_everything_due_is_found_in_the_end(self, ledger: Ledger) -> None:
        """A limit bounds a round, and hides nothing for ever."""
        many = [notification(n) for n in range(20)]
        enter(ledger, *many)
        now, seen = START + timedelta(days=1), set[str]()
        for _ in range(20):
            due = set(ledger.due(now=now, limit=8))
            rows = [each for each in read(ledger, *many).values() if each.id in due]
            seen |= ledger.change([(each, replace(each, due_at=now + MINUTE)) for each in rows])

        assert {each.id for each in many} == seen

    def test_a_later_look_comes_when_it_was_put_off_to(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        now = START + timedelta(hours=1)
        seen = row(ledger)
        ledger.change([(seen, replace(seen, due_at=now + MINUTE, sweeps=1))])

        assert [] == ledger.due(now=now, limit=10)
        assert [ONE.id] == ledger.due(now=now + MINUTE, limit=10)
        assert 1 == row(ledger).sweeps

    def test_what_is_due_no_more_is_no_longer_found(self, ledger: Ledger) -> None:
        enter(ledger, ONE)
        seen = row(ledger)
        ledger.change([(seen, replace(seen, state=State.SUPPRESSED, due_at=None))])

        assert [] == ledger.due(now=START + timedelta(days=365), limit=10)
