"""What every queue of receipts promises, in memory or in SQS."""

from collections.abc import Callable
from datetime import timedelta

from ordercast.workflows.ports import ReceiptQueue
from tests.fakes.clock import START

InboundEvent = Callable[[], None]
NOW = START + timedelta(hours=1)


class ReceiptQueuePromises:
    """Mix in, and say with fixtures which `receipts`, and how one does `arrive` and is `taken`."""

    def test_of_a_queue_that_nobody_wrote_to_all_has_been_applied(
        self, receipts: ReceiptQueue
    ) -> None:
        until = receipts.applied_until(now=NOW)

        assert until is not None
        assert NOW - timedelta(minutes=2) < until <= NOW

    def test_a_receipt_that_waits_may_be_the_word_we_wait_for(
        self, receipts: ReceiptQueue, arrive: InboundEvent
    ) -> None:
        arrive()
        until = receipts.applied_until(now=NOW)

        assert until is None or until <= START

    def test_a_receipt_that_somebody_works_on_is_not_applied_yet(
        self, receipts: ReceiptQueue, arrive: InboundEvent, taken: InboundEvent
    ) -> None:
        arrive()
        taken()
        until = receipts.applied_until(now=NOW)

        assert until is None or until <= START
