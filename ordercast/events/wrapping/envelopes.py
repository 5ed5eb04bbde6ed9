"""Find the order event in the envelope of a shipper, or name the envelope. Used by the contract."""

from collections.abc import Iterator, Mapping
from hashlib import blake2b
from json import dumps
from typing import Any, NamedTuple

import msgspec

from ordercast.errors import MalformedOrderEvent
from ordercast.events.reading.spellings import EVENT, plain
from ordercast.events.reading.status_elsewhere import NOT_CERTAIN, says_other_news
from ordercast.events.reading.unread import TAKEN, refusal
from ordercast.events.unreadable_values import decoded
from ordercast.events.wrapping.text_wrappings import from_base64

Document = dict[str, Any]

ORDER_ID = "order_id"
EVENT_ID = "event_id"

ENVELOPES = 4
"""How many envelopes round one event are opened, such as SQS round SNS round a CloudEvent."""


class _Envelope(NamedTuple):
    """An envelope: the fields that tell it, and those of which the first holds the event."""

    name: str
    fields: frozenset[str]
    content: tuple[str, ...]


READ = (
    _Envelope("a CloudEvent", frozenset({"specversion", "id", "source"}), ("data", "data_base64")),
    _Envelope("an EventBridge event", frozenset({"detail-type", "source", "detail"}), ("detail",)),
    _Envelope("an SNS message", frozenset({"Type", "TopicArn", "Message"}), ("Message",)),
    _Envelope("an SQS message", frozenset({"messageId", "body", "eventSource"}), ("body",)),
)
"""Round an order event, each of these has one reading."""

_ROW = "; the order is in a row of your database: put an order event (an outbox does)"

NAMED: tuple[tuple[str, tuple[str, ...]], ...] = (
    (f"a Debezium change event{_ROW}", ("before", "after", "op")),
    (f"a Debezium change event{_ROW}", ("payload.before", "payload.after", "payload.op")),
    (f"a change record of AWS DMS{_ROW}", ("metadata.operation",)),
    (f"a change record of AWS DMS{_ROW}", ("metadata.record-type",)),
    (f"a Maxwell change event{_ROW}", ("database", "table", "data")),
    (f"a MongoDB change event{_ROW}", ("operationType", "fullDocument")),
    (f"a record of a DynamoDB stream{_ROW}", ("eventName", "dynamodb")),
    ("JSON of Kafka Connect with its schema; the event is in payload", ("schema", "payload")),
    ("a Kinesis record of EventBridge Pipes; the event is in data", ("kinesisSchemaVersion",)),
    ("a request of Firehose; the events are in records", ("requestId", "records")),
    ("a request of Firehose; the events are in records", ("invocationId", "records")),
    ("an invocation of Lambda; the events are in Records", ("Records",)),
    ("a message of CloudWatch Logs; the lines are in logEvents", ("logGroup", "logEvents")),
    ("a request of API Gateway; the event is in body", ("requestContext", "body")),
    ("a log record; the event is in log: set log_key in Fluent Bit", ("log",)),
    ("a log record; the event is in message", ("message", "@timestamp")),
)
"""What is refused by name, with the fields that tell it; a dot leads into a field."""


def event_in(document: Document) -> Document:
    """Return the order event in *document*: itself where it is in no envelope.

    The source and id of a CloudEvent become the `event_id` of an event without one. EventBridge,
    SNS and SQS give a repeated event a new id, so theirs never do. Raises `MalformedOrderEvent`.
    """
    if _holds(document, ORDER_ID):
        return document
    event_id, kinds = None, list[tuple[str, object]]()
    for _ in range(ENVELOPES):
        envelope = next((each for each in READ if each.fields <= document.keys()), None)
        if envelope is None or _holds(document, ORDER_ID):
            break
        if "specversion" in envelope.fields:
            event_id = _event_id(document)
        kinds += _kinds(document)
        document = _content(document, envelope)
    if not _holds(document, ORDER_ID):
        _refuse_by_name(document)
    if not any(value and EVENT.get(plain(name)) == "status" for name, value in document.items()):
        _refuse_its_news(kinds)
    if event_id and not _holds(document, EVENT_ID):
        return {**document, EVENT_ID: event_id}
    return document


def _refuse_its_news(kinds: list[tuple[str, object]]) -> None:
    """Refuse an event without a status whose envelope says one: `com.example.order.cancelled`."""
    for name, kind in kinds:
        if isinstance(kind, str) and says_other_news(kind):
            raise MalformedOrderEvent(refusal(name, NOT_CERTAIN, TAKEN["status"]))


def _kinds(document: Document) -> Iterator[tuple[str, object]]:
    """Yield what may name the news on an envelope, and the attributes of an SNS or SQS message."""
    for name in _KINDS:
        yield name, document.get(name)
    for name in _ATTRIBUTES:
        attributes = document.get(name)
        for each, written in attributes.items() if isinstance(attributes, dict) else ():
            if isinstance(written, dict):
                yield f"{name}.{each}", written.get("Value", written.get("stringValue"))


_KINDS = ("type", "detail-type", "subject", "Subject")
_ATTRIBUTES = ("MessageAttributes", "messageAttributes")


def _holds(document: Document, field: str) -> bool:
    """Tell whether *field* is there, in any of its spellings, and is not empty."""
    if document.get(field):
        return True
    return any(
        value not in (None, "") for name, value in document.items() if plain(name) == plain(field)
    )


def _content(document: Document, envelope: _Envelope) -> Document:
    field = next((each for each in envelope.content if document.get(each) is not None), None)
    content = document[field] if field else None
    if field == "data_base64":
        content = from_base64(content.encode()) if isinstance(content, str) else None
    if isinstance(content, str | bytes):
        content = _in_json(content)
    if not isinstance(content, dict):
        where = " or ".join(envelope.content)
        message = f"event: {envelope.name} without a JSON object in {where}"
        raise MalformedOrderEvent(message)
    return content


def _in_json(text: str | bytes) -> object:
    try:
        return decoded(text)
    except (msgspec.DecodeError, UnicodeError, RecursionError):
        return None


def _event_id(document: Document) -> str | None:
    """Return an id of the CloudEvent's source and id, which together are unique."""
    source, its_id = document["source"], document["id"]
    if not (isinstance(source, str) and isinstance(its_id, str) and source and its_id):
        return None
    return f"cloudevent-{blake2b(dumps([source, its_id]).encode(), digest_size=16).hexdigest()}"


def _refuse_by_name(document: Document) -> None:
    for name, fields in NAMED:
        if all(_has(document, each) for each in fields):
            message = f"event: {name}"
            raise MalformedOrderEvent(message)
    for field in _MAY_HOLD_IT:
        inner = document.get(field)
        inner = _in_json(inner) if isinstance(inner, str) else inner
        if isinstance(inner, dict) and _holds(inner, ORDER_ID):
            message = f"event: in an envelope that is not read; put what is in {field} by itself"
            raise MalformedOrderEvent(message)


_MAY_HOLD_IT = ("data", "payload", "detail", "event", "message", "body", "value", "record", "order")


def _has(document: Mapping[str, Any], field: str) -> bool:
    holder, _, name = field.rpartition(".")
    within = document.get(holder) if holder else document
    return isinstance(within, dict) and name in within
