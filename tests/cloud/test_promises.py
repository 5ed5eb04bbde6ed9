"""Our gateways keep the promises of their ports before real APIs, as `tests/promises` has them."""

import json
from base64 import b64decode
from collections.abc import Iterator
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import replace
from datetime import timedelta
from decimal import Decimal
from typing import Any
from uuid import uuid4

import boto3
import pytest

from gateways import people_item
from gateways.dynamodb import Table
from gateways.hub import SnsHub
from gateways.ledger import DynamoLedger
from gateways.parked_records import S3ParkedRecords
from gateways.people import DynamoPeople
from gateways.queue_visibility import SqsVisibility
from gateways.receipt_queue import SqsReceiptQueue
from gateways.rollups import DynamoRollups
from gateways.topic import Topic
from gateways.trails import DynamoTrails
from local.cloud import LocalCloud
from notifications.claim import Answer, Asked
from notifications.order_event import Channel
from notifications.outcome import accepted, not_now
from notifications.person import Person
from tests.eventually import eventually
from tests.fakes.aws_limits import strict
from tests.fakes.clock import START
from tests.promises.hub import Heard, HubPromises, Listener
from tests.promises.ledger import LedgerPromises
from tests.promises.ledger_steps import LATER, ONE, claimed, claims, enter, row, settle
from tests.promises.parked_records import Kept, ParkedRecordsPromises
from tests.promises.people import ADA, OnRecord, PeoplePromises, known, paying
from tests.promises.receipt_queue import Arrival, ReceiptQueuePromises
from tests.promises.rollups import RollupsPromises
from tests.promises.stops import StopsPromises, Switch
from tests.promises.trails import TrailsPromises


@pytest.fixture(scope="module")
def executor() -> Iterator[Executor]:
    with ThreadPoolExecutor(4) as executor:
        yield executor


def client(cloud: LocalCloud, service: str) -> Any:
    """Make a client of the emulator that refuses what AWS would and the emulator would not."""
    return strict(boto3.client(service, **cloud.session_arguments()))  # type: ignore[call-overload]


def fresh(kind: str) -> str:
    """Return a name that nothing has."""
    return f"promise-{kind}-{uuid4().hex[:12]}"


def table_like(cloud: LocalCloud, output: str, executor: Executor) -> Table:
    """Make an empty table with the keys and indexes of the one that was deployed."""
    dynamodb = client(cloud, "dynamodb")
    deployed = dynamodb.describe_table(TableName=cloud.outputs()[output])["Table"]
    wanted = ("IndexName", "KeySchema", "Projection")
    indexes = [{k: each[k] for k in wanted} for each in deployed.get("GlobalSecondaryIndexes", [])]
    name = fresh("table")
    dynamodb.create_table(
        TableName=name,
        KeySchema=deployed["KeySchema"],
        AttributeDefinitions=deployed["AttributeDefinitions"],
        BillingMode="PAY_PER_REQUEST",
        **({"GlobalSecondaryIndexes": indexes} if indexes else {}),
    )
    return Table(client=dynamodb, name=name, executor=executor)


@pytest.fixture
def people(cloud: LocalCloud, executor: Executor) -> DynamoPeople:
    return DynamoPeople(table=table_like(cloud, "CustomersTableName", executor))


@pytest.fixture
def ledger(cloud: LocalCloud, executor: Executor, people: DynamoPeople) -> DynamoLedger:
    table = table_like(cloud, "LedgerTableName", executor)
    return DynamoLedger(table=table, customers=people.table)


class TestDynamoLedger(LedgerPromises, StopsPromises):
    @pytest.fixture
    def stop(self, ledger: DynamoLedger) -> Switch:
        return lambda name: ledger.stop([name])

    @pytest.fixture
    def resume(self, ledger: DynamoLedger) -> Switch:
        return lambda name: ledger.resume([name])

    def test_a_settlement_that_is_repeated_changes_nothing(self, ledger: DynamoLedger) -> None:
        """The SDK repeats a call whose answer was lost."""
        claimed(ledger)
        settle(ledger, accepted("m-1"))
        settled = row(ledger)
        settle(ledger, accepted("m-1"))

        assert settled == row(ledger)

    def test_what_an_earlier_try_was_to_cost_is_not_what_this_one_does(
        self, ledger: DynamoLedger
    ) -> None:
        enter(ledger, ONE)
        asked = Asked(id=ONE.id, parts=3, reserved=Decimal("0.02343"))
        ledger.claim([asked], owner="first", lease_until=LATER, now=LATER)
        settle(ledger, not_now("Throttling"), owner="first")
        again = claims(ledger, ONE)[ONE.id]

        assert (Answer.MINE, None, None) == (again.answer, again.row.parts, again.row.reserved)

    def test_an_operator_reads_what_is_stopped(self, ledger: DynamoLedger) -> None:
        ledger.stop(["channel:sms", "country:SE"])

        assert {"channel:sms", "country:SE"} == ledger.stops().stopped


