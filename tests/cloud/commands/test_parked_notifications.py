"""Notifications that ran out of attempts are redriven from the command line, and sent once."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Collection, Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from pathlib import Path
from uuid import uuid4

import boto3
from msgspec.structs import replace

from local_cloud.cloud import LocalCloud
from local_cloud.inbox import SentMessage, read_inbox
from ordercast.cli.local.clouds import local_target
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target
from ordercast.sending.backoff import MAX_ATTEMPTS, OUT_OF_ATTEMPTS
from tests.cloud.orders import rows, sweep_now
from tests.eventually import eventually
from tests.examples import paused

ROOT = Path(__file__).parents[3]
ORDERCAST = str(ROOT / ".venv/bin/ordercast")
ONLY = ("--kind", "notification")

DYING = """
import os, signal, sys
from importlib import import_module
from ordercast.cli import app as cli

module, owner, call, when = sys.argv[1:5]
port = getattr(import_module(module), owner)
real = getattr(port, call)

def dying(self, things):
    if when == "after":
        real(self, things)
    os.kill(os.getpid(), signal.SIGKILL)

setattr(port, call, dying)
sys.argv[:5] = ["ordercast"]
cli.main()
"""
"""The command line, killed before or after it calls a gateway for the first time."""

REOPEN = ("ordercast.gateways.ledger.dynamo_ledger", "DynamoLedger", "change")
PUBLISH = ("ordercast.gateways.messaging.notifications_topic", "SnsNotificationsTopic", "publish")


KILLED = {
    "never": (),
    "before-reopening": (*REOPEN, "before"),
    "before-publishing": (*PUBLISH, "before"),
    "after-publishing": (*PUBLISH, "after"),
}


def test_what_was_out_of_attempts_is_sent_once_after_a_redrive_however_that_ends(
    cloud: LocalCloud, executor: Executor
) -> None:
    """Where the redrive reopened a notification and did not come to publish it, the sweeper does."""
    target, label = local_target(cloud), uuid4().hex[:12]
    orders = {f"parked-{label}-{when}": kill for when, kill in KILLED.items()}
    parked = out_of_attempts(target, list(orders), label=label)
    assert dict.fromkeys(parked.values(), "out-of-attempts") == listed(cloud, parked.values())

    def redriven(order: str, kill: Sequence[str]) -> list[int]:
        commands = [kill, ()] if kill else [()]
        return [redrive(cloud, parked[order], killed=each).returncode for each in commands]

    codes = list(executor.map(redriven, orders, orders.values()))
    assert [[0], *[[-signal.SIGKILL, 0]] * (len(orders) - 1)] == codes

    for order in orders:
        if any(row.state is State.REQUESTED for row in rows(target, order)):
            sweep_now(target, order)

    def each_was_sent() -> bool:
        return all(sent_messages(cloud, order) for order in orders)

    eventually(each_was_sent, within=60)
    assert "0 of 0 redriven" in redrive(cloud, *parked.values()).stdout
    put(target, f"after-{label}", f"after-{label}@example.com")
    eventually(lambda: sent_messages(cloud, f"after-{label}"), within=60)
    assert [1] * len(orders) == [len(sent_messages(cloud, order)) for order in orders]
    assert {} == listed(cloud, parked.values())


def out_of_attempts(target: Target, orders: Sequence[str], *, label: str) -> dict[str, str]:
    """Put orders and park them as a sender does after its last attempt; notifications by order.

    Their campaign is paused until they are parked: no provider on a local cloud is met twelve times.
    """
    ledger, hold = target.ledger(), paused(campaign=label)
    ledger.hold([hold])
    for order in orders:
        put(target, order, f"{order}@example.com", campaign=label)

    def all_are_there() -> list[Notification]:
        found = [row for order in orders for row in rows(target, order)]
        return found if len(orders) == sum(row.is_held for row in found) else []

    there, now = eventually(all_are_there, within=60), datetime.now(UTC)
    parked = [(row, _given_up(row, at=now)) for row in there]
    assert {row.id for row in there} == ledger.change(parked)
    ledger.let_go({hold.id}, at=now)
    return {row.order.order_id: row.id for row in there}


def _given_up(row: Notification, *, at: datetime) -> Notification:
    return replace(
        row,
        state=State.PARKED,
        rule=OUT_OF_ATTEMPTS,
        held_by=None,
        attempts=MAX_ATTEMPTS,
        due_at=None,
        closed_at=at,
    )


def put(target: Target, order: str, email: str, **more: str) -> None:
    event = {"order_id": order, "channel": "email", "contact": {"email": email}, **more}
    boto3.client("kinesis").put_record(
        StreamName=target.names.orders_stream,
        PartitionKey=order,
        Data=json.dumps(event).encode(),
    )


def sent_messages(cloud: LocalCloud, order: str) -> list[SentMessage]:
    return [each for each in read_inbox(cloud.inbox) if f"Order {order} is " in each.subject]


def listed(cloud: LocalCloud, notifications: Collection[str]) -> dict[str, str]:
    """The reasons of those that are parked, by id; others' may be too."""
    done = run(cloud, ORDERCAST, "parked", "list", "--json", *ONLY)
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    return {each["id"]: each["reason"] for each in lines if each["id"] in notifications}


def redrive(
    cloud: LocalCloud, *notifications: str, killed: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    command = (sys.executable, "-c", DYING, *killed) if killed else (ORDERCAST,)
    return run(cloud, *command, "parked", "redrive", *notifications, "--yes", *ONLY)


def run(cloud: LocalCloud, *command: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        command,
        cwd=ROOT,
        env=os.environ | {"ORDERCAST_CLOUD": cloud.name},
        capture_output=True,
        text=True,
        check=False,
    )
