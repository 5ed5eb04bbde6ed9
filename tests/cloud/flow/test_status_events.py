"""A shop's queue hears on a local cloud what became of its messages, and of nobody else's."""

import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest

from local_cloud.cloud import LocalCloud
from ordercast.cli.local.clouds import local_target
from tests.cloud.another_stage import checkout_with, deployed_apart
from tests.cloud.conftest import AWS_CLI, restored_environment
from tests.cloud.orders import put
from tests.eventually import eventually
from tests.pages import snippets
from tests.status_events.example import example

SHOP, OTHER = "Example Tea", "Another Shop"


@pytest.fixture(scope="module")
def telling_cloud(tmp_path_factory: pytest.TempPathFactory) -> Iterator[LocalCloud]:
    """A stage that tells shops, deployed to a local cloud of its own; clients find that one."""
    checkout = checkout_with(
        'status_events = { enabled = true, window = "1 s" }',
        tmp_path_factory.mktemp("telling") / "checkout",
    )
    with deployed_apart("telling", checkout) as started, restored_environment():
        started.adopt_environment()
        yield started


def subscribed(tmp_path: Path) -> str:
    """Subscribe a queue as the page does it with the AWS CLI; return its URL.

    Version 1 of the CLI calls AWS's own SQS whatever AWS_ENDPOINT_URL says, but not with the option.
    """
    (commands,) = snippets("docs/status-events.md", heading="With the AWS CLI")
    script = commands.replace("/prod/", "/local/") + '\necho "queue: $queue"'
    done = subprocess.run(
        [
            "bash",
            "-euc",
            AWS_CLI.replace('"$@"', '--endpoint-url "$AWS_ENDPOINT_URL" "$@"') + script,
        ],
        cwd=tmp_path,
        env={**os.environ, "HOME": str(tmp_path)},
        capture_output=True,
        text=True,
        check=False,
    )
    assert 0 == done.returncode, done.stderr
    return done.stdout.rpartition("queue: ")[2].strip()


def test_a_delivered_message_is_told_to_its_own_shop_alone(
    telling_cloud: LocalCloud, tmp_path: Path
) -> None:
    queue = subscribed(tmp_path)
    mail = {"status": "shipped", "channel": "email", "contact": {"email": "ada@example.com"}}
    put(
        local_target(telling_cloud),
        {"order_id": "o-other", "shop": OTHER, **mail},
        {"order_id": "o-own", "shop": SHOP, **mail},
    )
    sqs = boto3.client("sqs")
    consumer = example("consumer")
    statuses = consumer.Statuses(":memory:")

    def delivered() -> bool:
        consumer.drain(sqs, queue, statuses, wait=1)
        return statuses.of_order("o-own") == [("email", "delivered", None)]

    eventually(delivered, within=60)
    assert [] == statuses.of_order("o-other")
