"""Settings that AWS refuses are refused by name, for each kind of source."""

from datetime import timedelta
from typing import Any

import pytest
from support.lanes import NOON, SECOND, a_mapping

from lambda_event_sources.limits import InvalidSetting, invalid_settings, validated
from lambda_event_sources.unsupported import unsupported_settings

KINESIS = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:sms-high"
HOUR = timedelta(hours=1)

TAKEN: list[dict[str, Any]] = [
    {"batch_size": 1},
    {"batch_size": 10_000},
    {"max_batching_window": 300 * SECOND},
    {"parallelization_factor": 10},
    {"retry_attempts": 0},
    {"retry_attempts": 10_000},
    {"max_record_age": 60 * SECOND},
    {"max_record_age": 168 * HOUR},
    {"tumbling_window": 900 * SECOND},
    {"starting_position": "LATEST"},
    {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": NOON},
]
REFUSED: list[dict[str, Any]] = [
    {"batch_size": 0},
    {"batch_size": 10_001},
    {"batch_size": 2.5},
    {"max_batching_window": 301 * SECOND},
    {"max_batching_window": -SECOND},
    {"max_batching_window": SECOND / 2},
    {"parallelization_factor": 0},
    {"parallelization_factor": 11},
    {"retry_attempts": -2},
    {"retry_attempts": 10_001},
    {"max_record_age": 59 * SECOND},
    {"max_record_age": -HOUR},
    {"max_record_age": 168 * HOUR + SECOND},
    {"tumbling_window": 901 * SECOND},
    {"starting_position": "latest"},
    {"starting_position": "AT_TIMESTAMP"},
]
QUEUE_REFUSED: list[dict[str, Any]] = [
    {"batch_size": 0},
    {"batch_size": 10_001, "max_batching_window": SECOND},
    {"max_batching_window": 301 * SECOND},
    {"parallelization_factor": 2},
    {"retry_attempts": 1},
    {"max_record_age": HOUR},
    {"bisect_batch_on_error": True},
    {"tumbling_window": SECOND},
    {"starting_position": "LATEST"},
    {"max_concurrency": 1},
    {"max_concurrency": 1001},
]


@pytest.mark.parametrize("settings", TAKEN, ids=str)
def test_the_ends_of_a_range_are_taken(settings: dict[str, Any]) -> None:
    assert {} == invalid_settings(a_mapping(**settings))


@pytest.mark.parametrize("most", [2, 1000])
def test_the_ends_of_a_queue_s_max_concurrency_are_taken(most: int) -> None:
    queue = a_mapping(source_arn=QUEUE, batch_size=10, max_concurrency=most)

    assert {} == invalid_settings(queue)
    assert ["max_concurrency"] == list(invalid_settings(a_mapping(max_concurrency=most)))


@pytest.mark.parametrize("source_arn", [KINESIS, TABLE])
@pytest.mark.parametrize("settings", REFUSED, ids=str)
def test_what_is_beyond_them_is_refused_by_name(settings: dict[str, Any], source_arn: str) -> None:
    assert list(settings) == list(invalid_settings(a_mapping(source_arn=source_arn, **settings)))


@pytest.mark.parametrize("settings", QUEUE_REFUSED, ids=str)
def test_what_a_queue_does_not_have_is_refused_by_name(settings: dict[str, Any]) -> None:
    named = invalid_settings(a_mapping(**{"source_arn": QUEUE, "batch_size": 10, **settings}))

    assert list(settings)[:1] == list(named)


def test_a_queue_s_batch_of_more_than_ten_needs_a_window() -> None:
    eleven = a_mapping(source_arn=QUEUE, batch_size=11)

    assert ["max_batching_window"] == list(invalid_settings(eleven))
    assert {} == invalid_settings(
        a_mapping(source_arn=QUEUE, batch_size=11, max_batching_window=SECOND)
    )
    assert {} == invalid_settings(a_mapping(source_arn=QUEUE, batch_size=10))


def test_a_table_s_stream_does_not_begin_at_a_timestamp() -> None:
    at = {"starting_position": "AT_TIMESTAMP", "starting_position_timestamp": NOON}

    assert ["starting_position"] == list(invalid_settings(a_mapping(source_arn=TABLE, **at)))


@pytest.mark.parametrize("age", [-1, -SECOND])
def test_minus_one_is_no_limit(age: Any) -> None:
    meant = validated(a_mapping(retry_attempts=-1, max_record_age=age))

    assert (None, None) == (meant.retry_attempts, meant.max_record_age)


def test_the_error_is_one_line_with_each_setting_and_its_range() -> None:
    with pytest.raises(InvalidSetting) as complaint:
        validated(a_mapping(batch_size=0, tumbling_window=960 * SECOND))

    assert (
        "batch_size=0: AWS takes 1 to 10,000;"
        " tumbling_window=0:16:00: AWS takes whole seconds, up to 900"
    ) == str(complaint.value)


@pytest.mark.parametrize(
    "setting",
    [
        {"BatchSize": 0},
        {"MaximumBatchingWindowInSeconds": 301},
        {"ParallelizationFactor": 0},
        {"MaximumRetryAttempts": -2},
        {"MaximumRecordAgeInSeconds": 59},
        {"TumblingWindowInSeconds": 901},
        {"StartingPosition": "latest"},
    ],
    ids=str,
)
def test_an_unsupported_setting_is_named_as_in_the_api(setting: dict[str, Any]) -> None:
    assert tuple(setting) == unsupported_settings({"EventSourceArn": KINESIS, **setting})
    assert ("BisectBatchOnFunctionError",) == unsupported_settings(
        {"EventSourceArn": QUEUE, "BisectBatchOnFunctionError": True}
    )


def test_a_queue_that_an_emulator_lists_with_a_beginning_is_driven_all_the_same() -> None:
    """Ministack says LATEST of every mapping that names no place to begin."""
    assert () == unsupported_settings({"EventSourceArn": QUEUE, "StartingPosition": "LATEST"})
