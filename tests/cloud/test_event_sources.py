"""The poller on real APIs: what a deployed mapping says is what happens."""

import base64
import io
import json
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

import boto3
import pytest

from local.cloud import LocalCloud
from local.event_source_model.shard import lane_of
from tests.eventually import eventually

# Counts what it took as a metric; names the first record that says so as failed.
HANDLER = """
import base64, json, time

def handler(event, context):
    failed, taken = [], 0
    for record in event["Records"]:
        stream = "kinesis" in record
        body = base64.b64decode(record["kinesis"]["data"]).decode() if stream else record["body"]
        if body == "poison":
            identifier = record["kinesis"]["sequenceNumber"] if stream else record["messageId"]
            failed.append({"itemIdentifier": identifier})
            if stream:
                break
        else:
            taken += 1
    metric = {"Namespace": "Test", "Dimensions": [["name"]], "Metrics": [{"Name": "Taken"}]}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": about, "name": context.function_name, "Taken": taken}))
    return {"batchItemFailures": failed}
"""


class Deployed:
    """A function with a name of its own in the local cloud, and what was made for it."""

    def __init__(self, cloud: LocalCloud) -> None:
        self._cloud = cloud
        self.name = f"event-source-{uuid4().hex[:8]}"
        archive = io.BytesIO()
        with ZipFile(archive, "w") as file:
            file.writestr("index.py", HANDLER)
        self.client("lambda").create_function(
            FunctionName=self.name,
            Runtime="python3.13",
            Role="arn:aws:iam::000000000000:role/test",
            Handler="index.handler",
            Code={"ZipFile": archive.getvalue()},
        )
        self.client("s3").create_bucket(Bucket=self.name)

    def client(self, service: str) -> Any:
        return boto3.client(service, **self._cloud.session_arguments())

    def map(self, source_arn: str, **settings: Any) -> str:
        answer = self.client("lambda").create_event_source_mapping(
            FunctionName=self.name,
            EventSourceArn=source_arn,
            FunctionResponseTypes=["ReportBatchItemFailures"],
            **settings,
        )
        return str(answer["UUID"])

    def objects(self) -> list[str]:
        listed = self.client("s3").list_objects_v2(Bucket=self.name)
        return [found["Key"] for found in listed.get("Contents", ())]

    def taken(self) -> float:
        """Sum up the function's metric, as CloudWatch knows it."""
        now = datetime.now(UTC)
        answer = self.client("cloudwatch").get_metric_statistics(
            Namespace="Test",
            MetricName="Taken",
            Dimensions=[{"Name": "name", "Value": self.name}],
            StartTime=now - timedelta(hours=1),
            EndTime=now + timedelta(hours=1),
            Period=3600,
            Statistics=["Sum"],
        )
        return float(sum(point["Sum"] for point in answer["Datapoints"]))


@pytest.fixture
def deployed(cloud: LocalCloud) -> Iterator[Deployed]:
    made = Deployed(cloud)
    yield made
    functions = made.client("lambda")
    for mapping in functions.list_event_source_mappings(FunctionName=made.name)[
        "EventSourceMappings"
    ]:
        functions.delete_event_source_mapping(UUID=mapping["UUID"])
    functions.delete_function(FunctionName=made.name)


def test_a_poison_record_ends_in_the_bucket_with_its_payload_and_its_neighbours_go_through(
    deployed,
):
    kinesis = deployed.client("kinesis")
    kinesis.create_stream(StreamName=deployed.name, ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName=deployed.name)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    uuid = deployed.map(
        arn,
        BatchSize=3,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{deployed.name}"}},
    )
    for body in ("a", "b", "poison", "c"):
        kinesis.put_record(StreamName=deployed.name, Data=body.encode(), PartitionKey="k")

    (key,) = eventually(deployed.objects, within=30)

    content = deployed.client("s3").get_object(Bucket=deployed.name, Key=key)["Body"].read()
    written = json.loads(content)
    bodies = [
        base64.b64decode(record["kinesis"]["data"])
        for record in json.loads(written["payload"])["Records"]
    ]
    assert key.startswith(f"aws/lambda/{uuid}/shardId-000000000000/")
    assert "RetryAttemptsExhausted" == written["requestContext"]["condition"]
    assert arn == written["KinesisBatchInfo"]["streamArn"]
    assert b"poison" == bodies[0]
    # What a partial answer left unread is given up with the poison: batches of three.
    left = 4 - len(bodies)
    eventually(lambda: left == deployed.taken(), within=30)


