"""Reading a listed mapping, and naming its unsupported settings."""

from datetime import timedelta
from typing import Any

import pytest
from support.lanes import NOON, SECOND

from lambda_event_sources.mapping import EventSourceMapping, is_enabled, mapping_of
from lambda_event_sources.unsupported import unsupported_settings


def test_a_mapping_is_read_as_lambda_lists_it() -> None:
    mapping = mapping_of(
        {
            "UUID": "u-1",
            "EventSourceArn": "arn:aws:dynamodb:us-east-1:000000000000:table/ledger/stream/2026",
            "FunctionArn": "arn:aws:lambda:us-east-1:000000000000:function:analytics",
            "BatchSize": 500,
            "MaximumBatchingWindowInSeconds": 1,
            "StartingPosition": "TRIM_HORIZON",
            "ParallelizationFactor": 2,
            "BisectBatchOnFunctionError": True,
            "MaximumRetryAttempts": 10,
            "MaximumRecordAgeInSeconds": 3600,
            "TumblingWindowInSeconds": 120,
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
            max_batching_window=SECOND,
            report_batch_item_failures=True,
            starting_position="TRIM_HORIZON",
            parallelization_factor=2,
            bisect_batch_on_error=True,
            retry_attempts=10,
            max_record_age=timedelta(hours=1),
            tumbling_window=timedelta(minutes=2),
            on_failure_destination="arn:aws:s3:::parked",
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

    assert (None, None, 100) == (mapping.retry_attempts, mapping.max_record_age, mapping.batch_size)


def test_no_retries_are_none_and_not_without_limit() -> None:
    entry = {"UUID": "u-1", "EventSourceArn": STREAM, "FunctionArn": "f"}
    mapping = mapping_of({**entry, "MaximumRetryAttempts": 0, "MaximumRecordAgeInSeconds": 60})

    assert (0, 60 * SECOND) == (mapping.retry_attempts, mapping.max_record_age)


def test_a_queue_s_batch_has_ten_messages_where_nothing_is_said() -> None:
    queue = "arn:aws:sqs:us-east-1:000000000000:sms-high"

    assert 10 == mapping_of({"UUID": "u", "EventSourceArn": queue, "FunctionArn": "f"}).batch_size


def test_a_disabled_mapping_is_left_alone() -> None:
    assert is_enabled({"State": "Enabled"})
    assert not is_enabled({"State": "Disabled"})
    assert not is_enabled({"State": "Enabled", "Enabled": False})


STREAM = "arn:aws:kinesis:us-east-1:000000000000:stream/orders"


@pytest.mark.parametrize(
    "setting",
    [
        {"FilterCriteria": {"Filters": [{"Pattern": "{}"}]}},
        {"FilterCriteria": {"Filters": [{"Pattern": '{"data": ["a"]}'}]}},
        {"TumblingWindowInSeconds": 901},
    ],
)
def test_a_setting_with_which_a_mapping_is_better_not_driven_is_named(setting: Any) -> None:
    assert tuple(setting) == unsupported_settings({"EventSourceArn": STREAM, **setting})


def test_other_settings_are_no_reason_not_to_drive_a_mapping() -> None:
    assert () == unsupported_settings(
        {
            "EventSourceArn": STREAM,
            "StartingPositionTimestamp": NOON,
            "ParallelizationFactor": 4,
            "TumblingWindowInSeconds": 900,
            "FilterCriteria": {"Filters": [{"Pattern": '{"data": {"a": ["b"]}}'}]},
        }
    )


@pytest.mark.parametrize(
    ("source", "named"),
    [
        (f"{STREAM}/consumer/relay:1795262400", "EnhancedFanOut"),
        ("arn:aws:kafka:us-east-1:1:cluster/c", "EventSourceArn"),
    ],
)
def test_a_source_that_is_not_modelled_is_named(source: str, named: str) -> None:
    assert (named,) == unsupported_settings({"EventSourceArn": source})


@pytest.mark.parametrize(
    "setting",
    [
        {"BatchSize": 11, "MaximumBatchingWindowInSeconds": 1},
        {"MaximumBatchingWindowInSeconds": 1},
    ],
)
def test_a_setting_that_fifo_queues_do_not_have_is_named(setting: Any) -> None:
    standard = {"EventSourceArn": "arn:aws:sqs:us-east-1:1:q", **setting}
    fifo = {**standard, "EventSourceArn": "arn:aws:sqs:us-east-1:1:q.fifo"}

    assert () == unsupported_settings(standard)
    assert tuple(setting) == unsupported_settings(fifo)
    assert () == unsupported_settings(
        {**fifo, "BatchSize": 10, "MaximumBatchingWindowInSeconds": 0}
    )


def test_a_queue_has_no_tumbling_window() -> None:
    entry = {"EventSourceArn": "arn:aws:sqs:us-east-1:1:q", "TumblingWindowInSeconds": 60}

    assert ("TumblingWindowInSeconds",) == unsupported_settings(entry)


def test_filters_are_read_as_lambda_lists_them() -> None:
    entry = {"UUID": "u-1", "EventSourceArn": STREAM, "FunctionArn": "f"}
    listed = {"Filters": [{"Pattern": '{"a": ["b"]}'}, {"Pattern": '{"c": ["d"]}'}]}

    assert ('{"a": ["b"]}', '{"c": ["d"]}') == mapping_of(
        {**entry, "FilterCriteria": listed}
    ).filters
    assert () == mapping_of({**entry, "FilterCriteria": {}}).filters
    assert () == mapping_of(entry).filters


@pytest.mark.parametrize("moment", [NOON, NOON.timestamp()])
def test_a_mapping_may_begin_at_a_timestamp(moment: Any) -> None:
    entry = {
        "UUID": "u-1",
        "EventSourceArn": "arn:aws:kinesis:us-east-1:000000000000:stream/orders",
        "FunctionArn": "f",
        "StartingPosition": "AT_TIMESTAMP",
        "StartingPositionTimestamp": moment,
    }

    mapping = mapping_of(entry)

    assert ("AT_TIMESTAMP", NOON) == (
        mapping.starting_position,
        mapping.starting_position_timestamp,
    )
