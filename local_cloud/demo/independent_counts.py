"""Count a day on a local cloud in four independent ways. Used by the demo."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Self

import boto3

from local_cloud.cloud import LocalCloud
from local_cloud.demo.comparison import (
    CLOUDWATCH,
    EXPECTED,
    ROLLUPS,
    SIMULATOR,
    Comparison,
    DemoCount,
)
from local_cloud.demo.day import DemoRecord
from local_cloud.demo.shop import Result
from local_cloud.inbox import InboxReader, SentMessage
from local_cloud.provider_simulator.charges import Charge, read_charges
from ordercast.embedded_metric_format import NAMESPACE
from ordercast.events.order_event import Channel
from ordercast.gateways.cloudwatch import MetricSums
from ordercast.operations.target import Target
from ordercast.rollups.rollup import Amounts, RollupKey
from ordercast.rollups.statistics import by, in_all
from ordercast.workflows.read_rollups import HOUR, Buckets, rollups_between


@dataclass(slots=True, kw_only=True)
class IndependentCounts:
    """The counts of a local cloud, in the hours from *since* on."""

    folder: Path
    reader: InboxReader
    rollups: Buckets
    sums: MetricSums
    since: datetime
    messages: list[SentMessage] = field(default_factory=list)

    @classmethod
    def of(cls, cloud: LocalCloud, target: Target, *, since: datetime) -> Self:
        """Return the counts of what is deployed there."""
        client = boto3.client("cloudwatch")
        return cls(
            folder=cloud.inbox,
            reader=InboxReader(cloud.inbox),
            rollups=target.rollups(),
            sums=MetricSums(client=client, namespace=NAMESPACE, stage=target.stage),
            since=since,
        )

    def new_messages(self) -> list[SentMessage]:
        """Return the messages that the provider simulator accepted since the last call."""
        new = self.reader.new()
        self.messages += new
        return new

    def buckets(self) -> dict[RollupKey, Amounts]:
        """Return the rollups of all hours so far."""
        return rollups_between(self.rollups, self.since, self._until())

    def compare(self, put: Iterable[DemoRecord]) -> Comparison:
        """Return all counts as they are now; the simulator's as of the last `new_messages`."""
        return Comparison(
            counts={
                EXPECTED: expected_count(put),
                SIMULATOR: simulator_count(self.messages, read_charges(self.folder)),
                ROLLUPS: rollup_count(self.buckets()),
                CLOUDWATCH: cloudwatch_count(self.sums, self.since, self._until()),
            }
        )

    def _until(self) -> datetime:
        return datetime.now(UTC) + HOUR


def expected_count(put: Iterable[DemoRecord]) -> DemoCount:
    """Count the promised results of the records that were put."""
    results = Counter((c, result) for each in put for c, result in each.promised.items())
    counted: dict[str, Decimal] = {"suppressed": Decimal()}
    for channel in Channel:
        suppressed = results.pop((channel, Result.SUPPRESSED), 0)
        counted["suppressed"] += suppressed
        sent = sum(n for (c, _), n in results.items() if c == channel)
        arrived, failed = results[channel, Result.ARRIVES], results[channel, Result.FAILS]
        counted |= _figures(channel, sent, arrived, failed)
    return counted


def simulator_count(messages: Sequence[SentMessage], charges: Sequence[Charge]) -> DemoCount:
    """Count the messages that the provider simulator accepted, and what it charges for them."""
    calls = Counter[str](message.channel for message in messages)
    outcomes = Counter[tuple[str, str]]((charge.channel, charge.outcome) for charge in charges)
    counted: dict[str, Decimal] = {
        "parts": Decimal(sum(charge.parts for charge in charges)),
        "cost": sum((charge.price for charge in charges), Decimal()),
    }
    for channel in Channel:
        arrived, failed = outcomes[channel, "arrived"], outcomes[channel, "failed"]
        counted |= _figures(channel, calls[channel], arrived, failed)
    return counted


def rollup_count(buckets: Mapping[RollupKey, Amounts]) -> DemoCount:
    """Count by the rollups."""
    total = in_all(buckets.values())
    counted: dict[str, Decimal] = {
        "suppressed": Decimal(total.suppressed),
        "parts": Decimal(total.parts),
        "cost": total.money.cost,
    }
    for channel in Channel:
        counted |= _figures(channel, 0, 0, 0)
    for (channel_,), found in by(buckets, ["channel"]).items():
        counted |= _figures(str(channel_), found.sent, found.delivered, found.undelivered)
    return counted


def cloudwatch_count(sums: MetricSums, since: datetime, until: datetime) -> DemoCount:
    """Count by the metrics in CloudWatch, of those hours."""

    def read(names: Sequence[str], **dimensions: str) -> dict[str, Decimal]:
        found = sums.sums(names, since, until, period=HOUR, dimensions=dimensions)
        # CloudWatch keeps binary fractions: digits beyond a millionth of a dollar are no cost.
        return {name: Decimal(repr(round(figure, 6))) for name, figure in found.items()}

    whole = read(["Suppressed", "CostUSD"])
    counted = {"suppressed": whole["Suppressed"], "cost": whole["CostUSD"]}
    for channel in Channel:
        found = read(list(_BY_CHANNEL.values()), channel=channel)
        counted |= {f"{channel} {what}": found[name] for what, name in _BY_CHANNEL.items()}
    return counted


_BY_CHANNEL = {"sent": "Sent", "arrived": "Delivered", "failed": "Undelivered"}


def _figures(channel: str, sent: int, arrived: int, failed: int) -> dict[str, Decimal]:
    counts = zip(_BY_CHANNEL, (sent, arrived, failed), strict=True)
    return {f"{channel} {what}": Decimal(n) for what, n in counts}
