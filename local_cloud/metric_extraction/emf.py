"""Read the metrics of a log line in the embedded metric format. Used by `extractor`.

The rules are the specification's:
https://docs.aws.amazon.com/AmazonCloudWatch/latest/monitoring/CloudWatch_Embedded_Metric_Format_Specification.html
A document that breaks one is invalid as a whole: it stays a log line without metrics.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Annotated, Any, Literal, NoReturn

import msgspec
from msgspec import Meta, Struct


@dataclass(frozen=True, slots=True, kw_only=True)
class Metric:
    """One MetricDatum of PutMetricData and the namespace it belongs to."""

    namespace: str
    datum: Mapping[str, Any]


class InvalidDocument(Exception):
    """What is wrong with a document; the text repeats nothing of it but the name of a field."""


def metrics_in(line: str, *, now: datetime) -> list[Metric]:
    """Read the metrics of a line; a line that is no EMF document has none.

    Raises InvalidDocument when an object with `_aws.CloudWatchMetrics` breaks a rule.
    """
    document = _document(line)
    if document is None:
        return []
    metadata = document["_aws"]
    at = _timestamp(metadata.get("Timestamp"), now)
    directives = _directives(metadata["CloudWatchMetrics"])
    return [metric for directive in directives for metric in _of_directive(directive, document, at)]


def _document(line: str) -> dict[str, Any] | None:
    if not line.lstrip().startswith("{") or '"_aws"' not in line:
        return None
    try:
        document = json.loads(line, parse_constant=_not_a_number)
    except ValueError:
        return _fail("the line is not JSON")
    metadata = document.get("_aws")
    if not isinstance(metadata, dict) or "CloudWatchMetrics" not in metadata:
        return None
    return dict(document)


def _directives(found: object) -> list["_Directive"]:
    try:
        return msgspec.convert(found, list[_Directive])
    except msgspec.ValidationError as error:
        # What comes before the place may quote a value.
        return _fail(
            f"CloudWatchMetrics breaks the specification at {str(error).partition(' - at ')[2]}"
        )


def _of_directive(
    directive: "_Directive", document: Mapping[str, Any], at: datetime
) -> Iterator[Metric]:
    dimension_sets = [
        [{"Name": key, "Value": _dimension_value(key, document)} for key in keys]
        for keys in directive.dimensions
    ]
    for definition in directive.metrics:
        value = _value(definition, document)
        for dimensions in dimension_sets:
            datum = {**value, "Dimensions": dimensions, "Timestamp": at}
            yield Metric(namespace=directive.namespace, datum=datum)


def _dimension_value(key: str, document: Mapping[str, Any]) -> str:
    value = document.get(key)
    if not isinstance(value, str) or not 1 <= len(value) <= _NAME_LIMIT:
        _fail(f"the dimension {key} is not a string of 1 to 1024 characters")
    return value


def _value(definition: "_Definition", document: Mapping[str, Any]) -> dict[str, Any]:
    name = definition.name
    if definition.unit not in _UNITS:
        _fail(f"the metric {name} has an unknown Unit")
    return {
        "MetricName": name,
        "Unit": definition.unit,
        "StorageResolution": definition.storage_resolution,
        **_numbers(name, document.get(name)),
    }


def _numbers(name: str, found: object) -> dict[str, Any]:
    numbers = found if isinstance(found, list) else [found]
    if not all(_is_number(number) for number in numbers) or not numbers:
        _fail(f"the metric {name} is not a number or a list of numbers")
    if len(numbers) > _VALUES_LIMIT:
        _fail(f"the metric {name} has more than 100 values")
    if len(numbers) == 1:
        return {"Value": numbers[0]}
    counted = Counter(numbers)
    return {"Values": list(counted), "Counts": list(counted.values())}


def _is_number(number: object) -> bool:
    if isinstance(number, bool) or not isinstance(number, (int, float)):
        return False
    return abs(number) <= _LARGEST


def _timestamp(milliseconds: object, now: datetime) -> datetime:
    if isinstance(milliseconds, bool) or not isinstance(milliseconds, int):
        _fail("Timestamp is not an integer")
    at = _EPOCH + timedelta(milliseconds=min(max(milliseconds, 0), _LAST_MILLISECOND))
    if not now - timedelta(days=14) <= at <= now + timedelta(hours=2):
        _fail("Timestamp is more than 14 days past or 2 hours ahead")
    return at


def _not_a_number(constant: str) -> NoReturn:
    raise ValueError(constant)


def _fail(what: str) -> NoReturn:
    raise InvalidDocument(what)


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_LAST_MILLISECOND = 253_000_000_000_000  # within the year 9987: later ones are no dates
_NAME_LIMIT = 1024
_VALUES_LIMIT = 100
_LARGEST = 2**360
_SIZES = ("Bytes", "Kilobytes", "Megabytes", "Gigabytes", "Terabytes")
_BIT_SIZES = ("Bits", "Kilobits", "Megabits", "Gigabits", "Terabits")
_UNITS = frozenset(
    {"Seconds", "Microseconds", "Milliseconds", *_SIZES, *_BIT_SIZES, "Percent", "Count", "None"}
    | {f"{size}/Second" for size in (*_SIZES, *_BIT_SIZES, "Count")}
)


class _Definition(Struct, rename="pascal"):
    name: str
    unit: str = "None"
    storage_resolution: Literal[1, 60] = 60


class _Directive(Struct, rename="pascal"):
    namespace: Annotated[str, Meta(min_length=1, max_length=_NAME_LIMIT)]
    dimensions: Annotated[list[Annotated[list[str], Meta(max_length=30)]], Meta(min_length=1)]
    metrics: Annotated[list[_Definition], Meta(min_length=1, max_length=100)]
