"""What every queue of receipts promises, in memory or in SQS."""

from collections.abc import Callable

from workflows.ports import ReceiptQueue

Arrival = Callable[[], None]


class ReceiptQueuePromises:
    """Mix in, and say with fixtures which `receipts`, and how one does `arrive` and is `taken`."""

    def test_a_queue_that_nobody_wrote_to_is_drained(self, receipts: ReceiptQueue) -> None:
        assert receipts.is_drained()

    def test_a_receipt_that_waits_may_be_the_word_we_wait_for(
        self, receipts: ReceiptQueue, arrive: Arrival
    ) -> None:
        arrive()

        assert not receipts.is_drained()

    def test_a_receipt_that_somebody_works_on_is_not_applied_yet(
        self, receipts: ReceiptQueue, arrive: Arrival, taken: Arrival
    ) -> None:
        arrive()
        taken()

        assert not receipts.is_drained()
