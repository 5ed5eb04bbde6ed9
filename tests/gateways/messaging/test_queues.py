"""Queue attributes and visibility timeouts are read and set through SQS, and failed calls are handled."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import boto3
import pytest
from botocore.stub import Stubber

from ordercast.errors import LedgerUnavailable, QueueUnavailable
from ordercast.events.order_event import Channel, Priority
from ordercast.gateways.messaging.receipt_queue import RECENT, SETTLING, SqsReceiptQueue
from ordercast.gateways.messaging.visibility import SqsVisibility
from ordercast.gateways.messaging.work_queues import SqsWorkQueues
from tests.explorer.deployed.functions import Inline
from tests.fakes.clock import START

URL = "https://sqs.us-east-1.amazonaws.com/123456789012/sms-high"
LETTERS = "https://sqs.us-east-1.amazonaws.com/123456789012/letters"
MINUTE = timedelta(minutes=1)
ARN = "arn:aws:sqs:us-east-1:123456789012:sms-high"
EMPTY = {
    "ApproximateNumberOfMessages": "0",
    "ApproximateNumberOfMessagesNotVisible": "0",
    "ApproximateNumberOfMessagesDelayed": "0",
}


@pytest.fixture
def stub(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("sqs")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def metrics(aws) -> Iterator[Stubber]:
    with Stubber(boto3.client("cloudwatch")) as stub:
        yield stub
        stub.assert_no_pending_responses()


@pytest.fixture
def receipts(stub, metrics) -> SqsReceiptQueue:
    return SqsReceiptQueue(
        client=stub.client, cloudwatch=metrics.client, url=URL, dead_letters_url=LETTERS
    )


@pytest.fixture
def visibility(stub) -> SqsVisibility:
    return SqsVisibility(client=stub.client)


def counted(stub: Stubber, url: str, counts: Mapping[str, str] = EMPTY) -> None:
    request = {"QueueUrl": url, "AttributeNames": tuple(EMPTY)}
    stub.add_response("get_queue_attributes", {"Attributes": dict(counts)}, request)


def aged(metrics: Stubber, *ages: tuple[timedelta, float]) -> None:
    """Let CloudWatch know the age of the oldest message, in seconds, at times before now."""
    points = [{"Timestamp": START - ago, "Maximum": seconds} for ago, seconds in ages]
    request = {
        "Namespace": "AWS/SQS",
        "MetricName": "ApproximateAgeOfOldestMessage",
        "Dimensions": [{"Name": "QueueName", "Value": "sms-high"}],
        "StartTime": START - RECENT,
        "EndTime": START,
        "Period": 60,
        "Statistics": ["Maximum"],
    }
    metrics.add_response("get_metric_statistics", {"Datapoints": points}, request)


def test_of_an_empty_queue_all_has_been_applied_but_what_sqs_may_not_count_yet(
    stub, receipts
) -> None:
    counted(stub, LETTERS)
    counted(stub, URL)

    assert START - SETTLING == receipts.applied_until(now=START)


@pytest.mark.parametrize("count", EMPTY)
@pytest.mark.parametrize("value", ["1", None])
def test_a_queue_is_empty_only_if_every_count_is_there_and_nothing(
    stub, metrics, receipts, count: str, value: str | None
) -> None:
    answer = {name: n for name, n in {**EMPTY, count: value}.items() if n is not None}
    counted(stub, LETTERS)
    counted(stub, URL, answer)
    aged(metrics)

    assert receipts.applied_until(now=START) is None


def test_the_age_of_a_queue_that_is_never_empty_says_since_when_receipts_are_applied(
    stub, metrics, receipts
) -> None:
    """Late as the metric is: what was gone four minutes ago has not come back."""
    counted(stub, LETTERS)
    counted(stub, URL, {**EMPTY, "ApproximateNumberOfMessages": "7"})
    aged(metrics, (4 * MINUTE, 30.0), (5 * MINUTE, 10.0), (6 * MINUTE, 300.0))

    assert START - 4 * MINUTE - timedelta(seconds=30) - SETTLING == (
        receipts.applied_until(now=START)
    )


def test_while_there_are_dead_letters_it_is_not_known_what_was_applied(stub, receipts) -> None:
    """They were never applied, and the event that resolves a doubt may be among them."""
    counted(stub, LETTERS, {**EMPTY, "ApproximateNumberOfMessages": "1"})

    assert receipts.applied_until(now=START) is None


def test_a_queue_that_cannot_be_read_is_no_empty_queue(stub, receipts) -> None:
    """Taken for empty, it would let a message be sent twice."""
    stub.add_client_error("get_queue_attributes", "AccessDenied")

    with pytest.raises(LedgerUnavailable):
        receipts.applied_until(now=START)


def test_an_age_that_cannot_be_read_is_no_young_queue(stub, metrics, receipts) -> None:
    counted(stub, LETTERS)
    counted(stub, URL, {**EMPTY, "ApproximateNumberOfMessagesNotVisible": "1"})
    metrics.add_client_error("get_metric_statistics", "AccessDenied")

    with pytest.raises(LedgerUnavailable):
        receipts.applied_until(now=START)


def changing(waits: list[tuple[str, int]]) -> dict[str, Any]:
    entries = [
        {"Id": str(place), "ReceiptHandle": handle, "VisibilityTimeout": seconds}
        for place, (handle, seconds) in enumerate(waits)
    ]
    return {"QueueUrl": URL, "Entries": entries}


CHANGED: dict[str, Any] = {"Successful": [], "Failed": []}


def found(stub: Stubber) -> None:
    request = {"QueueName": "sms-high", "QueueOwnerAWSAccountId": "123456789012"}
    stub.add_response("get_queue_url", {"QueueUrl": URL}, request)


def test_visibility_timeouts_are_set_in_tens_and_the_queue_is_looked_up_once(
    stub, visibility
) -> None:
    waits = {f"handle-{n}": timedelta(seconds=n) for n in range(12)}
    timeouts = [(f"handle-{n}", n) for n in range(12)]
    found(stub)
    for part in (timeouts[:10], timeouts[10:], timeouts[:1]):
        stub.add_response("change_message_visibility_batch", CHANGED, changing(part))

    visibility.delay(ARN, waits)
    visibility.delay(ARN, {"handle-0": timedelta()})

    stub.assert_no_pending_responses()


def test_a_wait_is_one_that_sqs_takes(stub, visibility) -> None:
    found(stub)
    timeouts = [("soon", 0), ("never", 11 * 3600), ("between", 1)]
    stub.add_response("change_message_visibility_batch", CHANGED, changing(timeouts))

    visibility.delay(
        ARN,
        {
            "soon": timedelta(seconds=-1),
            "never": timedelta(days=30),
            "between": timedelta(seconds=1.9),
        },
    )

    stub.assert_no_pending_responses()


def test_a_visibility_timeout_that_could_not_be_set_fails_nothing(stub, visibility) -> None:
    """The message then waits out the queue's own time-out, and what was sent stays sent."""
    stub.add_client_error("get_queue_url", "RequestThrottled")
    found(stub)
    stub.add_client_error("change_message_visibility_batch", "RequestThrottled")
    stub.add_response("change_message_visibility_batch", CHANGED)

    visibility.delay(ARN, {"handle": timedelta()})
    visibility.delay(ARN, {f"handle-{n}": timedelta() for n in range(11)})

    stub.assert_no_pending_responses()