class TestDynamoPeople(PeoplePromises):
    @pytest.fixture
    def on_record(self, people: DynamoPeople) -> OnRecord:
        return lambda person: people.put([person])

    def test_a_record_is_written_whole_and_leaves_what_was_paid_alone(
        self, people: DynamoPeople, ledger: DynamoLedger
    ) -> None:
        people.put([ADA])
        people.pay([paying(ADA, "n-1")])
        told = replace(ADA, email=None, quiet=None, refusals={}, locale="sv")
        people.put([replace(told, locale="fi"), told])

        assert {"ada": paying(told, "n-1")} == known(ledger, "ada") == people.get({"ada"})

    def test_only_who_has_nothing_on_record_is_forgotten(self, people: DynamoPeople) -> None:
        """And who has refused in the meantime is read again before anybody pays for them."""
        table, key = people.table, people_item.key("ada")
        stranger = Person(key="ada")
        people.pay([paying(stranger, "n-1")])
        assert "ttl" in table.get([key])[0]

        refusing = replace(stranger, refusals={Channel.EMAIL: "complained"})
        people.change({"ada"}, lambda seen: replace(seen, refusals=refusing.refusals))
        assert "ttl" not in table.get([key])[0]
        assert set() == people.pay([paying(stranger, "n-2", turn=2)])
        assert {"ada"} == people.pay([paying(refusing, "n-2", turn=2)])
        assert "ttl" not in table.get([key])[0]

    def test_a_refusal_that_came_while_a_record_was_made_is_seen(
        self, people: DynamoPeople
    ) -> None:
        people.put([ADA])
        bounced = {**ADA.refusals, Channel.EMAIL: "hard-bounce"}

        def becoming(seen: Person) -> Person:
            if seen.refusals != bounced:
                people.put([replace(seen, refusals=bounced)])
            return replace(seen, locale="fi")

        people.change({"ada"}, becoming)
        assert {"ada": replace(ADA, refusals=bounced, locale="fi")} == people.get({"ada"})

    def test_a_record_can_be_put_over_a_stranger_who_has_paid(self, people: DynamoPeople) -> None:
        stranger = Person(key="ada")
        people.pay([paying(stranger, "n-1")])
        people.put([ADA])

        assert {"ada": paying(ADA, "n-1")} == people.get({"ada"})


class TestDynamoRollups(RollupsPromises):
    @pytest.fixture
    def rollups(self, cloud: LocalCloud, executor: Executor) -> DynamoRollups:
        return DynamoRollups(table=table_like(cloud, "RollupsTableName", executor))


class TestDynamoTrails(TrailsPromises):
    @pytest.fixture
    def trails(self, cloud: LocalCloud, executor: Executor) -> DynamoTrails:
        return DynamoTrails(table=table_like(cloud, "ReceiptsTableName", executor))


class TestSnsHub(HubPromises):
    @pytest.fixture
    def topic(self, cloud: LocalCloud, executor: Executor) -> Topic:
        sns = client(cloud, "sns")
        arn = sns.create_topic(Name=fresh("topic"))["TopicArn"]
        return Topic(client=sns, arn=arn, executor=executor)

    @pytest.fixture
    def hub(self, topic: Topic) -> SnsHub:
        return SnsHub(topic=topic)

    @pytest.fixture
    def listening(self, cloud: LocalCloud, topic: Topic) -> Listener:
        """A queue that hears the topic raw, as the senders' queues do."""
        sqs = client(cloud, "sqs")
        url = sqs.create_queue(QueueName=fresh("queue"))["QueueUrl"]
        attributes = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
        topic.client.subscribe(
            TopicArn=topic.arn,
            Protocol="sqs",
            Endpoint=attributes["Attributes"]["QueueArn"],
            Attributes={"RawMessageDelivery": "true"},
        )
        heard: Heard = []

        def listen(until: int) -> Heard:
            def enough_was_heard() -> bool:
                answer = sqs.receive_message(
                    QueueUrl=url, MaxNumberOfMessages=10, MessageAttributeNames=["All"]
                )
                heard.extend(_heard(message) for message in answer.get("Messages", []))
                return len(heard) >= until

            eventually(enough_was_heard)
            return heard

        return listen


