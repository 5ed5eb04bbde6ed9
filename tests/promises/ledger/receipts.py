"""What every ledger promises of receipts, in memory or in DynamoDB."""

from decimal import Decimal
from itertools import permutations

import pytest
from msgspec.structs import replace

from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import merge_message
from ordercast.sending.outcome import unknown
from ordercast.workflows.ports import Ledger
from tests.examples import notification
from tests.fakes.clock import START
from tests.promises.ledger.steps import (
    LATER,
    ONE,
    TEXT,
    claimed,
    enter,
    merge_state,
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
