"""Map a stream to the function that reads it. Used by the order relay, analytics and status events.

All are mapped alike: they report partial failures, split a failing batch, retry until a record
is too old rather than a number of times, and leave what is too old in the parked bucket, payload
included.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from aws_cdk import aws_lambda as lambda_

from ordercast.settings.stage import StreamReaderSettings
from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.parked_bucket import GivenUpBatches, ParkedBucket


def map_stream(
    stream_arn: str,
    *,
    to: Function,
    settings: StreamReaderSettings,
    given_up: ParkedBucket,
    only: Sequence[Mapping[str, Any]] = (),
) -> lambda_.EventSourceMapping:
    """Read from the beginning: LATEST would miss what arrives while the mapping is being made.

    Batch size, window, parallelization and max_age are set in stages/*.toml, in the table of the
    function's name, but those of status events in analytics'. Records that match none of the patterns *only*, if there are any, are not delivered.
    """
    return lambda_.EventSourceMapping(
        to,
        "Mapping",
        target=to.invoked,
        event_source_arn=stream_arn,
        starting_position=lambda_.StartingPosition.TRIM_HORIZON,
        batch_size=settings.batch_size,
        max_batching_window=duration(settings.window),
        parallelization_factor=settings.parallelization,
        report_batch_item_failures=True,
        bisect_batch_on_error=True,
        max_record_age=duration(settings.max_age),
        on_failure=GivenUpBatches(bucket=given_up, function=to),
        support_s3_on_failure_destination=True,
        filters=[lambda_.FilterCriteria.filter(dict(each)) for each in only] or None,
        metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
    )
