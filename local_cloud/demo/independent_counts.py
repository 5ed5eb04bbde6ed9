"""A local cloud in, what four who never speak to each other counted of a day out."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Self

import boto3

from analytics.metrics import NAMESPACE
from local_cloud.cloud import LocalCloud
from local_cloud.demo.comparison import BOOKS, CARRIER, CLOUDWATCH, TALLY, Accounts, Count
from local_cloud.demo.day import Put
from local_cloud.demo.shop import Fate
from local_cloud.inbox import InboxReader, SentMessage
from local_cloud.provider_simulator.charges import Charge, read_charges
from ordercast.events.order_event import Channel
from ordercast.gateways.cloudwatch import MetricSums
from ordercast.operations.target import Target
from ordercast.rollups.rollup import Amounts, Bucket
from ordercast.rollups.statistics import by, in_all
from ordercast.workflows.read_rollups import HOUR, Buckets, buckets_between


@dataclass(slots=True, kw_only=True)
class Witnesses:
    """Those who count what happens on a local cloud, in the hours from *since* on."""

    folder: Path
    reader: InboxReader
    rollups: Buckets
    sums: MetricSums
    since: datetime
    messages: list[SentMessage] = field(default_factory=list)

    @classmethod
    def of(cls, cloud: LocalCloud, target: Target, *, since: datetime) -> Self:
        """Return the witnesses of what is deployed there."""
        client = boto3.client("cloudwatch")
        return cls(
            folder=cloud.inbox,
            reader=InboxReader(cloud.inbox),
            rollups=target.rollups(),
            sums=MetricSums(client=client, namespace=NAMESPACE, stage=target.stage),
            since=since,
        )

    def new_messages(self) -> list[SentMessage]:
        """Return what the carrier was given since the last time."""
        new = self.reader.new()
        self.messages += new
        return new

    def buckets(self) -> dict[Bucket, Amounts]:
        """Return the books of all hours so far."""
        return buckets_between(self.rollups, self.since, self._until())

    def accounts(self, put: Iterable[Put]) -> Accounts:
        """Ask everybody what they have counted by now; the carrier, as of its last new messages."""
        return Accounts(
            counts={
                TALLY: tally(put),
                CARRIER: carrier(self.messages, read_charges(self.folder)),
                BOOKS: books(self.buckets()),
                CLOUDWATCH: cloudwatch(self.sums, self.since, self._until()),
            }
        )

    def _until(self) -> datetime:
        return datetime.now(UTC) + HOUR


def tally(put: Iterable[Put]) -> Count:
    """Count what was put by what is promised of it."""
    fates = Counter((c, fate) for each in put for c, fate in each.promised.items())
    counted: dict[str, int] = {}
    for channel in Channel:
        counted |= {
            f"{channel} sent": sum(
                n for (c, fate), n in fates.items() if c == channel and fate is not Fate.KEPT_BACK
            ),
            f"{channel} arrived": fates[channel, Fate.ARRIVES],
            f"{channel} failed": fates[channel, Fate.FAILS],
        }
    counted["kept back"] = sum(n for (_, fate), n in fates.items() if fate is Fate.KEPT_BACK)
    return {figure: Decimal(n) for figure, n in counted.items()}


def carrier(messages: Sequence[SentMessage], charges: Sequence[Charge]) -> Count:
    """Count the calls that the carrier took, and what it charges for them."""
    calls = Counter[str](message.channel for message in messages)
    outcomes = Counter[tuple[str, str]]((charge.channel, charge.outcome) for charge in charges)
    counted: dict[str, Decimal] = {
        "parts": Decimal(sum(charge.parts for charge in charges)),
        "cost": sum((charge.price for charge in charges), Decimal()),
    }
    for channel in Channel:
        counted[f"{channel} sent"] = Decimal(calls[channel])
        counted[f"{channel} arrived"] = Decimal(outcomes[channel, "arrived"])
        counted[f"{channel} failed"] = Decimal(outcomes[channel, "failed"])
    return counted


def books(buckets: Mapping[Bucket, Amounts]) -> Count:
    """Count what the rollups hold."""
    total = in_all(buckets.values())
    counted: dict[str, Decimal] = {
        "kept back": Decimal(total.suppressed),
        "parts": Decimal(total.parts),
        "cost": total.money.cost,
    }
    for (channel,), figures in by(buckets, ["channel"]).items():
        counted[f"{channel} sent"] = Decimal(figures.sent)
        counted[f"{channel} arrived"] = Decimal(figures.delivered)
        counted[f"{channel} failed"] = Decimal(figures.undelivered)
    none = dict.fromkeys((f"{c} {what}" for c in Channel for what in _BY_CHANNEL), Decimal())
    return none | counted


def cloudwatch(sums: MetricSums, since: datetime, until: datetime) -> Count:
    """Count what CloudWatch answers of those hours."""

    def read(names: Sequence[str], **dimensions: str) -> dict[str, Decimal]:
        told = sums.sums(names, since, until, period=HOUR, dimensions=dimensions)
        # It keeps binary fractions: what lies beyond a millionth of a dollar is theirs.
        return {name: Decimal(repr(round(figure, 6))) for name, figure in told.items()}

    whole = read(["Suppressed", "CostUSD"])
    counted = {"kept back": whole["Suppressed"], "cost": whole["CostUSD"]}
    for channel in Channel:
        told = read(list(_BY_CHANNEL.values()), channel=channel)
        counted |= {f"{channel} {what}": told[name] for what, name in _BY_CHANNEL.items()}
    return counted


_BY_CHANNEL = {"sent": "Sent", "arrived": "Delivered", "failed": "Undelivered"}
