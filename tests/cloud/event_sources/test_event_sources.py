"""Event source mappings on the local cloud behave as they were deployed."""

import base64
import json
from typing import Any

from lambda_event_sources.streams.shard_batcher import lane_of
from tests.eventually import eventually


def test_a_poison_record_ends_in_the_bucket_with_its_payload_and_its_neighbours_go_through(
    deployed,
):
    arn = deployed.stream()
    uuid = deployed.map(
        arn,
        BatchSize=3,
        StartingPosition="TRIM_HORIZON",
        MaximumRetryAttempts=1,
        BisectBatchOnFunctionError=True,
        DestinationConfig={"OnFailure": {"Destination": f"arn:aws:s3:::{deployed.name}"}},
    )
    deployed.put("a", "b", "poison", "c")

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
    arn = deployed.stream()
    pattern = json.dumps({"data": {"status": [{"prefix": "PLACED"}]}})
    placed = '{"status": "PLACED"}'
    deployed.put('{"status": "SHIPPED"}', "poison", placed, placed)

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


def test_a_group_waits_for_its_failing_first_message_and_goes_on_when_that_is_a_dead_letter(
    deployed,
):
    sqs = deployed.client("sqs")
    dead = sqs.create_queue(
        QueueName=f"{deployed.name}-dead.fifo", Attributes={"FifoQueue": "true"}
    )
    policy = {"deadLetterTargetArn": arn_of(sqs, dead["QueueUrl"]), "maxReceiveCount": 2}
    settings = {
        "FifoQueue": "true",
        "ContentBasedDeduplication": "true",
        # Longer than an invocation, or a message of a slow one would count as received twice.
        "VisibilityTimeout": "5",
        "RedrivePolicy": json.dumps(policy),
    }
    url = sqs.create_queue(QueueName=f"{deployed.name}.fifo", Attributes=settings)["QueueUrl"]
    for group, body in (("g", "poison"), ("g", "a"), ("h", "b")):
        sqs.send_message(QueueUrl=url, MessageBody=body, MessageGroupId=group)

    deployed.map(arn_of(sqs, url), BatchSize=1)

    eventually(lambda: 2 == deployed.taken(), within=60)
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
    arn = deployed.stream()
    keys = [next(k for k in map(str, range(99)) if lane_of(k, 3) == lane) for lane in range(3)]
    kinesis = deployed.client("kinesis")
    kinesis.put_record(StreamName=deployed.name, Data=b"poison", PartitionKey=keys[0])
    for key in keys * 2:
        kinesis.put_record(StreamName=deployed.name, Data=b"a", PartitionKey=key)

    deployed.map(arn, BatchSize=1, StartingPosition="TRIM_HORIZON", ParallelizationFactor=3)

    assert eventually(lambda: 4 == deployed.taken(), within=30)
