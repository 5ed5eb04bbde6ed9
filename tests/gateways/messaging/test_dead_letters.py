import json

import boto3
import pytest

from ordercast.errors import QueueUnavailable
from ordercast.gateways.messaging.dead_letters import SqsDeadLetters, dead_letters_of
from ordercast.parked.item import DeadLetter


@pytest.fixture
def sqs(aws):
    return boto3.client("sqs")


@pytest.fixture
def dead(sqs) -> SqsDeadLetters:
    """The dead letters of a queue that names them, as the pipeline's queues do."""
    letters = sqs.create_queue(QueueName="dead")["QueueUrl"]
    arn = sqs.get_queue_attributes(QueueUrl=letters, AttributeNames=["QueueArn"])
    policy = {"deadLetterTargetArn": arn["Attributes"]["QueueArn"], "maxReceiveCount": 3}
    queue = sqs.create_queue(QueueName="work", Attributes={"RedrivePolicy": json.dumps(policy)})[
        "QueueUrl"
    ]
    return dead_letters_of(sqs, queue)


def put(sqs, url: str, number: int) -> None:
    for each in range(number):
        sqs.send_message(QueueUrl=url, MessageBody=f"letter {each}")


def bodies(sqs, url: str) -> list[str]:
    found = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10, VisibilityTimeout=0)
    return sorted(each["Body"] for each in found.get("Messages", []))


def test_every_dead_letter_is_seen_once(sqs, dead: SqsDeadLetters) -> None:
    put(sqs, dead.url, 35)

    assert {f"letter {n}" for n in range(35)} == {each.body for each in dead.look()}
    assert "dead" == dead.name


def test_an_empty_queue_is_not_waited_for(sqs, dead: SqsDeadLetters) -> None:
    waits: list[int] = []
    sqs.meta.events.register(
        "provide-client-params.sqs.ReceiveMessage",
        lambda params, **_: waits.append(params["WaitTimeSeconds"]),
    )

    assert [] == list(dead.look())
    assert [0] == waits

    put(sqs, dead.url, 3)
    assert 3 == len(list(dead.look()))
    assert [0, 1, 0] == waits


def test_dead_letters_go_back_to_the_queue_they_came_from(sqs, dead: SqsDeadLetters) -> None:
    put(sqs, dead.url, 12)
    letters = list(dead.look())

    assert {each.id for each in letters} == dead.send_back(letters)
    assert 12 == int(
        sqs.get_queue_attributes(
            QueueUrl=dead.source, AttributeNames=["ApproximateNumberOfMessages"]
        )["Attributes"]["ApproximateNumberOfMessages"]
    )


def test_a_removed_dead_letter_is_gone_and_a_released_one_is_there_for_others(
    sqs, dead: SqsDeadLetters
) -> None:
    put(sqs, dead.url, 3)
    first, *others = dead.look()
    assert [] == bodies(sqs, dead.url)  # they are held

    assert {first.id} == dead.remove([first])
    dead.let_go(others)

    assert sorted(each.body for each in others) == bodies(sqs, dead.url)


def test_a_failure_of_a_queue_names_the_queue(sqs) -> None:
    url = "https://sqs.us-east-1.amazonaws.com/123456789012/none"
    gone = SqsDeadLetters(client=sqs, url=url, source=url)
    with pytest.raises(QueueUnavailable, match="on the queue none"):
        list[DeadLetter](gone.look())
