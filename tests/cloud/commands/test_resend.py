"""A message is sent again, and an order's cancelled, from the command line: killed at any write and repeated, once."""

import json
import signal
import subprocess
import sys
from collections.abc import Sequence
from concurrent.futures import Executor
from datetime import UTC, datetime
from uuid import uuid4

from local_cloud.cloud import LocalCloud
from ordercast.cli.local.clouds import local_target
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.target import Target
from tests.cloud.commands.test_parked_notifications import DYING, ORDERCAST, PUBLISH, put, run
from tests.cloud.commands.test_parked_notifications import sent_messages as sent
from tests.cloud.orders import rows, sweep_now
from tests.eventually import eventually
from tests.examples import paused

LEDGER = "ordercast.gateways.ledger.dynamo_ledger", "DynamoLedger"
KILLED = {
    "never": (),
    "after-linking": (*LEDGER, "change", "after"),
    "before-linking": (*LEDGER, "change", "before"),
    "before-publishing": (*PUBLISH, "before"),
    "after-publishing": (*PUBLISH, "after"),
}
WHY = ("--yes", "--reason", "a test")


def test_what_is_resent_comes_once_more_however_the_command_ends(
    cloud: LocalCloud, executor: Executor
) -> None:
    target, label = local_target(cloud), uuid4().hex[:12]
    orders = {f"resend-{label}-{when}": kill for when, kill in KILLED.items()}
    for order in orders:
        put(target, order, f"{order}@example.com")
    first = {order: delivered(target, order) for order in orders}

    def resent(order: str, kill: Sequence[str]) -> list[int]:
        return [
            command(cloud, "resend", first[order].id, *WHY, killed=each).returncode
            for each in ([kill, ()] if kill else [()])
        ]

    codes = list(executor.map(resent, orders, orders.values()))
    assert [[0], *[[-signal.SIGKILL, 0]] * (len(orders) - 1)] == codes

    def each_came_twice() -> bool:
        return all(len(sent(cloud, order)) == 1 + 1 for order in orders)

    eventually(each_came_twice, within=60)
    for order in orders:
        [_, again] = rows(target, order)
        assert (first[order].id, 1) == (again.resend_of, row_of(target, order).last_resend)
        sweep_now(target, order)
    assert each_came_twice()
    said = json.loads(command(cloud, "find", next(iter(orders)), "--json").stdout)
    assert [first[next(iter(orders))].id, None] == [
        each["resend_of"] for each in said[0]["messages"]
    ]


def test_what_waits_of_a_campaign_is_cancelled_and_never_sent(cloud: LocalCloud) -> None:
    target, label = local_target(cloud), uuid4().hex[:12]
    hold, order = paused(campaign=label), f"cancel-{label}"
    target.ledger().hold([hold])
    put(target, order, f"{order}@example.com", campaign=label)

    def it_waits() -> bool:
        return any(row.is_held for row in rows(target, order))

    eventually(it_waits, within=60)

    def it_is_found() -> bool:
        planned = json.loads(command(cloud, "cancel", "--campaign", label, "--json").stdout)
        return bool({"deferred": 1} == planned["found"])

    eventually(it_is_found, within=60)  # an index is a moment late
    done = command(cloud, "cancel", "--campaign", label, *WHY)
    target.ledger().let_go({hold.id}, at=datetime.now(UTC))
    sweep_now(target, order)

    assert "1 message cancelled" in done.stdout
    [row] = rows(target, order)
    assert (State.SUPPRESSED, "cancelled") == (row.state, row.rule)
    assert [] == sent(cloud, order)


def delivered(target: Target, order: str) -> Notification:
    def it_arrived() -> Notification | None:
        return next((r for r in rows(target, order) if r.state is State.DELIVERED), None)

    found = eventually(it_arrived, within=60)
    assert found
    return found


def row_of(target: Target, order: str) -> Notification:
    return next(row for row in rows(target, order) if not row.resend_of)


def command(
    cloud: LocalCloud, *words: str, killed: Sequence[str] = ()
) -> subprocess.CompletedProcess[str]:
    begin = (sys.executable, "-c", DYING, *killed) if killed else (ORDERCAST,)
    return run(cloud, *begin, *words)
