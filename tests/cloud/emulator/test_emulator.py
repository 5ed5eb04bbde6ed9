"""Our patches of ministack work: each of these tests fails without its patch."""

# ruff: noqa: S608 - statements about tables of our own making

import json
import tomllib
from collections.abc import Iterator
from importlib import metadata
from io import BytesIO
from pathlib import Path
from queue import SimpleQueue
from typing import Any
from zipfile import ZipFile

import pytest

from local_cloud.clients import client_of
from local_cloud.emulator import serve
from local_cloud.emulator.command import emulator_command, loopback
from local_cloud.environment import CHECKOUT, REGION
from local_cloud.supervisor.emulator_process import EmulatorProcess, ProcessEvent
from local_cloud.supervisor.processes import ProcessIdentity
from local_cloud.supervisor.state import CloudFolder
from local_cloud.supervisor.supervisor import listen
from tests.eventually import all_the_while, eventually

OLD = "old"
NEW = "new"


class Ministack:
    """One that runs alone, as the local cloud starts it."""

    def __init__(self, folder: Path) -> None:
        cloud = CloudFolder(path=folder)
        cloud.create()
        events: SimpleQueue[ProcessEvent] = SimpleQueue()
        with listen() as gateway:
            port = gateway.getsockname()[1]
            command = emulator_command(folder, socket=gateway.fileno(), port=port, provider_port=9)
            self.process = EmulatorProcess(command, log=cloud.log("emulator"), events=events)
        assert "ready" == events.get(timeout=30)
        self.endpoint = loopback(port)

    def client(self, service: str) -> Any:
        return client_of(service, endpoint=self.endpoint)


@pytest.fixture(scope="module")
def ministack(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Ministack]:
    started = Ministack(tmp_path_factory.mktemp("cloud") / "ministack")
    yield started
    started.process.stop()


@pytest.fixture
def table(ministack: Ministack, request: pytest.FixtureRequest) -> str:
    name = f"table-{abs(hash(request.node.name))}"
    ministack.client("dynamodb").create_table(
        TableName=name,
        BillingMode="PAY_PER_REQUEST",
        AttributeDefinitions=[
            {"AttributeName": "pk", "AttributeType": "S"},
            {"AttributeName": "sk", "AttributeType": "N"},
        ],
        KeySchema=[
            {"AttributeName": "pk", "KeyType": "HASH"},
            {"AttributeName": "sk", "KeyType": "RANGE"},
        ],
        StreamSpecification={"StreamEnabled": True, "StreamViewType": "NEW_AND_OLD_IMAGES"},
    )
    return name


def records(ministack: Ministack, table: str) -> list[tuple[str, str | None, str | None]]:
    """Every change on the table's stream: its kind, and attribute `v` before and after."""
    streams = ministack.client("dynamodbstreams")
    arn = streams.list_streams(TableName=table)["Streams"][0]["StreamArn"]
    shard = streams.describe_stream(StreamArn=arn)["StreamDescription"]["Shards"][0]["ShardId"]
    iterator = streams.get_shard_iterator(
        StreamArn=arn, ShardId=shard, ShardIteratorType="TRIM_HORIZON"
    )["ShardIterator"]
    return [
        (
            record["eventName"],
            record["dynamodb"].get("OldImage", {}).get("v", {}).get("S"),
            record["dynamodb"].get("NewImage", {}).get("v", {}).get("S"),
        )
        for record in streams.get_records(ShardIterator=iterator)["Records"]
    ]


def insert(table: str, value: str = OLD) -> str:
    return f"""INSERT INTO "{table}" VALUE {{'pk': 'a', 'sk': 1, 'v': '{value}'}}"""


def update(table: str, value: str = NEW, condition: str = "") -> str:
    return f"""UPDATE "{table}" SET v = '{value}' WHERE pk = 'a' AND sk = 1{condition}"""


def delete(table: str) -> str:
    return f"""DELETE FROM "{table}" WHERE pk = 'a' AND sk = 1"""


def test_each_partiql_write_leaves_a_stream_record_with_both_images(
    ministack: Ministack, table: str
) -> None:
    dynamodb = ministack.client("dynamodb")
    for statement in (insert(table), update(table), delete(table)):
        dynamodb.execute_statement(Statement=statement)
    assert [
        ("INSERT", None, OLD),
        ("MODIFY", OLD, NEW),
        ("REMOVE", NEW, None),
    ] == records(ministack, table)


def test_so_do_writes_in_a_batch_with_parameters_and_a_condition(
    ministack: Ministack, table: str
) -> None:
    values = [{"S": "a"}, {"N": "1"}, {"S": OLD}]
    batch = [
        {
            "Statement": f"""INSERT INTO "{table}" VALUE {{'pk': ?, 'sk': ?, 'v': ?}}""",
            "Parameters": values,
        },
        {"Statement": update(table, condition=f" AND v = '{OLD}'")},
    ]
    for statement in batch:
        ministack.client("dynamodb").batch_execute_statement(Statements=[statement])
    assert [("INSERT", None, OLD), ("MODIFY", OLD, NEW)] == records(ministack, table)


def test_a_write_that_changes_nothing_leaves_no_record(ministack: Ministack, table: str) -> None:
    dynamodb = ministack.client("dynamodb")
    dynamodb.execute_statement(Statement=delete(table))
    dynamodb.execute_statement(Statement=insert(table))
    dynamodb.execute_statement(Statement=update(table, OLD))
    refused = {"Statement": update(table, condition=" AND v = 'else'")}
    duplicate = {"Statement": insert(table, NEW)}
    for statement in (refused, duplicate):
        answer = dynamodb.batch_execute_statement(Statements=[statement])
        assert "Error" in answer["Responses"][0]
    assert [("INSERT", None, OLD)] == records(ministack, table)


