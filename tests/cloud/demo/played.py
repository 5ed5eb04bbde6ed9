"""Play the demo on a deployed local cloud that is still empty. Used by the tests of the demo."""

import json
import shutil
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from io import StringIO
from pathlib import Path
from typing import Any, Self

import boto3
from rich.console import Console

from local_cloud.cloud import LocalCloud
from local_cloud.demo.comparison import DemoCount
from local_cloud.demo.independent_counts import cloudwatch_count
from local_cloud.demo.outcome import DemoOutcome
from local_cloud.demo.run import Demo
from local_cloud.metric_extraction.emf import metrics_in
from ordercast.embedded_metric_format import NAMESPACE
from ordercast.gateways.cloudwatch import MetricSums
from ordercast.workflows.read_rollups import HOUR

ORDERS = 12


@dataclass(frozen=True, slots=True, kw_only=True)
class Played:
    """A day that was played before anybody else put anything.

    `inbox` has what the carrier kept of it; `without_a_line` is what CloudWatch counts where it
    never read one line that analytics printed.
    """

    cloud: LocalCloud
    outcome: DemoOutcome
    inbox: Path
    without_a_line: DemoCount

    @classmethod
    def on(cls, cloud: LocalCloud, folder: Path) -> Self:
        """Play it there, and keep what is found in *folder*."""
        since = datetime.now(UTC).replace(minute=0, second=0, microsecond=0)
        demo = Demo(cloud=cloud, console=Console(file=StringIO()), keep_in=folder)
        outcome = demo(ORDERS, seed=1)
        inbox = shutil.copytree(cloud.inbox, folder / "inbox")
        return cls(cloud=cloud, outcome=outcome, inbox=inbox, without_a_line=_without_a_line(since))

    def with_count(self, who: str, count: DemoCount) -> DemoOutcome:
        """The outcome, had one of them counted that."""
        comparison = self.outcome.comparison
        changed = replace(comparison, counts={**comparison.counts, who: count})
        return replace(self.outcome, comparison=changed)


def _without_a_line(since: datetime) -> DemoCount:
    """Take a line back, count, and give it again: other tests read these metrics, too."""
    client, line = boto3.client("cloudwatch"), _a_line_of_analytics()
    sums = MetricSums(client=client, namespace=NAMESPACE, stage="local")
    _add(client, line, times=-1)
    counted = cloudwatch_count(sums, since, datetime.now(UTC) + HOUR)
    _add(client, line, times=1)
    return counted


def _a_line_of_analytics() -> str:
    """A line about messages of one channel, from the function's own log."""
    logs = boto3.client("logs")
    groups = logs.get_paginator("describe_log_groups").paginate()
    (name,) = (
        group["logGroupName"]
        for page in groups
        for group in page["logGroups"]
        if "AnalyticsLogs" in group["logGroupName"]
    )
    found = logs.filter_log_events(logGroupName=name, filterPattern='"_aws"')["events"]
    return next(
        e["message"]
        for e in found
        if json.loads(e["message"]).get("Sent", 0) > 0 and "channel" in json.loads(e["message"])
    )


def _add(client: Any, line: str, *, times: int) -> None:
    metrics = metrics_in(line, now=datetime.now(UTC) + timedelta(seconds=1))
    data = [
        {**metric.datum, "Value": times * metric.datum["Value"]}
        for metric in metrics
        if "Value" in metric.datum
    ]
    client.put_metric_data(Namespace=NAMESPACE, MetricData=data)
