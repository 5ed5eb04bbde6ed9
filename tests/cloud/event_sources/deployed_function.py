"""Deploy a function that counts the records it gets. Used by tests of event sources on the local cloud."""

import io
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4
from zipfile import ZipFile

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud

# Counts what it took as a metric, of a window at its end; names the first record that says so as failed.
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
    answer = {"batchItemFailures": failed}
    if "state" in event:
        answer["state"] = {"count": event["state"].get("count", 0) + taken}
        taken = answer["state"]["count"] if event["isFinalInvokeForWindow"] else 0
    metric = {"Namespace": "Test", "Dimensions": [["name"]], "Metrics": [{"Name": "Taken"}]}
    about = {"Timestamp": int(time.time() * 1000), "CloudWatchMetrics": [metric]}
    print(json.dumps({"_aws": about, "name": context.function_name, "Taken": taken}))
    return answer
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
        return client_of(service, endpoint=self._cloud.endpoint)

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

    def stream(self) -> str:
        """Make a stream of one shard; return its ARN."""
        kinesis = self.client("kinesis")
        kinesis.create_stream(StreamName=self.name, ShardCount=1)
        summary = kinesis.describe_stream_summary(StreamName=self.name)
        return str(summary["StreamDescriptionSummary"]["StreamARN"])

    def put(self, *data: str) -> None:
        """Put records on that stream, of one key."""
        for each in data:
            self.client("kinesis").put_record(
                StreamName=self.name, Data=each.encode(), PartitionKey="k"
            )

    def remove(self) -> None:
        """Remove the function and its mappings."""
        functions = self.client("lambda")
        listed = functions.list_event_source_mappings(FunctionName=self.name)
        for mapping in listed["EventSourceMappings"]:
            functions.delete_event_source_mapping(UUID=mapping["UUID"])
        functions.delete_function(FunctionName=self.name)