class TestS3ParkedRecords(ParkedRecordsPromises):
    @pytest.fixture
    def parked(self, cloud: LocalCloud) -> S3ParkedRecords:
        s3, bucket = client(cloud, "s3"), fresh("bucket")
        s3.create_bucket(Bucket=bucket)
        return S3ParkedRecords(client=s3, bucket=bucket)

    @pytest.fixture
    def kept(self, parked: S3ParkedRecords) -> Kept:
        def kept() -> list[tuple[str, str, str, bytes]]:
            s3, bucket = parked.client, parked.bucket
            listed = s3.list_objects_v2(Bucket=bucket).get("Contents", [])
            bodies = [s3.get_object(Bucket=bucket, Key=o["Key"])["Body"].read() for o in listed]
            lines = [json.loads(line) for body in bodies for line in body.splitlines()]
            return [
                (_position(x), x["reason"], x["detail"], b64decode(x["payload"])) for x in lines
            ]

        return kept


def _position(line: dict[str, Any]) -> str:
    index = line["index"]
    return line["sequence_number"] + ("" if index is None else f".{index}")


class TestSqsReceiptQueue(ReceiptQueuePromises):
    @pytest.fixture
    def receipts(self, cloud: LocalCloud) -> SqsReceiptQueue:
        sqs = client(cloud, "sqs")
        return SqsReceiptQueue(
            client=sqs,
            cloudwatch=client(cloud, "cloudwatch"),
            url=sqs.create_queue(QueueName=fresh("queue"))["QueueUrl"],
            dead_letters_url=sqs.create_queue(QueueName=fresh("letters"))["QueueUrl"],
        )

    @pytest.fixture
    def arrive(self, receipts: SqsReceiptQueue) -> Arrival:
        return lambda: _discard(
            receipts.client.send_message(QueueUrl=receipts.url, MessageBody="{}")
        )

    @pytest.fixture
    def taken(self, receipts: SqsReceiptQueue) -> Arrival:
        return lambda: _discard(receipts.client.receive_message(QueueUrl=receipts.url))

    def test_a_receipt_that_is_held_back_is_still_to_come(self, receipts: SqsReceiptQueue) -> None:
        receipts.client.send_message(QueueUrl=receipts.url, MessageBody="{}", DelaySeconds=60)

        assert receipts.applied_until(now=START) is None

    def test_a_dead_letter_was_never_applied(self, receipts: SqsReceiptQueue) -> None:
        receipts.client.send_message(QueueUrl=receipts.dead_letters_url, MessageBody="{}")

        assert receipts.applied_until(now=START) is None


def test_a_message_that_is_to_come_back_is_seen_when_it_was_told_to(cloud: LocalCloud) -> None:
    """And no other: each has a wait of its own."""
    sqs = client(cloud, "sqs")
    url = sqs.create_queue(QueueName=fresh("queue"), Attributes={"VisibilityTimeout": "600"})[
        "QueueUrl"
    ]
    arn = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])["Attributes"][
        "QueueArn"
    ]
    for body in ("now", "later"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    handles = {m["Body"]: m["ReceiptHandle"] for m in _received(sqs, url)}
    SqsVisibility(client=sqs).delay(
        arn, {handles["now"]: timedelta(), handles["later"]: timedelta(hours=1)}
    )

    assert ["now"] == [message["Body"] for message in _received(sqs, url)]


def _received(sqs: Any, url: str) -> list[Any]:
    return list(sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10).get("Messages", []))


def _discard(_: object) -> None:
    """Make a statement of a call."""


def _heard(message: Any) -> tuple[str, dict[str, str]]:
    attributes = message["MessageAttributes"]
    body = json.loads(message["Body"])
    assert ["notification_id"] == list(body)
    return body["notification_id"], {k: v["StringValue"] for k, v in attributes.items()}
