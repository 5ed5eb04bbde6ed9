"""What docs/contract.md says of each wrapping is what becomes of it."""

import gzip
import json
import re
from base64 import b64encode

import pytest

from ordercast.errors import MalformedOrderEvent
from ordercast.events.envelope import open_envelope
from ordercast.events.stream_record import StreamRecord
from tests.aggregates import aggregate, field, record
from tests.events.contract_readers import parsed
from tests.events.wrapping.test_envelopes import ORDER, cloud_event, event_bridge, sns, sqs
from tests.events.wrapping.test_formats import FORMATS
from tests.pages import ROOT

EVENT = json.dumps(ORDER).encode()
PRETTY = json.dumps(ORDER, indent=2).encode()


def written(document: object) -> bytes:
    return json.dumps(document).encode()


READ = {
    "one JSON object, on one line or many": PRETTY,
    "a byte order mark before it": b"\xef\xbb\xbf" + EVENT,
    "UTF-16 or UTF-32, with a mark or without": EVENT.decode().encode("utf-16"),
    "gzip or zlib": gzip.compress(EVENT),
    "gzip of gzip": gzip.compress(gzip.compress(EVENT)),
    "base64, in either alphabet": b64encode(EVENT),
    "base64 of gzip": b64encode(gzip.compress(EVENT)),
    "the event as a JSON text, written twice": written(EVENT.decode()),
    "a structured CloudEvent, with `data` or `data_base64`": written(cloud_event()),
    "an EventBridge event": written(event_bridge()),
    "an SNS message": written(sns()),
    "an SQS message, from EventBridge Pipes": written(sqs()),
    "an EventBridge event in an SNS message in an SQS message": written(sqs(sns(event_bridge()))),
}
READ_BY_THEMSELVES = {
    "lines or an array of JSON texts": b"\n".join([written(EVENT.decode())] * 2),
    "gzip of several members": gzip.compress(EVENT) * 2,
    "JSON Lines, with LF or CRLF and empty lines": EVENT + b"\n\r\n" + EVENT + b"\r\n",
    "objects with nothing between them": EVENT + EVENT,
    "several pretty-printed objects": PRETTY + b"\n" + PRETTY,
    "an array of events": written([ORDER, ORDER]),
    "a KPL aggregate": aggregate(EVENT, EVENT),
}
REFUSED = {
    "Windows-1252 and other encodings": EVENT.replace(b"Teapot", b"Th\xe9i\xe8re"),
    "Zstandard": FORMATS["Zstandard"],
    "Snappy": FORMATS["Snappy"],
    "LZ4": FORMATS["LZ4"],
    "Avro": FORMATS["Avro"],
    "MessagePack": FORMATS["MessagePack"],
    "protobuf": field(1, b"1000017") + b"\x10\x07",
    "JSON behind the header of a schema registry": b"\x00\x00\x00\x00\x07" + EVENT,
    "XML": b"<order/>",
    "form data": b"order_id=1000017&status=shipped",
    "a Debezium change event": written({"before": None, "after": {}, "op": "c"}),
    "a change record of AWS DMS": written({"data": {}, "metadata": {"operation": "insert"}}),
    "a record of a DynamoDB stream": written({"eventName": "INSERT", "dynamodb": {}}),
    "JSON of Kafka Connect with its schema": written({"schema": {}, "payload": ORDER}),
    "a request of Firehose": written({"requestId": "r-1", "records": []}),
    "an invocation of Lambda": written({"Records": []}),
    "a log record of Fluent Bit": written({"date": 1.5, "log": EVENT.decode()}),
    "an order event in `payload` of something else": written({"payload": ORDER}),
}

ROW = re.compile(
    r"^\| ([^|]+) \| (read|read, each by itself|`(?:not JSON|event): [^|]+`) \|$", re.MULTILINE
)
PAGE = (ROOT / "docs" / "contract.md").read_text()
ROWS = dict(ROW.findall(PAGE.partition("## On the wire")[2].partition("\n## ")[0]))


def test_the_page_has_a_row_for_each() -> None:
    assert [*READ, *READ_BY_THEMSELVES, *REFUSED] == sorted(
        ROWS, key=[*READ, *READ_BY_THEMSELVES, *REFUSED].index
    )


@pytest.mark.parametrize(("row", "payload"), READ.items(), ids=READ)
def test_what_the_page_calls_read_is_one_event(row: str, payload: bytes) -> None:
    [opened] = open_envelope(record(payload))

    assert "read" == ROWS[row]
    assert isinstance(opened, StreamRecord)
    assert ORDER["order_id"] == parsed(opened.payload).order_id


@pytest.mark.parametrize(("row", "payload"), READ_BY_THEMSELVES.items(), ids=READ_BY_THEMSELVES)
def test_what_the_page_calls_read_each_by_itself_is_two(row: str, payload: bytes) -> None:
    opened = open_envelope(record(payload))

    assert "read, each by itself" == ROWS[row]
    assert [ORDER["order_id"]] * 2 == [
        parsed(each.payload).order_id for each in opened if isinstance(each, StreamRecord)
    ]


@pytest.mark.parametrize(("row", "payload"), REFUSED.items(), ids=REFUSED)
def test_what_the_page_refuses_is_refused_in_these_words(row: str, payload: bytes) -> None:
    [opened] = open_envelope(record(payload))

    assert isinstance(opened, StreamRecord)
    with pytest.raises(MalformedOrderEvent) as refusal:
        parsed(opened.payload)
    assert ROWS[row] == f"`{refusal.value}`"
