"""What the senders' queues promise, in memory or in SQS."""

from collections.abc import Callable

from ordercast.events.order_event import Channel, Priority
from ordercast.workflows.ports import WorkQueues

Holding = Callable[[Channel, Priority, int], None]
SMS, EMAIL, HIGH, NORMAL = Channel.SMS, Channel.EMAIL, Priority.HIGH, Priority.NORMAL


class WorkQueuesPromises:
    """Mix in, with fixtures `work_queues`, which are empty, and `hold`, which puts messages there."""

    def test_every_queue_is_counted_and_an_empty_one_holds_nothing(
        self, work_queues: WorkQueues
    ) -> None:
        assert {(c, p): 0 for c in Channel for p in Priority} == work_queues.waiting()

    def test_each_queue_is_counted_by_itself(self, work_queues: WorkQueues, hold: Holding) -> None:
        hold(SMS, NORMAL, 3)
        hold(EMAIL, HIGH, 1)

        assert {(SMS, HIGH): 0, (SMS, NORMAL): 3, (EMAIL, HIGH): 1, (EMAIL, NORMAL): 0} == (
            work_queues.waiting()
        )
