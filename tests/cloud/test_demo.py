"""The demo balances: four who never speak to each other count the same, and one line too few is seen."""

import json
import os
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path

import boto3
import pytest
from rich.console import Console
from typer.testing import CliRunner

from analytics.metrics import NAMESPACE
from analytics.queries import HOUR
from gateways.cloudwatch import MetricSums
from local_cloud.cloud import LocalCloud
from local_cloud.inbox import FILE_NAME, read_inbox
from local_cloud.metric_extraction.emf import metrics_in
from local_cloud.provider_simulator import bills
from ordercast import cli
from ordercast.demo.accounts import CARRIER, CLOUDWATCH, Count
from ordercast.demo.outcome import MEMORY_LIMIT, Outcome
from ordercast.demo.run import Demo
from ordercast.demo.witnesses import carrier, cloudwatch

ORDERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A day that was played on a cloud of its own, where nobody else puts anything."""

    cloud: LocalCloud
    outcome: Outcome
    since: datetime

    def with_count(self, who: str, count: Count) -> Outcome:
        """The outcome, had one of them counted that."""
        accounts = self.outcome.accounts
        changed = replace(accounts, counts={**accounts.counts, who: count})
        return replace(self.outcome, accounts=changed)


@pytest.fixture(scope="module")
def played(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Played]:
    folder = tmp_path_factory.mktemp("out")
    before = dict(os.environ)
    with LocalCloud.start("demo", another=True) as cloud:
        cloud.deploy()
        since = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        demo = Demo(cloud=cloud, console=Console(file=StringIO()), keep_in=folder)
        yield Played(cloud=cloud, outcome=demo(ORDERS, seed=1), since=since)
    os.environ.clear()
    os.environ.update(before)


@pytest.fixture
def ordercast_demo(played: Played, monkeypatch: pytest.MonkeyPatch):
    """The command, on a cloud that is there already, at the end of whose day comes that outcome."""
    monkeypatch.setattr(LocalCloud, "start", lambda *_, **__: played.cloud)
    monkeypatch.setattr(LocalCloud, "deploy", lambda *_, **__: None)
    monkeypatch.setattr(LocalCloud, "stop", lambda *_, **__: None)

    def run(outcome: Outcome) -> tuple[int, str]:
        told = StringIO()
        monkeypatch.setattr(cli, "Demo", lambda **_: lambda *_, **__: outcome)
        monkeypatch.setattr(cli, "console", Console(file=told, width=80))
        return CliRunner().invoke(cli.app, ["demo"]).exit_code, told.getvalue()

    return run


def test_all_who_count_agree_and_every_record_ends_as_it_was_put(
    played: Played, ordercast_demo
) -> None:
    outcome = played.outcome
    assert [] == outcome.accounts.disagreements
    assert [] == outcome.mistaken
    assert outcome.verified.is_right
    assert outcome.accounts.counts[CARRIER]["cost"] > 0
    code, said = ordercast_demo(outcome)
    assert 0 == code
    assert "Four independent counts agree" in said


def test_no_worker_takes_more_memory_than_its_function_has(played: Played) -> None:
    memory = played.outcome.memory
    assert {"order relay", "sms sender", "email sender", "receipt tracker"} <= memory.keys()
    assert max(memory.values()) < MEMORY_LIMIT


def test_what_was_sent_and_what_came_of_it_are_kept_as_pages(played: Played) -> None:
    pages = played.outcome.pages
    assert "<html" in pages["messages"].read_text()
    assert "<svg" in pages["report"].read_text()


@pytest.mark.parametrize(
    ("name", "figure"), [(FILE_NAME, "sent"), (bills.FILE_NAME, "cost")], ids=["call", "bill"]
)
def test_a_line_of_the_carriers_that_is_missing_is_seen_and_the_carrier_named(
    name: str, figure: str, played: Played, ordercast_demo, tmp_path: Path
) -> None:
    for each in (FILE_NAME, bills.FILE_NAME):
        (tmp_path / each).write_bytes((played.cloud.inbox / each).read_bytes())
    lines = (tmp_path / name).read_text().splitlines(keepends=True)
    (tmp_path / name).write_text("".join(lines[1:]))

    counted = carrier(read_inbox(tmp_path), bills.read_bills(tmp_path))
    code, said = ordercast_demo(played.with_count(CARRIER, counted))

    assert 1 == code
    assert f"{figure}" in said.partition("disagree about")[2]
    assert "carrier" in said.partition("apart:")[2]


def test_a_line_of_metrics_that_never_came_is_seen_and_cloudwatch_named(
    played: Played, ordercast_demo
) -> None:
    """One line that analytics printed is taken back: CloudWatch is as if it had never read it."""
    client = boto3.client("cloudwatch")
    take_back(client, a_line_of_analytics())

    sums = MetricSums(client=client, namespace=NAMESPACE, stage="local")
    until = datetime.now(UTC) + HOUR
    counted = cloudwatch(sums, played.since, until)
    code, said = ordercast_demo(played.with_count(CLOUDWATCH, counted))

    assert 1 == code
    assert "CloudWatch" in said.partition("apart:")[2]


def a_line_of_analytics() -> str:
    """A line about messages of one channel, from the function's own log."""
    logs = boto3.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate()
    (name,) = (
        group["logGroupName"]
        for page in groups
        for group in page["logGroups"]
        if "AnalyticsProcessor" in group["logGroupName"]
    )
    found = logs.filter_log_events(logGroupName=name, filterPattern='"_aws"')["events"]
    return next(
        e["message"]
        for e in found
        if json.loads(e["message"]).get("Sent", 0) > 0 and "channel" in json.loads(e["message"])
    )


def take_back(client, line: str) -> None:
    told = metrics_in(line, now=datetime.now(UTC) + timedelta(seconds=1))
    data = [
        {**metric.datum, "Value": -metric.datum["Value"]}
        for metric in told
        if "Value" in metric.datum
    ]
    client.put_metric_data(Namespace=NAMESPACE, MetricData=data)
