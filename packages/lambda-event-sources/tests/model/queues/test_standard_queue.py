"""The queue in memory behaves like SQS: visibility, receive counts, dead letters."""

from datetime import timedelta
from typing import Any

from support.lanes import NOON, SECOND

from lambda_event_sources.queues.standard_queue import StandardQueue

MINUTE = timedelta(minutes=1)


def a_queue(*bodies: str, **settings: Any) -> StandardQueue:
    queue = StandardQueue(**dict[str, Any](name="sms-high", visibility_timeout=MINUTE) | settings)
    for body in bodies:
        queue.send(body, now=NOON)
    return queue


def received(queue: StandardQueue, *, at: timedelta = timedelta()) -> list[tuple[str, str]]:
    """Receive up to ten; return each body with its receive count."""
    return [
        (message.event["body"], message.event["attributes"]["ApproximateReceiveCount"])
        for message in queue.receive(10, now=NOON + at)
    ]


def test_a_received_message_is_hidden_until_its_time_out_ends_and_then_counts_again() -> None:
    queue = a_queue("a")

    assert [("a", "1")] == received(queue)
    assert [] == received(queue, at=MINUTE - SECOND)
    assert [("a", "2")] == received(queue, at=MINUTE)


def test_a_delayed_message_is_hidden_at_first() -> None:
    queue = a_queue()
    queue.send("a", now=NOON, after=5 * SECOND)

    assert [] == received(queue)
    assert [("a", "1")] == received(queue, at=5 * SECOND)


def test_one_message_can_have_a_visibility_of_its_own() -> None:
    queue = a_queue("a", "b")
    first, _ = queue.receive(10, now=NOON)

    queue.change_visibility(first.receipt_handle, 5 * SECOND, now=NOON)

    assert [("a", "2")] == received(queue, at=5 * SECOND)


def test_what_is_deleted_does_not_come_back() -> None:
    queue = a_queue("a", "b")
    queue.delete(queue.receive(1, now=NOON))

    assert [("b", "1")] == received(queue, at=MINUTE)


def test_the_handle_of_an_earlier_receive_deletes_nothing() -> None:
    queue = a_queue("a")
    earlier = queue.receive(1, now=NOON)
    queue.receive(1, now=NOON + MINUTE)

    queue.delete(earlier)

    assert [("a", "3")] == received(queue, at=2 * MINUTE)


def test_the_handle_of_an_earlier_receive_changes_no_visibility() -> None:
    queue = a_queue("a")
    (earlier,) = queue.receive(1, now=NOON)
    queue.receive(1, now=NOON + MINUTE)

    queue.change_visibility(earlier.receipt_handle, 0 * SECOND, now=NOON + MINUTE)

    assert [] == received(queue, at=MINUTE)


def test_a_message_says_when_it_was_first_received_however_often_it_was() -> None:
    queue = a_queue("a")
    queue.receive(1, now=NOON)

    (again,) = queue.receive(1, now=NOON + MINUTE)

    first = again.event["attributes"]["ApproximateFirstReceiveTimestamp"]
    assert str(round(NOON.timestamp() * 1000)) == first


def test_what_was_received_too_often_goes_to_the_dead_letters() -> None:
    queue = a_queue("a", max_receive_count=2)
    assert [("a", "1")] == received(queue)
    assert [("a", "2")] == received(queue, at=MINUTE)

    assert [] == received(queue, at=2 * MINUTE)
    assert ["a"] == [message.body for message in queue.dead_letters]


def test_a_dead_letter_makes_room_for_the_next_message() -> None:
    queue = a_queue("a", "b", max_receive_count=1)
    queue.receive(1, now=NOON)

    assert ["b"] == [m.event["body"] for m in queue.receive(1, now=NOON + MINUTE)]


def test_dead_letters_that_are_redriven_begin_anew_and_keep_their_age() -> None:
    queue = a_queue("a", max_receive_count=1)
    queue.receive(1, now=NOON)
    queue.receive(1, now=NOON + MINUTE)

    assert 1 == queue.redrive(now=NOON + MINUTE)

    assert [("a", "1")] == received(queue, at=MINUTE)
    assert NOON == queue.messages[0].sent_at
    assert [] == queue.dead_letters


def test_what_is_older_than_the_retention_is_gone() -> None:
    queue = a_queue("a", retention=timedelta(hours=1))

    assert [] == received(queue, at=timedelta(hours=1, seconds=1))
