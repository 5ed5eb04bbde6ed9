"""A mapping's filter criteria and a record come in; whether the function is to see the record goes out."""

import base64
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from lambda_event_sources.filtering.operators import InvalidPattern
from lambda_event_sources.filtering.patterns import Pattern, pattern_of, read_json
from lambda_event_sources.mapping import Kind


class Filters:
    """The patterns of one mapping, one of which a record has to match; without any, all do.

    The rules, each with a test and its source in docs/event-sources.md:

    - a pattern is matched against the record's own fields: of Kinesis what the event has under
      `kinesis`, of DynamoDB and SQS the whole record
    - `data` of Kinesis is decoded, and `body` of SQS read, as JSON
    - where a pattern looks into `data` and the data is no JSON, the record is dropped, and nobody
      is told: so is every KPL aggregate, and what is compressed
    - a pattern that looks into `body` drops messages that are no JSON, and one that takes `body`
      for a string drops those that are
    """

    def __init__(self, kind: Kind, patterns: Iterable[str]) -> None:
        self._document_of = _DOCUMENTS[kind]
        self._filters = [_filter(pattern_of(text), kind) for text in patterns]

    def let_through(self, event: Mapping[str, Any]) -> bool:
        """Tell whether the function is to see a record, given as it stands in a Lambda event."""
        if not self._filters:
            return True
        document, form = self._document_of(event)
        return any(
            (not each.forms or form in each.forms) and each.pattern.matches(document)
            for each in self._filters
        )


_CONTENT = {Kind.KINESIS: "data", Kind.DYNAMODB: "dynamodb", Kind.SQS: "body"}
_JSON, _TEXT = "json", "text"


@dataclass(frozen=True, slots=True, kw_only=True)
class _Filter:
    """A pattern, and what it takes the record's content for; nothing where it does not look at it."""

    pattern: Pattern
    forms: frozenset[str]


def _filter(pattern: Pattern, kind: Kind) -> _Filter:
    content = [path for path in pattern.paths() if path[0] == _CONTENT[kind]]
    forms = frozenset(_JSON if len(path) > 1 else _TEXT for path in content)
    if _TEXT in forms and kind is not Kind.SQS:
        # As AWS does: a stream's content can only be looked into.
        raise InvalidPattern(f"{_CONTENT[kind]} is no object")
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


_DOCUMENTS = {Kind.KINESIS: _of_kinesis, Kind.DYNAMODB: _of_dynamodb, Kind.SQS: _of_sqs}
