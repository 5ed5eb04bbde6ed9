"""The FIFO queue in memory and a poller of it: groups stay in order through failures."""

from datetime import timedelta
from typing import Any

import pytest
from support.doubles import recording
from support.lanes import NOON, SECOND, SUCCESS, a_mapping, failing

from lambda_event_sources.events import QueueMessage
from lambda_event_sources.outcomes import Errored
from lambda_event_sources.queues.fifo_queue import FifoQueue
from lambda_event_sources.queues.queue_batcher import (
    Deliver,
    InvalidFifoMapping,
    QueueBatcher,
    Receive,
)

MINUTE = timedelta(minutes=1)


def a_queue(*sent: tuple[str, str], **settings: Any) -> FifoQueue:
    """Make a queue of messages, each a group and a body."""
    queue = FifoQueue(**dict[str, Any](name="orders.fifo", visibility_timeout=MINUTE) | settings)
    for group, body in sent:
        queue.send(body, now=NOON, group=group)
    return queue


def a_poller(**settings: Any) -> QueueBatcher:
    source = "arn:aws:sqs:us-east-1:000000000000:orders.fifo"
    return QueueBatcher(a_mapping(**{"source_arn": source, "batch_size": 10} | settings))


def bodies(messages: Any) -> list[str]:
    return [message.event["body"] for message in messages]


def test_a_group_s_messages_are_received_in_the_order_in_which_they_were_sent() -> None:
    queue = a_queue(("g", "1"), ("h", "2"), ("g", "3"), ("g", "4"))

    assert ["1", "3"] == bodies(queue.receive(2, now=NOON))
    assert ["2"] == bodies(queue.receive(2, now=NOON))
    assert ["1", "3", "4", "2"] == bodies(queue.receive(10, now=NOON + MINUTE))


def test_while_a_message_of_a_group_is_received_no_other_of_it_is() -> None:
    queue = a_queue(("g", "1"), ("g", "2"), ("h", "3"))
    (first,) = queue.receive(1, now=NOON)

    assert ["3"] == bodies(queue.receive(10, now=NOON))
    assert NOON + MINUTE == queue.next_visible_at()
    queue.delete([first])
    assert ["2"] == bodies(queue.receive(10, now=NOON))


def test_a_group_is_held_until_its_last_received_message_is_visible_again() -> None:
    queue = a_queue(("g", "1"), ("g", "2"))
    _, second = queue.receive(2, now=NOON)
    queue.change_visibility(second.receipt_handle, 5 * MINUTE, now=NOON)

    assert [] == bodies(queue.receive(10, now=NOON + MINUTE))
    assert NOON + 5 * MINUTE == queue.next_visible_at()
    assert ["1", "2"] == bodies(queue.receive(10, now=NOON + 5 * MINUTE))


def test_a_message_sent_again_within_five_minutes_is_not_delivered_again() -> None:
    queue = a_queue()
    first = queue.send("a", now=NOON, group="g", deduplication="d")

    assert first == queue.send("b", now=NOON + 5 * MINUTE, group="h", deduplication="d")
    assert first != queue.send("c", now=NOON + 5 * MINUTE + SECOND, group="g", deduplication="d")
    queue.send("d", now=NOON, group="g")
    queue.send("d", now=NOON, group="g")
    assert ["a", "c", "d"] == bodies(queue.receive(10, now=NOON + 6 * MINUTE))


def test_when_its_first_message_is_a_dead_letter_the_group_goes_on() -> None:
    queue = a_queue(("g", "1"), ("g", "2"), max_receive_count=1)
    queue.receive(1, now=NOON)

    assert ["2"] == bodies(queue.receive(10, now=NOON + MINUTE))
    assert ["1"] == [message.body for message in queue.dead_letters]


def test_a_fifo_queue_s_message_has_the_attributes_that_aws_gives_it() -> None:
    (documented,) = recording("sqs_fifo_event_doc")["Records"]
    (message,) = a_queue(("1", "Test message.")).receive(1, now=NOON)

    given = message.event["attributes"]
    assert documented["attributes"].keys() == given.keys()
    assert documented["attributes"]["SequenceNumber"] == given["SequenceNumber"]
    assert "1" == message.group == given["MessageGroupId"]
    assert documented["md5OfBody"] != given["MessageDeduplicationId"]


@pytest.mark.parametrize("setting", [{"batch_size": 11}, {"max_batching_window": SECOND}])
def test_a_batch_of_a_fifo_queue_has_ten_messages_at_most_and_no_window(setting: Any) -> None:
    with pytest.raises(InvalidFifoMapping):
        a_poller(**setting)

    assert Receive(up_to=10, until=None) == a_poller().next_step(now=NOON)


def gathered(poller: QueueBatcher, queue: FifoQueue) -> tuple[QueueMessage, ...]:
    """Let a poller take all that it can and deliver its first batch."""
    poller.put(queue.receive(10, now=NOON), now=NOON)
    step = poller.next_step(now=NOON)
    assert isinstance(step, Deliver)
    return step.messages


def two_a_batch(queue: FifoQueue) -> QueueBatcher:
    (probe,) = a_queue(("g", "1")).receive(1, now=NOON)
    assert len(queue.messages) > 2
    return a_poller(payload_limit=2 * probe.size + 50)


@pytest.mark.parametrize("how", ["named", "raised"])
def test_a_poller_lets_go_of_messages_of_a_group_that_failed(how: str) -> None:
    queue = a_queue(("g", "1"), ("g", "2"), ("g", "3"), ("h", "4"))
    poller = two_a_batch(queue)
    batch = gathered(poller, queue)
    assert ["1", "2"] == bodies(batch)

    poller.settle(batch, failing(batch[1].message_id) if how == "named" else Errored())

    step = poller.next_step(now=NOON)
    assert isinstance(step, Deliver)
    assert ["4"] == bodies(step.messages)
    assert isinstance(poller.next_step(now=NOON), Receive)


def test_when_nothing_is_left_of_what_a_poller_held_it_receives() -> None:
    queue = a_queue(("g", "1"), ("g", "2"), ("g", "3"))
    poller = two_a_batch(queue)

    poller.settle(gathered(poller, queue), Errored())

    assert isinstance(poller.next_step(now=NOON), Receive)


def test_what_a_poller_still_holds_of_a_group_that_went_through_follows() -> None:
    queue = a_queue(("g", "1"), ("g", "2"), ("g", "3"))
    poller = two_a_batch(queue)
    batch = gathered(poller, queue)

    assert batch == poller.settle(batch, SUCCESS)

    step = poller.next_step(now=NOON)
    assert isinstance(step, Deliver)
    assert ["3"] == bodies(step.messages)


def test_a_message_that_is_not_named_is_deleted_though_one_before_it_in_its_group_failed() -> None:
    queue = a_queue(("g", "1"), ("g", "2"), ("g", "3"))
    poller = a_poller()
    batch = gathered(poller, queue)

    assert ["1", "3"] == bodies(poller.settle(batch, failing(batch[1].message_id)))
