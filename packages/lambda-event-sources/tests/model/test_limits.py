"""What AWS refuses when a mapping is made is refused here too, by name, for each kind of source."""

from datetime import timedelta
from typing import Any

import pytest
from support.playing import NOON, SECOND, a_mapping

from lambda_event_sources.limits import SettingRefused, checked, out_of_range
from lambda_event_sources.unsupported import refused

KINESIS = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"
TABLE = "arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026"
QUEUE = "arn:aws:sqs:us-east-1:000000000000:sms-high"
HOUR = timedelta(hours=1)

TAKEN: list[dict[str, Any]] = [
    {"batch_size": 1},
    {"batch_size": 10_000},
    {"window": 300 * SECOND},
    {"parallelization": 10},
    {"max_retries": 0},
    {"max_retries": 10_000},
    {"max_age": 60 * SECOND},
    {"max_age": 168 * HOUR},
    {"tumbling_window": 900 * SECOND},
    {"starting_position": "LATEST"},
    {"starting_position": "AT_TIMESTAMP", "starting_at": NOON},
]
REFUSED: list[dict[str, Any]] = [
    {"batch_size": 0},
    {"batch_size": 10_001},
    {"batch_size": 2.5},
    {"window": 301 * SECOND},
    {"window": -SECOND},
    {"window": SECOND / 2},
    {"parallelization": 0},
    {"parallelization": 11},
    {"max_retries": -2},
    {"max_retries": 10_001},
    {"max_age": 59 * SECOND},
    {"max_age": -HOUR},
    {"max_age": 168 * HOUR + SECOND},
    {"tumbling_window": 901 * SECOND},
    {"starting_position": "latest"},
    {"starting_position": "AT_TIMESTAMP"},
]
QUEUE_REFUSED: list[dict[str, Any]] = [
    {"batch_size": 0},
    {"batch_size": 10_001, "window": SECOND},
    {"window": 301 * SECOND},
    {"parallelization": 2},
    {"max_retries": 1},
    {"max_age": HOUR},
    {"bisects": True},
    {"tumbling_window": SECOND},
    {"starting_position": "LATEST"},
]


@pytest.mark.parametrize("settings", TAKEN, ids=str)
def test_the_ends_of_a_range_are_taken(settings: dict[str, Any]) -> None:
    assert {} == out_of_range(a_mapping(**settings))


@pytest.mark.parametrize("source_arn", [KINESIS, TABLE])
@pytest.mark.parametrize("settings", REFUSED, ids=str)
def test_what_is_beyond_them_is_refused_by_name(settings: dict[str, Any], source_arn: str) -> None:
    assert list(settings) == list(out_of_range(a_mapping(source_arn=source_arn, **settings)))


@pytest.mark.parametrize("settings", QUEUE_REFUSED, ids=str)
def test_what_a_queue_does_not_have_is_refused_by_name(settings: dict[str, Any]) -> None:
    named = out_of_range(a_mapping(**{"source_arn": QUEUE, "batch_size": 10, **settings}))

    assert list(settings)[:1] == list(named)


def test_a_queue_s_batch_of_more_than_ten_needs_a_window() -> None:
    eleven = a_mapping(source_arn=QUEUE, batch_size=11)

    assert ["window"] == list(out_of_range(eleven))
    assert {} == out_of_range(a_mapping(source_arn=QUEUE, batch_size=11, window=SECOND))
    assert {} == out_of_range(a_mapping(source_arn=QUEUE, batch_size=10))


def test_a_table_s_stream_does_not_begin_at_a_timestamp() -> None:
    at = {"starting_position": "AT_TIMESTAMP", "starting_at": NOON}

    assert ["starting_position"] == list(out_of_range(a_mapping(source_arn=TABLE, **at)))


@pytest.mark.parametrize("age", [-1, -SECOND])
def test_minus_one_is_no_limit(age: Any) -> None:
    meant = checked(a_mapping(max_retries=-1, max_age=age))

    assert (None, None) == (meant.max_retries, meant.max_age)


def test_the_complaint_is_one_line_with_each_setting_and_what_it_may_be() -> None:
    with pytest.raises(SettingRefused) as complaint:
        checked(a_mapping(batch_size=0, tumbling_window=960 * SECOND))

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
def test_the_local_cloud_names_it_as_the_api_does(setting: dict[str, Any]) -> None:
    assert tuple(setting) == refused({"EventSourceArn": KINESIS, **setting})
    assert ("BisectBatchOnFunctionError",) == refused(
        {"EventSourceArn": QUEUE, "BisectBatchOnFunctionError": True}
    )


def test_a_queue_that_an_emulator_lists_with_a_beginning_is_driven_all_the_same() -> None:
    """Ministack says LATEST of every mapping that names no place to begin."""
    assert () == refused({"EventSourceArn": QUEUE, "StartingPosition": "LATEST"})