def test_a_transaction_leaves_all_of_its_records_or_none(ministack: Ministack, table: str) -> None:
    dynamodb = ministack.client("dynamodb")
    missing = f"""UPDATE "{table}" SET v = 'x' WHERE pk = 'missing' AND sk = 1"""
    with pytest.raises(dynamodb.exceptions.TransactionCanceledException):
        dynamodb.execute_transaction(
            TransactStatements=[{"Statement": insert(table)}, {"Statement": missing}]
        )
    assert [] == records(ministack, table)
    dynamodb.execute_transaction(TransactStatements=[{"Statement": insert(table)}])
    assert [("INSERT", None, OLD)] == records(ministack, table)


def template(threshold: int) -> str:
    """One alarm on metric math."""
    errors = {
        "Metric": {"Namespace": "AWS/Lambda", "MetricName": "Errors"},
        "Period": 60,
        "Stat": "Sum",
    }
    math = {
        "ComparisonOperator": "GreaterThanThreshold",
        "EvaluationPeriods": 1,
        "Threshold": threshold,
        "Metrics": [
            {"Id": "rate", "Expression": "errors / 2"},
            {"Id": "errors", "MetricStat": errors, "ReturnData": False},
        ],
    }
    resources = {"Math": {"Type": "AWS::CloudWatch::Alarm", "Properties": math}}
    return json.dumps({"Resources": resources})


def alarms(ministack: Ministack) -> list[Any]:
    found: list[Any] = ministack.client("cloudwatch").describe_alarms()["MetricAlarms"]
    return found


def test_metric_math_alarms_are_deployed_updated_and_removed(ministack: Ministack) -> None:
    cloudformation = ministack.client("cloudformation")
    cloudformation.create_stack(StackName="alarms", TemplateBody=template(1))
    cloudformation.get_waiter("stack_create_complete").wait(
        StackName="alarms", WaiterConfig={"Delay": 1}
    )
    [math] = alarms(ministack)
    assert ["rate", "errors"] == [metric["Id"] for metric in math["Metrics"]]

    cloudformation.update_stack(StackName="alarms", TemplateBody=template(2))
    cloudformation.get_waiter("stack_update_complete").wait(
        StackName="alarms", WaiterConfig={"Delay": 1}
    )
    [math] = alarms(ministack)
    assert 2 == math["Threshold"]

    cloudformation.delete_stack(StackName="alarms")

    def there_are_none() -> bool:
        return alarms(ministack) == []

    eventually(there_are_none)


def function(ministack: Ministack, name: str, code: str) -> None:
    zipped = BytesIO()
    with ZipFile(zipped, "w") as archive:
        archive.writestr("index.py", code)
    ministack.client("lambda").create_function(
        FunctionName=name,
        Runtime="python3.13",
        Handler="index.handler",
        Role="arn:aws:iam::000000000000:role/any",
        Code={"ZipFile": zipped.getvalue()},
        Timeout=60,
    )


def test_event_source_mappings_are_listed_and_left_alone(ministack: Ministack) -> None:
    """Our own event sources drive them; both at once would deliver everything twice."""
    function(ministack, "listener", "def handler(event, context):\n    return {}\n")
    queue = ministack.client("sqs").create_queue(QueueName="queue")["QueueUrl"]
    arn = f"arn:aws:sqs:{REGION}:000000000000:queue"
    lambda_ = ministack.client("lambda")
    lambda_.create_event_source_mapping(FunctionName="listener", EventSourceArn=arn)
    ministack.client("sqs").send_message(QueueUrl=queue, MessageBody="hello")

    def the_message_is_untouched() -> bool:
        names = ["ApproximateNumberOfMessages", "ApproximateNumberOfMessagesNotVisible"]
        found = ministack.client("sqs").get_queue_attributes(QueueUrl=queue, AttributeNames=names)
        return ["1", "0"] == [found["Attributes"][name] for name in names]

    # Its poller, when it runs, wakes at once.
    assert all_the_while(the_message_is_untouched, during=2)
    [mapping] = lambda_.list_event_source_mappings(FunctionName="listener")["EventSourceMappings"]
    assert ("Enabled", arn) == (mapping["State"], mapping["EventSourceArn"])


def test_it_ends_with_its_parent_and_so_does_a_busy_function(tmp_path: Path) -> None:
    doomed = Ministack(tmp_path / "doomed")
    pid = tmp_path / "pid"
    function(
        doomed,
        "busy",
        "import os, pathlib, time\n"
        "def handler(event, context):\n"
        f"    pathlib.Path({str(pid)!r}).write_text(str(os.getpid()))\n"
        "    time.sleep(50)\n",
    )
    doomed.client("lambda").invoke(FunctionName="busy", InvocationType="Event")

    def the_worker_is_busy() -> ProcessIdentity | None:
        return ProcessIdentity.of(int(pid.read_text() or 0)) if pid.exists() else None

    worker = eventually(the_worker_is_busy)
    server = doomed.process.identity()
    assert server is not None
    doomed.process.close_pipe()

    def both_are_gone() -> bool:
        return worker is not None and not worker.alive() and not server.alive()

    assert eventually(both_are_gone, within=3)
    doomed.process.stop()


def test_another_version_than_the_pinned_one_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """The patches know its inside; with another one they might do nothing, silently."""
    monkeypatch.setattr(metadata, "version", lambda _: "1.6.0")
    with pytest.raises(SystemExit, match=r"ministack 1\.6\.0 is installed, but .* for 1\.5\.33"):
        serve.main()


def test_the_pin_is_what_is_installed() -> None:
    project = tomllib.loads((CHECKOUT / "local_cloud/emulator/pyproject.toml").read_text())
    assert f"ministack=={serve.PINNED}" in project["project"]["dependencies"]
