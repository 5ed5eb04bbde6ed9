"""Queues through real APIs: received, brought, deleted."""

import json

from local.event_source_model.answers import Answered, Outcome
from local.event_sources.queues import QueuePoller
from tests.local.event_sources.doubles import NOON, Calls, a_mapping, silent


def test_messages_are_received_brought_and_deleted_but_for_the_failed():
    messages = [
        {"MessageId": f"m{n}", "ReceiptHandle": f"h{n}", "Body": "b", "MD5OfBody": "x"}
        for n in range(3)
    ]
    calls = Calls(get_queue_url={"QueueUrl": "http://q"}, receive_message={"Messages": messages})

    class Partial:
        def invoke(self, _arn: str, event: bytes) -> Outcome:
            ids = [record["messageId"] for record in json.loads(event)["Records"]]
            answer = {"batchItemFailures": [{"itemIdentifier": ids[1]}]}
            return Answered(payload=json.dumps(answer).encode())

    poller = QueuePoller(
        a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", batch_size=10),
        calls,
        functions=Partial(),
        now=lambda: NOON,
        journal=silent,
    )
    poller.work()
    poller.work()

    (_, received), (_, deleted) = calls.made[1:]
    assert 10 == received["MaxNumberOfMessages"]
    assert ["All"] == received["MessageAttributeNames"]
    assert ["h0", "h2"] == [entry["ReceiptHandle"] for entry in deleted["Entries"]]
