"""A poller of a queue: what closes a batch, and what is deleted after it."""

import json
from typing import Any

import pytest
from support.lanes import (
    ANSWERS,
    NOON,
    SECOND,
    SUCCESS,
    a_mapping,
    failing,
)

from lambda_event_sources.events import QueueMessage
from lambda_event_sources.outcomes import Errored, NotInvoked, Returned
from lambda_event_sources.queues.queue_batcher import Deliver, QueueBatcher, Receive


def message(name: str, *, size: int = 100) -> QueueMessage:
    return QueueMessage(message_id=name, receipt_handle=f"h-{name}", event={}, size=size)


def a_queue(**settings: Any) -> QueueBatcher:
    source = "arn:aws:sqs:us-east-1:000000000000:sms-high"
    return QueueBatcher(a_mapping(source_arn=source, **settings))


def names(messages: tuple[QueueMessage, ...]) -> list[str]:
    return [message.message_id for message in messages]


ABC = (message("a"), message("b"), message("c"))


def test_an_empty_queue_is_polled_for_at_most_ten_messages() -> None:
    assert Receive(up_to=10, until=None) == a_queue(batch_size=100).next_step(now=NOON)
    assert Receive(up_to=5, until=None) == a_queue(batch_size=5).next_step(now=NOON)


def test_without_a_window_a_batch_has_the_messages_of_one_receive() -> None:
    queue = a_queue(batch_size=10)
    queue.put(ABC, now=NOON)

    assert Deliver(messages=ABC) == queue.next_step(now=NOON)
    assert Receive(up_to=10, until=None) == queue.next_step(now=NOON)


def test_a_window_gathers_tens_to_a_batch() -> None:
    queue = a_queue(batch_size=12, max_batching_window=2 * SECOND)
    queue.put([message(f"m{n}") for n in range(10)], now=NOON)
    assert Receive(up_to=2, until=NOON + 2 * SECOND) == queue.next_step(now=NOON)

    queue.put([], now=NOON + SECOND)
    assert Receive(up_to=2, until=NOON + 2 * SECOND) == queue.next_step(now=NOON + SECOND)
    queue.put([message("last"), message("one")], now=NOON + SECOND)

    step = queue.next_step(now=NOON + SECOND)
    assert isinstance(step, Deliver)
    assert 12 == len(step.messages)


def test_the_end_of_the_window_closes_a_batch_of_messages() -> None:
    queue = a_queue(batch_size=100, max_batching_window=2 * SECOND)
    queue.put(ABC, now=NOON)

    assert Deliver(messages=ABC) == queue.next_step(now=NOON + 2 * SECOND)


def test_messages_beyond_six_megabytes_wait_for_the_next_batch() -> None:
    queue = a_queue(batch_size=10, payload_limit=250)
    queue.put(ABC, now=NOON)

    assert Deliver(messages=ABC[:2]) == queue.next_step(now=NOON)
    assert Deliver(messages=ABC[2:]) == queue.next_step(now=NOON)


def test_messages_that_went_through_are_deleted() -> None:
    assert ["a", "b", "c"] == names(a_queue().settle(ABC, SUCCESS))


def test_after_a_partial_answer_all_but_the_named_messages_are_deleted() -> None:
    assert ["a", "c"] == names(a_queue().settle(ABC, failing("b")))


@pytest.mark.parametrize(
    "answer",
    [
        *ANSWERS["complete_failure"],
        *ANSWERS["sqs_only_complete_failure"],
        {"batchItemFailures": [{"itemIdentifier": "a"}, {"itemIdentifier": "unknown"}]},
    ],
)
def test_an_answer_that_cannot_be_read_deletes_no_message(answer: Any) -> None:
    payload = b"{oops" if answer == "<invalid JSON>" else json.dumps(answer).encode()

    assert () == a_queue().settle(ABC, Returned(payload=payload))


@pytest.mark.parametrize("outcome", [Errored(), NotInvoked(reason="throttled")])
def test_an_error_or_a_throttle_deletes_no_message(outcome: Any) -> None:
    assert () == a_queue().settle(ABC, outcome)


def test_without_report_batch_item_failures_a_queues_answer_is_ignored() -> None:
    assert ABC == a_queue(report_batch_item_failures=False).settle(ABC, failing("a"))
