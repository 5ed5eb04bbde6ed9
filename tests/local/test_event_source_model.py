"""Each rule of the event-source model, as AWS documents it."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from local.event_source_model.answers import Answered, NotInvoked, Raised
from local.event_source_model.events import QueueMessage, StreamRecord
from local.event_source_model.give_up import GivenUp
from local.event_source_model.lane import Backoff, Invoke, Lane, OutOfTurn, Wait
from local.event_source_model.mapping import (
    EventSourceMapping,
    is_enabled,
    mapping_of,
    not_modelled,
)
from local.event_source_model.queue import Bring, QueueGatherer, Receive

NOON = datetime(2026, 11, 21, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)
ANSWERS = json.loads(
    (Path(__file__).parents[1] / "recordings/aws/batch_responses.json").read_text()
)


def record(number: int, *, size: int = 100, age: timedelta = timedelta(0)) -> StreamRecord:
    return StreamRecord(sequence_number=str(number), arrived_at=NOON - age, event={}, size=size)


def a_mapping(**settings: Any) -> EventSourceMapping:
    return EventSourceMapping(
        **{
            "uuid": "m-1",
            "source_arn": "arn:aws:kinesis:us-east-1:000000000000:stream/orders",
            "function_arn": "arn:aws:lambda:us-east-1:000000000000:function:relay",
            "batch_size": 100,
            "reports_item_failures": True,
        }
        | settings
    )


def a_lane(*records: StreamRecord, **settings: Any) -> Lane:
    lane = Lane(a_mapping(**settings), backoff=Backoff(first=SECOND, most=4 * SECOND))
    lane.put(records, now=NOON)
    return lane


def failing(*numbers: Any) -> Answered:
    items = [{"itemIdentifier": number} for number in numbers]
    return Answered(payload=json.dumps({"batchItemFailures": items}).encode(), request_id="r-1")


SUCCESS = Answered(payload=b'{"batchItemFailures": []}')


def brought(lane: Lane, *, at: datetime = NOON) -> list[int]:
    """Read the sequence numbers that the lane wants to be brought now."""
    step = lane.next_step(now=at)
    assert isinstance(step, Invoke), step
    return [record.position for record in step.records]


def play(lane: Lane, *outcomes: Any) -> list[Any]:
    """Carry out steps, sitting out every wait, until the outcomes are used up and nothing is due."""
    now, left, story = NOON, list(outcomes), []
    while True:
        step = lane.next_step(now=now)
        match step:
            case Wait(until=None):
                return story
            case Wait(until=until):
                now = until
            case GivenUp():
                story.append((step.condition, [r.position for r in step.records]))
            case Invoke():
                story.append([r.position for r in step.records])
                if not left:
                    return story
                lane.settle(left.pop(0), now=now)


# --- what makes a batch


def test_a_batch_holds_at_most_the_batch_size() -> None:
    assert [[1, 2], [3, 4], [5]] == play(
        a_lane(*map(record, range(1, 6)), batch_size=2), *[SUCCESS] * 3
    )


def test_a_batch_closes_before_it_would_exceed_six_megabytes() -> None:
    almost_half = 3 * 1024 * 1024 - 20
    lane = a_lane(*(record(n, size=almost_half) for n in (1, 2, 3)))

    assert [1, 2] == brought(lane)


def test_a_record_of_exactly_the_limit_fills_a_batch_and_one_byte_more_moves_its_neighbour_on() -> (
    None
):
    # {"Records":[a,b]} is 14 characters, a comma and the two records.
    fits = a_lane(record(1, size=40), record(2, size=45), payload_limit=100)
    exceeds = a_lane(record(1, size=40), record(2, size=46), payload_limit=100)

    assert [1, 2] == brought(fits)
    assert [1] == brought(exceeds)


def test_a_record_too_large_for_any_invocation_is_a_batch_of_its_own() -> None:
    lane = a_lane(record(1, size=500), record(2), payload_limit=100)

    assert [1] == brought(lane)


def test_without_a_window_a_batch_is_what_there_is() -> None:
    assert [1] == brought(a_lane(record(1)))


def test_a_window_gathers_records_from_the_first_one_read() -> None:
    lane = a_lane(record(1), window=5 * SECOND)
    lane.put([record(2)], now=NOON + 3 * SECOND)

    assert Wait(until=NOON + 5 * SECOND) == lane.next_step(now=NOON + 4 * SECOND)
    assert [1, 2] == brought(lane, at=NOON + 5 * SECOND)


def test_a_full_batch_does_not_sit_out_the_window() -> None:
    assert [1, 2] == brought(a_lane(record(1), record(2), batch_size=2, window=60 * SECOND))


def test_a_payload_that_is_full_does_not_sit_out_the_window() -> None:
    lane = a_lane(record(1, size=60), record(2, size=60), payload_limit=100, window=60 * SECOND)

    assert [1] == brought(lane)


def test_the_next_batch_waits_until_the_last_one_is_settled() -> None:
    lane = a_lane(record(1), record(2), batch_size=1)
    lane.next_step(now=NOON)

    with pytest.raises(OutOfTurn):
        lane.next_step(now=NOON)


def test_an_empty_lane_waits_for_records() -> None:
    lane = a_lane()

    assert Wait(until=None) == lane.next_step(now=NOON)
    assert lane.is_empty


def test_a_lane_takes_up_nothing_new_while_a_batch_is_not_done() -> None:
    lane = a_lane(record(1), batch_size=3)
    assert 2 == lane.room

    lane.next_step(now=NOON)
    lane.settle(Raised(), now=NOON)

    assert 0 == lane.room


# --- what an answer means


@pytest.mark.parametrize("answer", [*ANSWERS["complete_success"], ""])
def test_an_empty_or_null_answer_is_complete_success(answer: Any) -> None:
    payload = json.dumps(answer).encode()

    assert [[1, 2]] == play(a_lane(record(1), record(2)), Answered(payload=payload))


def test_no_answer_at_all_is_complete_success() -> None:
    assert [[1]] == play(a_lane(record(1)), Answered(payload=b""))


@pytest.mark.parametrize(
    "answer",
    [
        *ANSWERS["complete_failure"],
        {"batchItemFailures": [{"itemIdentifier": "99"}]},
        {"batchItemFailures": [{"itemIdentifier": 2}]},
        {"batchItemFailures": [{"itemIdentifier": "2"}, {"itemIdentifier": ""}]},
        {"batchItemFailures": ["2"]},
        {"batchItemFailures": "2"},
        {"batchItemFailures": 7},
        "done",
    ],
)
def test_an_answer_that_names_no_record_of_the_batch_fails_all_of_it(answer: Any) -> None:
    payload = json.dumps(answer).encode()

    assert [[1, 2], [1, 2]] == play(
        a_lane(record(1), record(2)), Answered(payload=payload), SUCCESS
    )


def test_an_answer_that_is_not_json_fails_the_whole_batch() -> None:
    assert [[1], [1]] == play(a_lane(record(1)), Answered(payload=b"{oops"), SUCCESS)


def test_the_lowest_failed_number_is_the_checkpoint_and_all_from_it_on_comes_again() -> None:
    lane = a_lane(*map(record, range(1, 6)))

    assert [[1, 2, 3, 4, 5], [3, 4, 5]] == play(lane, failing("4", "3"), SUCCESS)


def test_the_lowest_number_is_the_smallest_integer_not_the_first_in_the_alphabet() -> None:
    lane = a_lane(record(9), record(10), record(11))

    assert [[9, 10, 11], [9, 10, 11]] == play(lane, failing("10", "9"), SUCCESS)


def test_without_report_batch_item_failures_the_answer_is_ignored() -> None:
    lane = a_lane(record(1), record(2), reports_item_failures=False)

    assert [[1, 2]] == play(lane, failing("1"))
    assert lane.is_empty


# --- failing and trying again


def test_an_error_brings_the_same_batch_again() -> None:
    assert [[1, 2], [1, 2]] == play(a_lane(record(1), record(2)), Raised(), SUCCESS)


def test_nothing_overtakes_a_batch_that_is_tried_again() -> None:
    lane = a_lane(record(1), record(2), batch_size=1)

    assert [[1], [1], [1], [2]] == play(lane, Raised(), Raised(), SUCCESS, SUCCESS)


def test_the_waits_between_retries_double_up_to_a_most() -> None:
    lane, now, waits = a_lane(record(1)), NOON, []
    for _ in range(5):
        lane.next_step(now=now)
        lane.settle(Raised(), now=now)
        step = lane.next_step(now=now)
        assert isinstance(step, Wait)
        assert step.until is not None
        waits.append(step.until - now)
        now = step.until

    assert [1 * SECOND, 2 * SECOND, 4 * SECOND, 4 * SECOND, 4 * SECOND] == waits


def test_bisect_splits_a_failed_batch_and_brings_the_first_half_first() -> None:
    lane = a_lane(*map(record, range(1, 6)), bisects=True)

    assert [[1, 2, 3, 4, 5], [1, 2, 3], [1, 2], [3], [4, 5]] == play(
        lane, Raised(), Raised(), SUCCESS, SUCCESS, SUCCESS
    )


def test_bisect_uses_up_no_retry() -> None:
    lane = a_lane(*map(record, range(1, 5)), bisects=True, max_retries=1)

    story = play(lane, Raised(), Raised(), Raised(), Raised(), SUCCESS, SUCCESS)

    gave_up = ("RetryAttemptsExhausted", [1])
    assert [[1, 2, 3, 4], [1, 2], [1], [1], gave_up, [2], [3, 4]] == story


def test_bisect_also_splits_a_batch_whose_answer_names_no_record() -> None:
    lane = a_lane(record(1), record(2), bisects=True)

    assert [[1, 2], [1], [2]] == play(lane, failing(""), SUCCESS, SUCCESS)


def test_with_bisect_a_partial_answer_splits_at_its_checkpoint() -> None:
    lane = a_lane(*map(record, range(1, 6)), bisects=True)

    assert [[1, 2, 3, 4, 5], [4, 5]] == play(lane, failing("4"), SUCCESS)


def test_retries_are_counted_beside_the_first_invocation() -> None:
    lane = a_lane(record(1), max_retries=2)

    assert [[1], [1], [1], ("RetryAttemptsExhausted", [1])] == play(lane, *[Raised()] * 3)


def test_no_retries_means_one_invocation() -> None:
    lane = a_lane(record(1), record(2), batch_size=1, max_retries=0)

    assert [[1], ("RetryAttemptsExhausted", [1]), [2]] == play(lane, Raised(), SUCCESS)


def test_after_partial_answers_only_what_is_left_is_given_up() -> None:
    """As recorded on AWS: six records, batches of three, the sixth fails, three retries."""
    lane = a_lane(*map(record, range(1, 7)), batch_size=3, max_retries=3)
    lane.next_step(now=NOON)
    lane.settle(SUCCESS, now=NOON)
    now = NOON
    for _ in range(4):
        lane.next_step(now=now)
        lane.settle(failing("6"), now=now)
        now += 10 * SECOND

    given_up = lane.next_step(now=now)

    assert (
        GivenUp(
            records=(record(6),),
            condition="RetryAttemptsExhausted",
            invocations=4,
            request_id="r-1",
            function_error=None,
        )
        == given_up
    )


def test_unlimited_retries_go_on() -> None:
    lane = a_lane(record(1), max_retries=None)

    assert [[1]] * 51 == play(lane, *[Raised()] * 50)


def test_a_batch_given_up_after_errors_names_the_error() -> None:
    lane = a_lane(record(1), max_retries=0)
    lane.next_step(now=NOON)
    lane.settle(Raised(error="Unhandled", request_id="r-2"), now=NOON)

    given_up = lane.next_step(now=NOON)

    assert isinstance(given_up, GivenUp)
    assert ("Unhandled", "r-2", 1) == (
        given_up.function_error,
        given_up.request_id,
        given_up.invocations,
    )


def test_what_was_not_invoked_is_tried_again_and_uses_up_no_retry() -> None:
    lane = a_lane(record(1), max_retries=0)

    throttled = NotInvoked(reason="throttled")
    assert [[1]] * 4 == play(lane, throttled, throttled, throttled, SUCCESS)
    assert lane.is_empty


def test_what_was_not_invoked_is_not_split() -> None:
    lane = a_lane(record(1), record(2), bisects=True)

    assert [[1, 2], [1, 2]] == play(lane, NotInvoked(reason="throttled"), SUCCESS)


def test_waits_after_throttles_double_too_and_the_batch_stays_first() -> None:
    lane = a_lane(record(1), record(2), batch_size=1)
    for at, until in ((NOON, NOON + SECOND), (NOON + SECOND, NOON + 3 * SECOND)):
        assert [1] == brought(lane, at=at)
        lane.settle(NotInvoked(reason="throttled"), now=at)
        assert Wait(until=until) == lane.next_step(now=at)


# --- age


def test_records_older_than_the_maximum_age_are_given_up_before_an_invocation() -> None:
    old, young = record(1, age=61 * SECOND), record(2, age=60 * SECOND)
    lane = a_lane(old, young, max_age=60 * SECOND)

    given_up = lane.next_step(now=NOON)

    assert GivenUp(records=(old,), condition="RecordAgeExceeded", invocations=0) == given_up
    assert [2] == brought(lane)


def test_an_old_record_behind_a_younger_one_is_given_up_in_its_turn() -> None:
    lane = a_lane(record(1), record(2, age=90 * SECOND), record(3), max_age=60 * SECOND)

    assert [[1], ("RecordAgeExceeded", [2]), [3]] == play(lane, SUCCESS, SUCCESS)


def test_retries_end_when_the_records_become_too_old() -> None:
    lane = a_lane(record(1), max_age=10 * SECOND)

    story = play(lane, *[Raised()] * 20)

    assert ("RecordAgeExceeded", [1]) == story[-1]
    assert [[1]] * (len(story) - 1) == story[:-1]
    assert lane.is_empty


def test_throttling_ends_at_the_maximum_age_too() -> None:
    story = play(a_lane(record(1), max_age=10 * SECOND), *[NotInvoked(reason="throttled")] * 20)

    assert ("RecordAgeExceeded", [1]) == story[-1]


def test_without_a_maximum_age_old_records_are_brought() -> None:
    assert [1] == brought(a_lane(record(1, age=timedelta(days=7))))


# --- how far it has come


def test_the_checkpoint_is_the_last_record_before_the_first_that_is_not_done() -> None:
    lane = a_lane(*map(record, range(1, 6)), max_retries=0)
    assert "" == lane.checkpoint

    lane.next_step(now=NOON)
    lane.settle(failing("3"), now=NOON)
    assert "2" == lane.checkpoint


def test_the_checkpoint_moves_past_what_was_given_up() -> None:
    lane = a_lane(record(1), record(2), max_retries=0)
    play(lane, Raised())

    assert "2" == lane.checkpoint


def test_the_checkpoint_stays_while_the_second_half_of_a_split_is_not_done() -> None:
    lane = a_lane(*map(record, range(1, 5)), bisects=True)
    play(lane, Raised(), SUCCESS)

    assert "2" == lane.checkpoint


# --- queues


def message(name: str, *, size: int = 100) -> QueueMessage:
    return QueueMessage(message_id=name, receipt_handle=f"h-{name}", event={}, size=size)


def a_queue(**settings: Any) -> QueueGatherer:
    source = "arn:aws:sqs:us-east-1:000000000000:sms-high"
    return QueueGatherer(a_mapping(source_arn=source, **settings))


def names(messages: tuple[QueueMessage, ...]) -> list[str]:
    return [message.message_id for message in messages]


ABC = (message("a"), message("b"), message("c"))


def test_an_empty_queue_is_asked_at_leisure_for_at_most_ten() -> None:
    assert Receive(up_to=10, until=None) == a_queue(batch_size=100).next_step(now=NOON)
    assert Receive(up_to=5, until=None) == a_queue(batch_size=5).next_step(now=NOON)


def test_without_a_window_a_batch_of_messages_is_what_one_receive_brought() -> None:
    queue = a_queue(batch_size=10)
    queue.put(ABC, now=NOON)

    assert Bring(messages=ABC) == queue.next_step(now=NOON)
    assert Receive(up_to=10, until=None) == queue.next_step(now=NOON)


def test_a_window_gathers_tens_to_a_batch() -> None:
    queue = a_queue(batch_size=12, window=2 * SECOND)
    queue.put([message(f"m{n}") for n in range(10)], now=NOON)
    assert Receive(up_to=2, until=NOON + 2 * SECOND) == queue.next_step(now=NOON)

    queue.put([], now=NOON + SECOND)
    assert Receive(up_to=2, until=NOON + 2 * SECOND) == queue.next_step(now=NOON + SECOND)
    queue.put([message("last"), message("one")], now=NOON + SECOND)

    step = queue.next_step(now=NOON + SECOND)
    assert isinstance(step, Bring)
    assert 12 == len(step.messages)


def test_the_end_of_the_window_closes_a_batch_of_messages() -> None:
    queue = a_queue(batch_size=100, window=2 * SECOND)
    queue.put(ABC, now=NOON)

    assert Bring(messages=ABC) == queue.next_step(now=NOON + 2 * SECOND)


def test_messages_beyond_six_megabytes_wait_for_the_next_batch() -> None:
    queue = a_queue(batch_size=10, payload_limit=250)
    queue.put(ABC, now=NOON)

    assert Bring(messages=ABC[:2]) == queue.next_step(now=NOON)
    assert Bring(messages=ABC[2:]) == queue.next_step(now=NOON)


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

    assert () == a_queue().settle(ABC, Answered(payload=payload))


@pytest.mark.parametrize("outcome", [Raised(), NotInvoked(reason="throttled")])
def test_an_error_or_a_throttle_deletes_no_message(outcome: Any) -> None:
    assert () == a_queue().settle(ABC, outcome)


def test_without_report_batch_item_failures_a_queues_answer_is_ignored() -> None:
    assert ABC == a_queue(reports_item_failures=False).settle(ABC, failing("a"))


# --- what was deployed


def test_a_mapping_is_read_as_lambda_lists_it() -> None:
    mapping = mapping_of(
        {
            "UUID": "u-1",
            "EventSourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026",
            "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:analytics",
            "BatchSize": 500,
            "MaximumBatchingWindowInSeconds": 1,
            "StartingPosition": "TRIM_HORIZON",
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 10,
            "MaximumRecordAgeInSeconds": 3600,
            "FunctionResponseTypes": ["ReportBatchItemFailures"],
            "DestinationConfig": {"OnFailure": {"Destination": "arn:aws:s3:::parked"}},
        }
    )

    assert (
        EventSourceMapping(
            uuid="u-1",
            source_arn="arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026",
            function_arn="arn:aws:lambda:us-east-1:000000000000:function:analytics",
            batch_size=500,
            window=SECOND,
            reports_item_failures=True,
            starting_position="TRIM_HORIZON",
            bisects=True,
            max_retries=10,
            max_age=timedelta(hours=1),
            failure_destination="arn:aws:s3:::parked",
        )
        == mapping
    )


def test_minus_one_means_without_limit() -> None:
    mapping = mapping_of(
        {
            "UUID": "u-1",
            "EventSourceArn": "arn:aws:kinesis:us-east-1:000000000000:stream/orders",
            "FunctionArn": "f",
            "MaximumRetryAttempts": -1,
            "MaximumRecordAgeInSeconds": -1,
        }
    )

    assert (None, None, 100) == (mapping.max_retries, mapping.max_age, mapping.batch_size)


def test_a_disabled_mapping_is_left_alone() -> None:
    assert is_enabled({"State": "Enabled"})
    assert not is_enabled({"State": "Disabled"})
    assert not is_enabled({"State": "Enabled", "Enabled": False})


@pytest.mark.parametrize(
    "setting",
    [
        {"FilterCriteria": {"Filters": [{"Pattern": "{}"}]}},
        {"TumblingWindowInSeconds": 60},
        {"StartingPositionTimestamp": NOON},
    ],
)
def test_a_setting_that_the_model_does_not_follow_is_named(setting: Any) -> None:
    assert tuple(setting) == not_modelled(setting)
    assert () == not_modelled({"ParallelizationFactor": 4, "FilterCriteria": {"Filters": []}})
