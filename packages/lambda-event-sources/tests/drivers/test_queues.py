"""Queues through the SQS API: receive, deliver, delete, and how many pollers do so."""

import json
import threading
from typing import Any

import pytest
from support.doubles import NOON, FakeClient, a_mapping, silent
from support.eventually import eventually

from lambda_event_sources.drivers.queue_api import QueueApi
from lambda_event_sources.drivers.queues import QueueDriver, QueuePoller
from lambda_event_sources.mapping import EventSourceMapping
from lambda_event_sources.outcomes import Outcome, Returned


def a_poller(mapping: EventSourceMapping, client: FakeClient, **more: Any) -> QueuePoller:
    return QueuePoller(mapping, QueueApi(client, mapping.source_arn), **more)


def message(name: str, body: str = "b") -> dict[str, str]:
    return {"MessageId": name, "ReceiptHandle": f"h-{name}", "Body": body, "MD5OfBody": "x"}


def test_filtered_messages_are_deleted_without_being_delivered():
    class NeverInvoked:
        def invoke(self, *_: object) -> Outcome:
            raise AssertionError

    received = {"Messages": [message("m0", "a"), message("m1", "{}")]}
    calls = FakeClient(get_queue_url={"QueueUrl": "http://q"}, receive_message=[received])
    lines: list[tuple[str, int]] = []
    poller = a_poller(
        a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", filters=('{"body": ["b"]}',)),
        calls,
        functions=NeverInvoked(),
        now=lambda: NOON,
        log=lambda slug, **fields: lines.append((slug, fields["messages"])),
    )
    poller.step()

    deleted = calls.made[-1][1]
    assert ["h-m0", "h-m1"] == [entry["ReceiptHandle"] for entry in deleted["Entries"]]
    assert [("messages_filtered", 2)] == lines


def test_messages_are_received_delivered_and_deleted_but_for_the_failed():
    messages = [message(f"m{n}") for n in range(3)]
    calls = FakeClient(
        get_queue_url={"QueueUrl": "http://q"}, receive_message={"Messages": messages}
    )

    class Partial:
        def invoke(self, _arn: str, event: bytes) -> Outcome:
            ids = [record["messageId"] for record in json.loads(event)["Records"]]
            answer = {"batchItemFailures": [{"itemIdentifier": ids[1]}]}
            return Returned(payload=json.dumps(answer).encode())

    poller = a_poller(
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


class Poller:
    """A poller that only waits, holds a message where *holds* says so, and dies where *dies* does."""

    def __init__(self) -> None:
        self.is_empty = True
        self.steps = 0
        self.dies = False

    def step(self) -> None:
        self.steps += 1
        if self.dies:
            raise SystemExit
        threading.Event().wait(0.005)


class Rig:
    """A queue driver over pollers that only wait, and a queue of which only the depth is known."""

    def __init__(self, *, limit: int = 5, **settings: Any) -> None:
        self.made: list[Poller] = []
        self.visible = 0
        self.log: list[str] = []
        self.driver = QueueDriver(
            a_mapping(source_arn="arn:aws:sqs:us-east-1:1:q", **{"batch_size": 10} | settings),
            new_poller=self._poller,  # type: ignore[arg-type]  # a fake
            visible=lambda: self.visible,
            limit=limit,
            log=lambda slug, **_: self.log.append(slug),
        )

    def at_depth(self, visible: int) -> int:
        self.visible = visible
        self.driver.refresh()
        return self.driver.pollers

    def stop(self) -> None:
        self.driver.stop()
        eventually(lambda: self.driver.is_stopped)

    def _poller(self) -> Poller:
        self.made.append(Poller())
        return self.made[-1]


def test_pollers_follow_the_depth_of_the_queue():
    rig = Rig()

    assert [1, 1, 3, 5, 1] == [rig.at_depth(visible) for visible in (0, 10, 25, 5000, 0)]
    rig.stop()


def test_there_are_never_more_pollers_than_the_mapping_allows():
    rig = Rig(max_concurrency=2)

    assert 2 == rig.at_depth(5000)
    rig.stop()


def test_a_poller_that_holds_messages_delivers_them_before_it_ends():
    rig = Rig()
    rig.at_depth(5000)
    last = rig.made[-1]
    last.is_empty = False
    rig.at_depth(0)
    steps = last.steps
    eventually(lambda: last.steps > steps + 2)

    last.is_empty = True
    rig.stop()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_a_poller_that_dies_is_replaced_and_that_is_logged():
    rig = Rig()
    rig.at_depth(0)
    rig.made[0].dies = True

    eventually(lambda: rig.at_depth(0) and len(rig.made) == 2)
    assert 1 == rig.log.count("poller_died")
    rig.stop()


def test_the_depth_of_a_queue_is_that_of_its_visible_messages():
    client = FakeClient(
        get_queue_url={"QueueUrl": "http://q"},
        get_queue_attributes={"Attributes": {"ApproximateNumberOfMessages": "7"}},
    )

    assert 7 == QueueApi(client, "arn:aws:sqs:us-east-1:1:q").visible()
