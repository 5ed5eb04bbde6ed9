"""Apply a mapping's filter criteria to records. Used by the shard and queue batchers."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.filtering.patterns import Pattern, pattern_of, read_json
from lambda_event_sources.mapping import SourceKind


class FilterCriteria:
    """The patterns of one mapping; a record has to match one of them. Without patterns all match.

    The rules, each with a test and its source in docs/rules.md:

    - a pattern is matched against the record's own fields: for Kinesis what the event has under
      `kinesis`, for DynamoDB and SQS the whole record
    - Kinesis `data` is decoded, and the SQS `body` parsed, as JSON
    - where a pattern looks into `data` and the data is not JSON, the record is dropped silently:
      this includes every KPL aggregate and every compressed record
    - a pattern that looks into `body` drops messages that are not JSON; a pattern that treats
      `body` as a string drops those that are
    """

    def __init__(self, kind: SourceKind, patterns: Iterable[str]) -> None:
        self._document_of = _DOCUMENTS[kind]
        self._filters = [_filter(pattern_of(text), kind) for text in patterns]

    def matches(self, event: Mapping[str, Any]) -> bool:
        """Tell whether a record, as it stands in a Lambda event, is delivered to the function."""
        if not self._filters:
            return True
        document, form = self._document_of(event)
        return any(
            (not each.forms or form in each.forms) and each.pattern.matches(document)
            for each in self._filters
        )


_CONTENT = {SourceKind.KINESIS: "data", SourceKind.DYNAMODB: "dynamodb", SourceKind.SQS: "body"}
_JSON, _TEXT = "json", "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """A pattern, and the forms of content (JSON or text) that it accepts; empty where it ignores the content."""

    pattern: Pattern
    forms: frozenset[str]


def _filter(pattern: Pattern, kind: SourceKind) -> _Filter:
    content = [path for path in pattern.paths() if path[0] == _CONTENT[kind]]
    forms = frozenset(_JSON if len(path) > 1 else _TEXT for path in content)
    if _TEXT in forms and kind is not SourceKind.SQS:
        # As on AWS: a pattern for a stream's content has to be an object.
        raise InvalidPattern(f"{_CONTENT[kind]} is not an object")
    return _Filter(pattern=pattern, forms=forms)


def _of_kinesis(event: Mapping[str, Any]) -> tuple[Any, str]:
    document = _as_written(event["kinesis"])
    try:
        data = base64.b64decode(event["kinesis"]["data"]).decode()
        return {**document, "data": read_json(data)}, _JSON
    except ValueError:
        return document, _TEXT


def _of_dynamodb(event: Mapping[str, Any]) -> tuple[Any, str]:
    return _as_written(event), _JSON


def _of_sqs(event: Mapping[str, Any]) -> tuple[Any, str]:
    document = _as_written(event)
    try:
        return {**document, "body": read_json(event["body"])}, _JSON
    except ValueError:
        return document, _TEXT


def _as_written(event: Mapping[str, Any]) -> Any:  # noqa: ANN401 - what JSON says
    return read_json(json.dumps(event))


_DOCUMENTS = {
    SourceKind.KINESIS: _of_kinesis,
    SourceKind.DYNAMODB: _of_dynamodb,
    SourceKind.SQS: _of_sqs,
}
