"""Answer AWS requests from memory and count every call. Used by the benchmarks.

It takes the place of the network only: what a client does before and after, serialising, signing
and reading the answer, is the real SDK's.
"""

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import count
from threading import Lock
from typing import Any
from urllib.parse import parse_qsl

from botocore import xform_name
from botocore.awsrequest import AWSPreparedRequest, AWSResponse

from benchmarks.aws.account import LEDGER, empty_tables
from benchmarks.aws.timetable import Timetable

PACE = "pace#"
"""How the keys of the buckets of pace begin, in the ledger."""

_SNS = "http://sns.amazonaws.com/doc/2010-03-31/"
_OF_SNS = frozenset({"CheckIfPhoneNumberIsOptedOut", "Publish", "PublishBatch"})


class StandIn:
    """AWS in memory, on a simulated clock.

    `published` holds what the topic, or a queue, was given.
    """

    def __init__(self) -> None:
        self._ids = count()
        self._one_at_a_time = Lock()
        self.calls: Counter[str] = Counter()
        self.timetable = Timetable()
        self.tables = empty_tables()
        self.published: list[Mapping[str, str]] = []

    def start_over(self) -> None:
        """Forget every item and message, but the buckets of pace: a stage opens those once."""
        items = self.tables[LEDGER].items.items()
        opened = {key: item for key, item in items if key[0].startswith(PACE)}
        self.tables = empty_tables()
        self.tables[LEDGER].items.update(opened)
        self.published = []

    def answer(self, request: AWSPreparedRequest, event_name: str, **_: object) -> AWSResponse:
        """Answer a request that is not sent at all, as a handler of botocore's `before-send`."""
        asked = request.body or b"{}"
        if not isinstance(asked, bytes | str):
            message = "a request without a body in memory"
            raise TypeError(message)
        body = self.reply(operation_of(event_name), asked)
        self.timetable.round_trip()
        return AWSResponse(request.url, 200, _HEADERS, _Raw(body))

    def reply(self, operation: str, request: bytes | str) -> bytes:
        """Do what a request asks, and return the body of the answer."""
        body = request.decode() if isinstance(request, bytes) else request
        # Requests come from several threads, and += is not atomic.
        with self._one_at_a_time:
            self.calls[operation] += 1
            if operation in _OF_SNS:
                return self._of_sns(operation, dict(parse_qsl(body)))
            return json.dumps(self._of_json(operation, json.loads(body))).encode()

    def _of_json(self, operation: str, request: dict[str, Any]) -> dict[str, Any]:
        if operation in _ALWAYS:
            return _ALWAYS[operation]
        match operation:
            case "SendEmail":
                return {"MessageId": self._new_id()}
            case "GetQueueAttributes":
                return {"Attributes": dict.fromkeys(request["AttributeNames"], "0")}
            case "SendMessage":
                self.published.append({"body": request["MessageBody"], "channel": "sms"})
                return {"MessageId": self._new_id(), "MD5OfMessageBody": ""}
            case _:
                answer: dict[str, Any] = getattr(self.tables, xform_name(operation))(request)
                return answer

    def _of_sns(self, operation: str, request: Mapping[str, str]) -> bytes:
        result = "<isOptedOut>false</isOptedOut>"
        if operation == "Publish":
            result = f"<MessageId>{self._new_id()}</MessageId>"
        if operation == "PublishBatch":
            result = f"<Successful>{self._publish_batch(request)}</Successful><Failed/>"
        return (
            f'<{operation}Response xmlns="{_SNS}"><{operation}Result>{result}</{operation}Result>'
            f"<ResponseMetadata><RequestId>r-1</RequestId></ResponseMetadata></{operation}Response>"
        ).encode()

    def _publish_batch(self, request: Mapping[str, str]) -> str:
        entries = [f"PublishBatchRequestEntries.member.{n}" for n in range(1, 11)]
        taken = ""
        for entry in filter(lambda each: f"{each}.Id" in request, entries):
            self.published.append(_message(request, entry))
            place = request[f"{entry}.Id"]
            taken += f"<member><Id>{place}</Id><MessageId>{self._new_id()}</MessageId></member>"
        return taken

    def _new_id(self) -> str:
        return f"00000000-0000-4000-8000-{next(self._ids):012}"


def operation_of(event_name: str) -> str:
    """Return the operation that botocore names: `before-send.sns.Publish` is `Publish`."""
    return event_name.rsplit(".", 1)[1]


_ALWAYS: dict[str, dict[str, Any]] = {
    "GetAccount": {"SendQuota": {"MaxSendRate": -1, "Max24HourSend": -1}},
    "GetMetricStatistics": {"Datapoints": []},
    "PutMetricData": {},
}
"""What is asked of the account: it has no limits and no reputation."""

_HEADERS: Any = {"x-amzn-requestid": "r-1"}


@dataclass(slots=True)
class _Raw:
    """The response object that botocore reads."""

    body: bytes

    def stream(self) -> Iterator[bytes]:
        yield self.body


def _message(request: Mapping[str, str], entry: str) -> Mapping[str, str]:
    """Return a published body under `body`, and its attributes by name."""
    attributes = {
        name: request[key.replace(".Name", ".Value.StringValue")]
        for key, name in request.items()
        if key.startswith(f"{entry}.MessageAttributes") and key.endswith(".Name")
    }
    return {"body": request[f"{entry}.Message"], **attributes}
