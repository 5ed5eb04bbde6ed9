"""On a deployed stage a customer is forgotten, in spite of a kill, and a suppressed address is listed."""

import json
import signal
import subprocess
import sys
from collections.abc import Callable

import pytest

from local_cloud.cloud import LocalCloud
from ordercast.events.identity import address_key
from ordercast.gateways.dynamodb.codec import text
from ordercast.notifications.lifecycle import State
from ordercast.operations.target import Target
from tests.cloud.commands.test_parked_notifications import DYING
from tests.cloud.orders import order, phone, put, rows
from tests.eventually import eventually

Shell = Callable[[str], str]
ORDERCAST = ".venv/bin/ordercast"


@pytest.fixture
def customer(target: Target, order_id: str) -> str:
    """A customer whose text and e-mail were delivered."""
    customer = f"c-{order_id}"
    put(target, order(order_id, customer_id=customer, items=["Teapot"]))

    def both_are_delivered() -> bool:
        return {State.DELIVERED} == {r.state for r in rows(target, order_id)} and 2 == len(
            rows(target, order_id)
        )

    eventually(both_are_delivered, within=60, every=0.5)
    return customer


def left(target: Target, order_id: str) -> str:
    """Return what the ledger holds of an order, as it is stored."""
    ledger = target.ledger().table
    page = ledger.client.query(
        TableName=ledger.name,
        KeyConditionExpression="pk = :order",
        ExpressionAttributeValues={":order": text(rows(target, order_id)[0].id[:22])},
    )
    return json.dumps(page["Items"])


def test_a_customer_is_forgotten_although_the_first_run_is_killed(
    cloud: LocalCloud, target: Target, shell: Shell, customer: str, order_id: str
) -> None:
    personal = (customer, f"{order_id}@example.com", phone(order_id), "Teapot")
    assert all(each in left(target, order_id) for each in personal)
    asked = ("forget", customer, "--reason", "a test", "--yes", "--json")
    ledger = ("ordercast.gateways.ledger.dynamo_ledger", "DynamoLedger", "change", "after")
    words = [sys.executable, "-c", DYING, *ledger, *asked, "--cloud", cloud.name]
    killed = subprocess.run(words, capture_output=True, check=False)
    assert -signal.SIGKILL == killed.returncode

    receipt = json.loads(shell(f"{ORDERCAST} {' '.join(asked).replace('a test', 'again')}"))
    assert (0, 2) == (receipt["notifications"], receipt["anonymised_before"])
    assert [] == [each for each in personal if each in left(target, order_id)]
    assert {State.DELIVERED} == {row.state for row in rows(target, order_id)}
    assert "to a person forgotten on" in shell(f"{ORDERCAST} status {order_id}")
    acts = json.loads(shell(f"{ORDERCAST} audit --verb forget --of {receipt['key']} --json"))
    assert [True, False] == [act["outcome"] is not None for act in acts]


def test_an_address_that_is_suppressed_by_hand_is_listed_and_shown(
    shell: Shell, target: Target, order_id: str
) -> None:
    address = f"{order_id}@example.com"
    shell(f"{ORDERCAST} suppressions add {address} --reason bounced --by cloud")
    asked = f"{ORDERCAST} suppressions list --reason bounced --last 1000 --json"

    def it_is_listed() -> bool:
        return address_key(address) in shell(asked)

    eventually(it_is_listed, within=20, every=0.5)
    shown = json.loads(shell(f"{ORDERCAST} suppressions show {address} --json"))
    assert ("by hand", []) == (shown["suppression"]["evidence"], shown["provider_lists"])
    put(target, order(order_id, channel="email"))

    def nothing_is_sent() -> bool:
        return ["bounced"] == [row.rule for row in rows(target, order_id)]

    eventually(nothing_is_sent, within=60, every=0.5)
    shell(f"{ORDERCAST} suppressions remove --address {address} --by cloud")
    assert not it_is_listed()
