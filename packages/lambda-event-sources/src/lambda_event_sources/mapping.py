"""One entry of Lambda's ListEventSourceMappings comes in; the settings of an event source go out."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from enum import Enum
from typing import Any

# The request of a synchronous invocation: "6 MB"; the service says 6291456 bytes when it refuses one.
# https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html
PAYLOAD_LIMIT = 6 * 1024 * 1024


class Kind(Enum):
    """Where the records come from."""

    KINESIS = "kinesis"
    DYNAMODB = "dynamodb"
    SQS = "sqs"


@dataclass(frozen=True, slots=True, kw_only=True)
class EventSourceMapping:
    """What Lambda was told about one event source.

    Defaults and ranges: https://docs.aws.amazon.com/lambda/latest/api/API_CreateEventSourceMapping.html
    `max_retries` and `max_age` are None for "until the record expires" (-1 in the API).
    `filters` are patterns, as JSON: see `filters`.
    """

    uuid: str
    source_arn: str
    function_arn: str
    batch_size: int
    window: timedelta = timedelta(0)
    reports_item_failures: bool = False
    starting_position: str = "TRIM_HORIZON"
    starting_at: datetime | None = None
    parallelization: int = 1
    bisects: bool = False
    max_retries: int | None = None
    max_age: timedelta | None = None
    failure_destination: str = ""
    filters: tuple[str, ...] = ()
    tumbling_window: timedelta = timedelta(0)
    payload_limit: int = PAYLOAD_LIMIT

    @property
    def kind(self) -> Kind:
        """Say which service the source's ARN names; ValueError for one that is not modelled."""
        return Kind(self.source_arn.split(":")[2])

    @property
    def is_fifo(self) -> bool:
        """Tell whether the source is a FIFO queue: its name says so."""
        return self.source_arn.endswith(".fifo")

    @property
    def region(self) -> str:
        """Say the Region of the source."""
        return self.source_arn.split(":")[3]


def mapping_of(entry: Mapping[str, Any]) -> EventSourceMapping:
    """Read one entry of ListEventSourceMappings."""
    destination = entry.get("DestinationConfig", {}).get("OnFailure", {}).get("Destination", "")
    retries = _limit(entry.get("MaximumRetryAttempts"))
    age = _limit(entry.get("MaximumRecordAgeInSeconds"))
    size = entry.get("BatchSize")
    lanes = entry.get("ParallelizationFactor")
    is_queue = ":sqs:" in entry["EventSourceArn"]
    # A queue begins nowhere, and an emulator lists LATEST for it all the same.
    begins = None if is_queue else entry.get("StartingPosition")
    return EventSourceMapping(
        uuid=entry["UUID"],
        source_arn=entry["EventSourceArn"],
        function_arn=entry["FunctionArn"],
        batch_size=(10 if is_queue else 100) if size is None else size,
        window=timedelta(seconds=entry.get("MaximumBatchingWindowInSeconds") or 0),
        reports_item_failures="ReportBatchItemFailures" in entry.get("FunctionResponseTypes", ()),
        starting_position=begins or "TRIM_HORIZON",
        starting_at=_moment(entry.get("StartingPositionTimestamp")),
        parallelization=1 if lanes is None else lanes,
        bisects=bool(entry.get("BisectBatchOnFunctionError")),
        max_retries=retries,
        max_age=None if age is None else timedelta(seconds=age),
        failure_destination=destination,
        filters=filters_of(entry),
        tumbling_window=timedelta(seconds=entry.get("TumblingWindowInSeconds") or 0),
    )


def filters_of(entry: Mapping[str, Any]) -> tuple[str, ...]:
    """Read an entry's filter patterns."""
    filters = (entry.get("FilterCriteria") or {}).get("Filters") or ()
    return tuple(each["Pattern"] for each in filters if "Pattern" in each)


def is_enabled(entry: Mapping[str, Any]) -> bool:
    """Tell whether the entry asks to be driven; `Enabled` is what some emulators say truly."""
    return entry.get("State") in {"Enabled", "Enabling", "Creating", "Updating"} and entry.get(
        "Enabled", True
    )


def _limit(number: int | None) -> int | None:
    """Read a limit: -1 is none."""
    return None if number == -1 else number


def _moment(value: datetime | float | None) -> datetime | None:
    """Read a time as boto3 decodes it, or as seconds where an emulator does not say its type."""
    return (
        value
        if value is None or isinstance(value, datetime)
        else datetime.fromtimestamp(value, UTC)
    )
