"""A mapping as Lambda lists it, and what of it is not modelled."""

from datetime import timedelta
from typing import Any

import pytest

from local.event_source_model.mapping import (
    EventSourceMapping,
    is_enabled,
    mapping_of,
    not_modelled,
)
from tests.local.event_source_model.playing import (
    NOON,
    SECOND,
)


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
            parallelization=2,
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
    ],
)
def test_a_setting_that_the_model_does_not_follow_is_named(setting: Any) -> None:
    assert tuple(setting) == not_modelled(setting)
    assert () == not_modelled(
        {
            "StartingPositionTimestamp": NOON,
            "ParallelizationFactor": 4,
            "FilterCriteria": {"Filters": []},
        }
    )


def test_a_fifo_queue_is_not_modelled() -> None:
    assert ("FifoQueue",) == not_modelled({"EventSourceArn": "arn:aws:sqs:us-east-1:1:q.fifo"})


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

    assert ("AT_TIMESTAMP", NOON) == (mapping.starting_position, mapping.starting_at)