def test_nothing_to_delay_is_no_call(stub, visibility) -> None:
    """Counted here: a call that the stub refuses is a failure like any other, and fails nothing."""
    calls: list[str] = []
    stub.client.meta.events.register(
        "before-parameter-build.sqs", lambda model, **_: calls.append(model.name)
    )

    visibility.delay(ARN, {})

    assert [] == calls


# What waits for the senders

SMS_HIGH = (Channel.SMS, Priority.HIGH)


@pytest.fixture
def work_queues(stub) -> SqsWorkQueues:
    return SqsWorkQueues(client=stub.client, urls={SMS_HIGH: URL}, executor=Inline())


def test_what_is_at_work_and_what_is_delayed_waits_too(stub, work_queues) -> None:
    counted(stub, URL, dict(zip(EMPTY, ("5", "20", "1"), strict=True)))

    assert {SMS_HIGH: 26} == work_queues.waiting()


@pytest.mark.parametrize("missing", EMPTY)
def test_a_missing_count_is_not_a_count_of_nothing(stub, work_queues, missing) -> None:
    counted(stub, URL, {name: "5" for name in EMPTY if name != missing})

    with pytest.raises(QueueUnavailable):
        work_queues.waiting()


def test_a_queue_that_cannot_be_asked_is_named_and_nothing_is_counted(stub, work_queues) -> None:
    stub.add_client_error("get_queue_attributes", "AccessDenied")

    with pytest.raises(QueueUnavailable, match="sms-high"):
        work_queues.waiting()
