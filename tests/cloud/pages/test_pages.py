"""The commands that the pages show work on the local cloud.

A stage on AWS is taken for the local one, and a file that would lie in the checkout lies elsewhere.
"""

import gzip
import json
import re
from concurrent.futures import Executor
from pathlib import Path
from shlex import quote
from uuid import uuid4

import boto3
import pytest

from local_cloud.cloud import LocalCloud
from ordercast.cli.local.clouds import local_target
from tests.eventually import eventually
from tests.pages import snippets

SHOP = "Example Tea"
AS_AWS = 'eval "$(.venv/bin/ordercast env)"\n'


@pytest.fixture
def an_order(shell) -> None:
    """Something is on the stream, on the ledger and in the rollups."""
    shell(".venv/bin/ordercast put examples/order.json")


def test_what_arrived_is_recorded_and_replayed(shell, an_order, tmp_path: Path) -> None:
    *_, readme = snippets("README.md", heading="Customers, pauses and parked items")
    (record,) = snippets("docs/replay.md", heading="Record")
    (replay,) = snippets("docs/replay.md", heading="Replay")
    file = tmp_path / "incident.jsonl.gz"

    said = shell(here(readme + record + replay, file))

    header = json.loads(gzip.decompress(file.read_bytes()).splitlines()[0])
    assert 2 == said.count(f"{header['records']} records in")
    outcomes = r"^\d+ records: (?:\d+ accepted|none in that period)"
    assert 3 == len(re.findall(outcomes, said, re.MULTILINE))


def test_the_rollups_are_compared_and_written_down(
    shell, executor: Executor, an_order, tmp_path: Path
) -> None:
    """Whether they are right is another test's: others may have something on its way here.

    At the same time, since each comparison waits for a second look.
    """
    (rollups,) = snippets("docs/rollups.md", heading="Comparing")
    _, readme = snippets("README.md", heading="Deploy it to AWS")
    file = tmp_path / "notifications.jsonl"
    lines = [line.partition("#")[0] for line in here(rollups + readme, file).splitlines()]

    said = "".join(executor.map(lambda line: shell(f"{line} || [ $? = 1 ]"), lines))

    assert 5 == said.count("not yet counted")
    assert file.read_text().count("\n") >= 2


def test_figures_are_asked_for(shell, an_order) -> None:
    (shown,) = snippets("docs/figures.md")

    said = shell(shown)

    for words in ("delivery", "notifications,accepted,sent", "USD", "out/report.html"):
        assert words in said


def test_prices_are_shown_and_compared(shell, an_order) -> None:
    """The simulated carrier is cheaper than the list, which ends the comparison with status 1."""
    (shown,) = snippets("docs/prices.md", heading="Prices, and what a text may cost")
    listed, compared = (line.partition("#")[0] for line in shown.splitlines())

    assert "sms US" in shell(listed)
    assert "Accepted" in shell(f"{compared} || [ $? = 1 ]")


def test_an_operator_finds_the_names_of_resources(shell, cloud: LocalCloud) -> None:
    (shown,) = snippets("docs/runbook.md", heading="Runbook")

    said = shell(AS_AWS + here(shown))

    assert local_target(cloud).names.notifications_topic in said


def test_the_account_s_stack_may_be_taken_down(shell) -> None:
    """The first of two lines: the second takes it down."""
    (shown,) = snippets("docs/runbook.md", heading="Taking it down again")
    unprotect, destroy = shown.splitlines()
    assert "make destroy-account" == destroy

    shell(AS_AWS + unprotect)

    (stack,) = boto3.client("cloudformation").describe_stacks(StackName="Ordercast-Account")[
        "Stacks"
    ]
    assert not stack.get("EnableTerminationProtection")


def test_a_suppression_is_ended(shell, executor: Executor) -> None:
    """Of three who bounced: a customer by id, by id and address, and an address alone."""
    (ours,) = snippets("docs/runbook.md", heading="Ending a suppression")
    run = uuid4().hex[:8]
    customers = (f"c-{run}", f"d-{run}", None)

    def ended(customer: str | None, line: str) -> str:
        address = f"bounce+{customer or run}@simulator.amazonses.com"
        order = {"order_id": f"o-{run}-{customer}", "channel": "email", "shop": SHOP}
        event = order | {"customer_id": customer, "contact": {"email": address}}
        shell(f"echo {quote(json.dumps(event))} | .venv/bin/ordercast put -")
        whom = f"{customer} --shop {quote(SHOP)}" if customer else f"--address {address}"

        def it_is_known_to_bounce() -> bool:
            return "bounced" in shell(f".venv/bin/ordercast customers show {whom} || true")

        eventually(it_is_known_to_bounce, within=60, every=0.5)
        unsuppress = line.replace("CUSTOMER", str(customer)).replace("SHOP", quote(SHOP))
        return shell(unsuppress.replace("ADDRESS", address))

    for said in executor.map(ended, customers, ours.splitlines()):
        assert "unsuppressed email: bounced" in said


def test_a_new_order_shows_the_words_of_its_template(shell) -> None:
    """All but the changed words, since nothing is deployed here."""
    (shown,) = snippets("docs/templates.md", heading="Change a word")
    text = snippets("docs/templates.md", heading="Change a word", language="text")[-1]
    up, *lines = shown.splitlines()
    assert ".venv/bin/ordercast up" == up

    said = shell("\n".join(lines))

    assert "2 messages sent (simulated)" in said
    # Longer recipients of other tests fold its line, words and addresses included.
    expected = text.replace("is in our hands", "is confirmed").split()
    assert "".join(expected) in "".join(said.split())


def test_a_shop_s_code_puts_its_event_on_a_local_cloud(shell, tmp_path: Path) -> None:
    (shown,) = snippets("docs/shops.md", heading="Try it without AWS")
    code, *_ = snippets("docs/shops.md", language="python")
    (tmp_path / "shop.py").write_text(code)
    up, *lines = here(shown, tmp_path / "shop.py").splitlines()
    assert ".venv/bin/ordercast up" == up

    def the_inbox_has_it() -> bool:
        return "Order 1000017 is on its way" in shell(lines[-1])

    shell("\n".join(lines))
    assert eventually(the_inbox_has_it, within=60, every=0.5)


def here(script: str, file: Path | None = None) -> str:
    """A page's script for the local stage, with its file elsewhere."""
    script = script.replace("--stage prod", "--stage local").replace("STAGE", "local")
    return script.replace(file.name, str(file)) if file else script
