"""Compare rollups with the ledger, before and after a repair. Used by the stage and the check of the promises."""

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from ordercast.gateways.ledger.items import write
from ordercast.gateways.ledger.stream_changes import rollup_input_of
from ordercast.notifications.notification import Notification
from ordercast.reconciliation.comparison import Findings
from ordercast.rollups.rollup import RollupInput, contribution, summed
from ordercast.workflows.count_changes import Count
from ordercast.workflows.reconcile.compare_rollups import CompareRollups
from tests.explorer.deployed.functions import POLICY
from tests.fakes.rollups import FakeRollups


@dataclass(frozen=True, slots=True)
class _Lines:
    there: Mapping[str, RollupInput]

    def rollup_inputs(self, ids: Iterable[str]) -> dict[str, RollupInput]:
        return {each: self.there[each] for each in ids if each in self.there}


def differences(
    rollups: FakeRollups,
    rows: Mapping[str, Notification],
    *,
    withheld: Collection[tuple[str, int]],
    now: datetime,
    repairs: bool,
) -> Iterator[str]:
    """P5: nothing is counted wrongly, nothing left out but what was withheld; a repair counts that."""
    verify = verify_of(rollups, rows, now)
    hours = sorted(
        {at.hour for at, _ in rollups.kept} | {input_of(row).bucket.hour for row in rows.values()}
    )
    found = verify(hours, rows)
    yield from _wrong(found, rows)
    for each in found.not_yet_counted:
        if (each, rows[each].version) not in withheld:
            yield f"P5: {_name(rows, each)} came and is not counted"
    if repairs:
        verify.repair(found)
    for each in verify(hours, rows).not_yet_counted:
        yield f"P5: {_name(rows, each)} was withheld, and is not counted after the repair"


def imbalance(rollups: FakeRollups, rows: Iterable[Notification]) -> Iterator[str]:
    """P5: the buckets hold what all rows count for that there ever were, and nothing else."""
    lines = [input_of(row) for row in rows]
    truth = summed(contribution(line) for line in lines)
    held = rollups.buckets({line.bucket.hour[:10] for line in lines})
    for bucket in sorted(truth.keys() | held.keys(), key=str):
        if truth.get(bucket, {}) != held.get(bucket, {}):
            yield f"P5: the rollups differ from the ledger in {'/'.join(map(str, bucket))}"


def _wrong(found: Findings, rows: Mapping[str, Notification]) -> Iterator[str]:
    for each, why in found.wrong_notifications.items():
        yield f"P5: {_name(rows, each)} is {why}"
    for bucket in found.wrong_buckets:
        yield f"P5: the rollups differ from what was counted in {'/'.join(map(str, bucket))}"
    for each in found.moving:
        yield f"P5: {_name(rows, each)} never comes to rest"


def verify_of(
    rollups: FakeRollups, rows: Mapping[str, Notification], now: datetime
) -> CompareRollups:
    """Return the comparison of the rollups with these rows."""
    return CompareRollups(
        rollups=rollups,
        ledger=_Lines({row.id: input_of(row) for row in rows.values()}),
        count=Count(rollups=rollups, pause=lambda _: None, chance=lambda: 0.5),
        pause=lambda _: None,
        now=lambda: now,
        second_look=timedelta(),
        retention=POLICY.retention,
    )


def input_of(row: Notification) -> RollupInput:
    """Return what counts of a row."""
    return rollup_input_of(write(row))


def _name(rows: Mapping[str, Notification], notification_id: str) -> str:
    row = rows.get(notification_id)
    return f"{row.order.order_id}/{row.channel}" if row else notification_id
