"""Responses of a function, as AWS documents them, and which records are delivered again."""

import json
from typing import Any

import pytest
from support.lanes import (
    ANSWERS,
    SUCCESS,
    a_lane,
    failing,
    play,
    record,
)

from lambda_event_sources.mapping import PAYLOAD_LIMIT
from lambda_event_sources.outcomes import NotInvoked, Returned, rejection_by_size


@pytest.mark.parametrize("answer", [*ANSWERS["complete_success"], ""])
def test_an_empty_or_null_answer_is_complete_success(answer: Any) -> None:
    payload = json.dumps(answer).encode()

    assert [[1, 2]] == play(a_lane(record(1), record(2)), Returned(payload=payload))


def test_no_answer_at_all_is_complete_success() -> None:
    assert [[1]] == play(a_lane(record(1)), Returned(payload=b""))


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
        a_lane(record(1), record(2)), Returned(payload=payload), SUCCESS
    )


def test_an_answer_that_is_not_json_fails_the_whole_batch() -> None:
    assert [[1], [1]] == play(a_lane(record(1)), Returned(payload=b"{oops"), SUCCESS)


def test_the_lowest_failed_number_is_the_checkpoint_and_all_from_it_on_comes_again() -> None:
    lane = a_lane(*map(record, range(1, 6)))

    assert [[1, 2, 3, 4, 5], [3, 4, 5]] == play(lane, failing("4", "3"), SUCCESS)


def test_what_was_settled_behind_the_checkpoint_comes_again() -> None:
    lane = a_lane(*map(record, range(1, 5)))

    assert [[1, 2, 3, 4], [2, 3, 4]] == play(lane, failing("2"), SUCCESS)
    assert lane.is_empty


def test_an_event_of_more_than_six_megabytes_is_refused() -> None:
    assert rejection_by_size(b"x" * PAYLOAD_LIMIT) is None
    assert NotInvoked(reason="RequestTooLarge") == rejection_by_size(b"x" * (PAYLOAD_LIMIT + 1))


def test_the_lowest_number_is_the_smallest_integer_not_the_first_in_the_alphabet() -> None:
    lane = a_lane(record(9), record(10), record(11))

    assert [[9, 10, 11], [9, 10, 11]] == play(lane, failing("10", "9"), SUCCESS)


def test_without_report_batch_item_failures_the_answer_is_ignored() -> None:
    lane = a_lane(record(1), record(2), report_batch_item_failures=False)

    assert [[1, 2]] == play(lane, failing("1"))
    assert lane.is_empty
