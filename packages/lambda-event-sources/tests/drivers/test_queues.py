"""Queues through real APIs: received, delivered, deleted."""

import json

from support.doubles import NOON, FakeClient, a_mapping, silent

from lambda_event_sources.drivers.queues import QueuePoller
from lambda_event_sources.outcomes import Outcome, Returned


def message(name: str, body: str = "b") -> dict[str, str]:
    return {"MessageId": name, "ReceiptHandle": f"h-{name}", "Body": body, "MD5OfBody": "x"}


def test_filtered_messages_are_deleted_without_being_brought():
    class Nobody:
        def invoke(self, *_: object) -> Outcome:
            raise AssertionError

    received = {"Messages": [message("m0", "a"), message("m1", "{}")]}
    calls = FakeClient(get_queue_url={"QueueUrl": "http://q"}, receive_message=[received])
    told: list[tuple[str, int]] = []
    poller = QueuePoller(
        a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", filters=('{"body": ["b"]}',)),
        calls,
        functions=Nobody(),
        now=lambda: NOON,
        log=lambda slug, **fields: told.append((slug, fields["messages"])),
    )
    poller.step()

    deleted = calls.made[-1][1]
    assert ["h-m0", "h-m1"] == [entry["ReceiptHandle"] for entry in deleted["Entries"]]
    assert [("messages_filtered", 2)] == told


def test_messages_are_received_brought_and_deleted_but_for_the_failed():
    messages = [message(f"m{n}") for n in range(3)]
    calls = FakeClient(
        get_queue_url={"QueueUrl": "http://q"}, receive_message={"Messages": messages}
    )

    class Partial:
        def invoke(self, _arn: str, event: bytes) -> Outcome:
            ids = [record["messageId"] for record in json.loads(event)["Records"]]
            answer = {"batchItemFailures": [{"itemIdentifier": ids[1]}]}
            return Returned(payload=json.dumps(answer).encode())

    poller = QueuePoller(
        a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", batch_size=10),
        calls,
        functions=Partial(),
        now=lambda: NOON,
        log=silent,
    )
    poller.step()
    poller.step()

    (_, received), (_, deleted) = calls.made[1:]
    assert 10 == received["MaxNumberOfMessages"]
    assert ["All"] == received["MessageAttributeNames"]
    assert ["h-m0", "h-m2"] == [entry["ReceiptHandle"] for entry in deleted["Entries"]]
