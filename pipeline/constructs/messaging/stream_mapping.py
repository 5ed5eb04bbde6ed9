"""A stream and the function that reads it come in; the event source mapping between them goes out.

Both stream readers are mapped alike: they report partial failures, split a failing batch, retry
until a record is too old rather than a number of times, and leave what is too old, payload
included, in the parked bucket.
"""

from aws_cdk import aws_lambda as lambda_
from constructs import Construct

from pipeline.constructs.conversions import duration
from pipeline.constructs.functions.function import Function
from pipeline.constructs.storage.parked_bucket import GivenUpBatches, ParkedBucket
from pipeline.stage import StreamReaderNumbers


class StreamMapping(Construct):
    """Reads from the beginning: LATEST would miss what arrives while the mapping is being made."""

    def __init__(
        self,
        scope: Construct,
        name: str,
        *,
        function: Function,
        stream_arn: str,
        numbers: StreamReaderNumbers,
        given_up: ParkedBucket,
    ) -> None:
        super().__init__(scope, name)
        self.mapping = lambda_.EventSourceMapping(
            self,
            "Mapping",
            target=function.function,
            event_source_arn=stream_arn,
            starting_position=lambda_.StartingPosition.TRIM_HORIZON,
            batch_size=numbers.batch_size,
            max_batching_window=duration(numbers.window),
            parallelization_factor=numbers.parallelization,
            report_batch_item_failures=True,
            bisect_batch_on_error=True,
            max_record_age=duration(numbers.max_age),
            on_failure=GivenUpBatches(bucket=given_up, function=function),
            support_s3_on_failure_destination=True,
            metrics_config=lambda_.MetricsConfig(metrics=[lambda_.MetricType.EVENT_COUNT]),
        )
