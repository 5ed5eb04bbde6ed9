"""Answer AWS requests from memory and count every call. Used by the benchmarks.

It takes the place of the network only: what a client does before and after, serialising, signing
and reading the answer, is the real SDK's.
"""

import json
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from benchmarks.aws.tables import MemoryTables

if TYPE_CHECKING:
    from benchmarks.aws.timetable import Timetable

Body = dict[str, Any]

_SNS = "http://sns.amazonaws.com/doc/2010-03-31/"


class StandIn:
    """AWS in memory, on a simulated clock if there is one.

    `published` holds what the topic, or a queue, was given.
    """

    def __init__(self, new_tables: Callable[[], MemoryTables]) -> None:
        self._new_tables = new_tables
        self._ids = count()
        self._one_at_a_time = Lock()
        self.calls: Counter[str] = Counter()
        self.timetable: Timetable | None = None
        self.start_over()

    def start_over(self) -> None:
        """Forget every item and message."""
        self.tables = self._new_tables()
        self.published: list[Mapping[str, str]] = []

    def answer(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        """Answer a request that is not sent at all, as a handler of botocore's `before-send`."""
        if not isinstance(request.body, bytes | str):
            message = "a request without a body in memory"
            raise TypeError(message)
        body = self.reply(operation_of(event_name), request.body)
        if self.timetable is not None:
            self.timetable.round_trip()
        return AWSResponse(request.url, 200, _HEADERS, _Raw(body))

    def reply(self, operation: str, request: bytes | str) -> bytes:
        """Do what a request asks, and return the body of the answer."""
        body = request.decode() if isinstance(request, bytes) else request
        # Requests come from several threads, and += is not atomic.
        with self._one_at_a_time:
            self.calls[operation] += 1
            if operation in _OF_SNS:
                return _OF_SNS[operation](self, dict(parse_qsl(body)))
            if operation == "PutObject":
                return b""
            return json.dumps(_OF_JSON[operation](self, json.loads(body))).encode()

    def new_id(self) -> str:
        """Return a new id."""
        return f"00000000-0000-4000-8000-{next(self._ids):012}"

    def queue(self, body: str) -> Body:
        """Take one message."""
        self.published.append({"body": body})
        return {"MessageId": self.new_id(), "MD5OfMessageBody": ""}


def operation_of(event_name: str) -> str:
    """Return the operation that botocore names: `before-send.sns.Publish` is `Publish`."""
    return event_name.rsplit(".", 1)[1]


_HEADERS: Any = {"x-amzn-requestid": "r-1"}


@dataclass(slots=True)
class _Raw:
    """The response object that botocore reads."""

    body: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _publish(aws: StandIn, _: Mapping[str, str]) -> bytes:
    return _sns("Publish", f"<MessageId>{aws.new_id()}</MessageId>")


def _publish_batch(aws: StandIn, request: Mapping[str, str]) -> bytes:
    entries = [f"PublishBatchRequestEntries.member.{n}" for n in range(1, 11)]
    taken = ""
    for entry in filter(lambda each: f"{each}.Id" in request, entries):
        aws.published.append(_message(request, entry))
        place = request[f"{entry}.Id"]
        taken += f"<member><Id>{place}</Id><MessageId>{aws.new_id()}</MessageId></member>"
    return _sns("PublishBatch", f"<Successful>{taken}</Successful><Failed/>")


def _opted_out(_: StandIn, __: Mapping[str, str]) -> bytes:
    return _sns("CheckIfPhoneNumberIsOptedOut", "<isOptedOut>false</isOptedOut>")


_OF_SNS: Mapping[str, Callable[[StandIn, Mapping[str, str]], bytes]] = {
    "CheckIfPhoneNumberIsOptedOut": _opted_out,
    "Publish": _publish,
    "PublishBatch": _publish_batch,
}

_OF_JSON: Mapping[str, Callable[[StandIn, Body], Body]] = {
    "BatchExecuteStatement": lambda aws, request: aws.tables.batch_execute_statement(request),
    "BatchGetItem": lambda aws, request: aws.tables.batch_get_item(request),
    "BatchWriteItem": lambda aws, request: aws.tables.batch_write_item(request),
    "ChangeMessageVisibilityBatch": lambda _, request: {
        "Successful": [{"Id": each["Id"]} for each in request["Entries"]],
        "Failed": [],
    },
    "GetItem": lambda aws, request: aws.tables.get_item(request),
    "GetQueueUrl": lambda _, request: {
        "QueueUrl": f"https://queue.example.com/{request['QueueName']}"
    },
    "PutItem": lambda aws, request: aws.tables.put_item(request),
    "PutMetricData": lambda _, __: {},
    "Query": lambda aws, request: aws.tables.query(request),
    "SendEmail": lambda aws, _: {"MessageId": aws.new_id()},
    "SendMessage": lambda aws, request: aws.queue(request["MessageBody"]),
    "TransactWriteItems": lambda aws, request: aws.tables.transact_write_items(request),
    "UpdateItem": lambda aws, request: aws.tables.update_item(request),
}


def _message(request: Mapping[str, str], entry: str) -> Mapping[str, str]:
    """Return a published body under `body`, and its attributes by name."""
    message = {"body": request[f"{entry}.Message"]}
    for place in count(1):
        name = f"{entry}.MessageAttributes.entry.{place}"
        if f"{name}.Name" not in request:
            break
        message[request[f"{name}.Name"]] = request[f"{name}.Value.StringValue"]
    return message


def _sns(operation: str, result: str) -> bytes:
    return (
        f'<{operation}Response xmlns="{_SNS}"><{operation}Result>{result}</{operation}Result>'
        f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
    ).encode()