def test_a_filter_keeps_records_from_the_function_and_holds_up_nobody(deployed):
    kinesis = deployed.client("kinesis")
    kinesis.create_stream(StreamName=deployed.name, ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName=deployed.name)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    pattern = json.dumps({"data": {"status": [{"prefix": "PLACED"}]}})
    for data in ('{"status": "SHIPPED"}', "poison", '{"status": "PLACED"}', '{"status": "PLACED"}'):
        kinesis.put_record(StreamName=deployed.name, Data=data.encode(), PartitionKey="k")

    deployed.map(
        arn, StartingPosition="TRIM_HORIZON", FilterCriteria={"Filters": [{"Pattern": pattern}]}
    )

    assert eventually(lambda: 2 == deployed.taken(), within=30)


def test_messages_that_a_filter_leaves_out_are_deleted(deployed):
    sqs = deployed.client("sqs")
    url = sqs.create_queue(QueueName=deployed.name)["QueueUrl"]
    for body in ("poison", "a", "poison"):
        sqs.send_message(QueueUrl=url, MessageBody=body)

    pattern = json.dumps({"body": ["a"]})
    deployed.map(arn_of(sqs, url), FilterCriteria={"Filters": [{"Pattern": pattern}]})

    eventually(lambda: 0 == waiting_in(sqs, url), within=30)
    assert eventually(lambda: 1 == deployed.taken(), within=30)


def test_a_group_waits_for_its_failing_head_and_goes_on_when_that_is_a_dead_letter(deployed):
    sqs = deployed.client("sqs")
    dead = sqs.create_queue(
        QueueName=f"{deployed.name}-dead.fifo", Attributes={"FifoQueue": "true"}
    )
    policy = {"deadLetterTargetArn": arn_of(sqs, dead["QueueUrl"]), "maxReceiveCount": 2}
    settings = {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "true",
        "VisibilityTimeout": "1",
        "RedrivePolicy": json.dumps(policy),
    }
    url = sqs.create_queue(QueueName=f"{deployed.name}.fifo", Attributes=settings)["QueueUrl"]
    for group, body in (("g", "poison"), ("g", "a"), ("h", "b")):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)

    deployed.map(arn_of(sqs, url), BatchSize=1)

    eventually(lambda: 2 == deployed.taken(), within=30)
    eventually(lambda: 0 == waiting_in(sqs, url), within=30)
    assert 1 == waiting_in(sqs, dead["QueueUrl"])


def arn_of(sqs: Any, url: str) -> str:
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["QueueArn"])
    return str(answer["Attributes"]["QueueArn"])


def waiting_in(sqs: Any, url: str) -> int:
    counted = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=COUNTS)["Attributes"]
    return sum(map(int, counted.values()))


COUNTS = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]


def test_messages_that_went_through_are_deleted_and_a_failed_one_comes_back(deployed):
    sqs = deployed.client("sqs")
    url = sqs.create_queue(QueueName=deployed.name, Attributes={"VisibilityTimeout": "1"})[
        "QueueUrl"
    ]
    for body in ("a", "poison", "b"):
        sqs.send_message(QueueUrl=url, MessageBody=body)
    uuid = deployed.map(arn_of(sqs, url), BatchSize=10)

    eventually(lambda: 2 == deployed.taken(), within=30)
    deployed.client("lambda").delete_event_source_mapping(UUID=uuid)

    def left() -> list[str]:
        received = sqs.receive_message(QueueUrl=url, MaxNumberOfMessages=10)
        return [message["Body"] for message in received.get("Messages", ())]

    assert ["poison"] == eventually(left)


def test_a_key_that_fails_holds_up_its_own_lane_and_nobody_elses(deployed):
    kinesis = deployed.client("kinesis")
    kinesis.create_stream(StreamName=deployed.name, ShardCount=1)
    arn = kinesis.describe_stream_summary(StreamName=deployed.name)["StreamDescriptionSummary"][
        "StreamARN"
    ]
    keys = [next(k for k in map(str, range(99)) if lane_of(k, 3) == lane) for lane in range(3)]
    kinesis.put_record(StreamName=deployed.name, Data=b"poison", PartitionKey=keys[0])
    for key in keys * 2:
        kinesis.put_record(StreamName=deployed.name, Data=b"a", PartitionKey=key)

    deployed.map(arn, BatchSize=1, StartingPosition="TRIM_HORIZON", ParallelizationFactor=3)

    assert eventually(lambda: 4 == deployed.taken(), within=30)
