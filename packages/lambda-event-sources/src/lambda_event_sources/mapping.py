"""Read the settings of an event source mapping. Used by the harness, the drivers and the limits."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

# The request of a synchronous invocation: "6 MB"; the service says 6291456 bytes when it refuses one.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYLOAD_LIMIT = 6 * 1024 * 1024


class SourceKind(Enum):
    """The service that the records come from."""

    KINESIS = "kinesis"
    DYNAMODB = "dynamodb"
    SQS = "sqs"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSourceMapping:
    """The settings of one event source mapping; the names follow the CDK's.

    Defaults and ranges: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    `retry_attempts` and `max_record_age` are None for "until the record expires" (-1 in the API).
    `filters` are patterns, as JSON text: see `filtering`.
    `payload_limit` is in bytes; only tests of the model change it.
    """

    uuid: str
    source_arn: str
    function_arn: str
    batch_size: int
    max_batching_window: timedelta = timedelta(0)
    report_batch_item_failures: bool = False
    starting_position: str = "TRIM_HORIZON"
    starting_position_timestamp: datetime | None = None
    parallelization_factor: int = 1
    bisect_batch_on_error: bool = False
    retry_attempts: int | None = None
    max_record_age: timedelta | None = None
    on_failure_destination: str = ""
    filters: tuple[str, ...] = ()
    tumbling_window: timedelta = timedelta(0)
    max_concurrency: int | None = None
    payload_limit: int = PAYLOAD_LIMIT

    @property
    def kind(self) -> SourceKind:
        """Return the service that the source's ARN names; ValueError for one that is not modelled."""
        return SourceKind(self.source_arn.split(":")[2])

    @property
    def is_fifo(self) -> bool:
        """Tell whether the source is a FIFO queue, by its name."""
        return self.source_arn.endswith(".fifo")

    @property
    def region(self) -> str:
        """Return the Region of the source."""
        return self.source_arn.split(":")[3]


def mapping_of(entry: Mapping[str, Any]) -> EventSourceMapping:
    """Read one entry of ListEventSourceMappings."""
    destination = entry.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    retries = _limit(entry.get("MaximumRetryAttempts"))
    age = _limit(entry.get("MaximumRecordAgeInSeconds"))
    size = entry.get("BatchSize")
    lanes = entry.get("ParallelizationFactor")
    is_queue = ":sqs:" in entry["EventSourceArn"]
    # A queue has no starting position, yet some emulators list LATEST for it.
    begins = None if is_queue else entry.get("StartingPosition")
    return EventSourceMapping(
        uuid=entry["UUID"],
        source_arn=entry["EventSourceArn"],
        function_arn=entry["FunctionArn"],
        batch_size=(10 if is_queue else 100) if size is None else size,
        max_batching_window=timedelta(seconds=entry.get("MaximumBatchingWindowInSeconds") or 0),
        report_batch_item_failures="ReportBatchItemFailures"
        in entry.get("FunctionResponseTypes", ()),
        starting_position=begins or "TRIM_HORIZON",
        starting_position_timestamp=_moment(entry.get("StartingPositionTimestamp")),
        parallelization_factor=1 if lanes is None else lanes,
        bisect_batch_on_error=bool(entry.get("BisectBatchOnFunctionError")),
        retry_attempts=retries,
        max_record_age=None if age is None else timedelta(seconds=age),
        on_failure_destination=destination,
        filters=filters_of(entry),
        tumbling_window=timedelta(seconds=entry.get("TumblingWindowInSeconds") or 0),
        max_concurrency=(entry.get("ScalingConfig") or {}).get("MaximumConcurrency"),
    )


def filters_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Read an entry's filter patterns."""
    filters = (entry.get("FilterCriteria") or {}).get("Filters") or ()
    return tuple(each["Pattern"] for each in filters if "Pattern" in each)


def is_enabled(entry: Mapping[str, Any]) -> bool:
    """Tell whether the entry is to be polled; some emulators say so only in `Enabled`."""
    return entry.get("State") in {"Enabled", "Enabling", "Creating", "Updating"} and entry.get(
        "Enabled", True
    )


def _limit(number: int | None) -> int | None:
    """Read a limit: -1 is none."""
    return None if number == -1 else number


def _moment(value: datetime | float | None) -> datetime | None:
    """Read a time as boto3 decodes it, or in seconds, as some emulators return it."""
    return (
        value
        if value is None or isinstance(value, datetime)
        else datetime.fromtimestamp(value, UTC)
    )
