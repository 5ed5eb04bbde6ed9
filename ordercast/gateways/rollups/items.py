"""Write counted versions and rollups as items and read them back. Used by the rollups gateway.

`counted#HOUR#SHARD` holds what was last counted of each notification of that hour of acceptance, sorted by time;
`bucket#DAY#WRITER` holds that day's buckets, in one item a writer so that writers do not meet, and
`adjusted#ACCOUNT` what counting adjusts in the account of a budget, likewise.
"""

import json
from collections.abc import Iterable, Mapping
from decimal import Decimal
from typing import Any
from zlib import crc32

from ordercast.budgets.account import BySlot, summed
from ordercast.gateways.dynamodb.codec import Item, number, text
from ordercast.rollups.rollup import (
    Amount,
    Amounts,
    Contribution,
    CountedPlace,
    CountedVersion,
    RollupInput,
    RollupKey,
    add,
)

SHARDS = 8
"""Partitions of an hour's counted notifications: few, since a list reads them all. Each takes 1,000 write
units a second. At 1,200 messages a second one gets 150, each counted once or twice while analytics
gathers changes (docs/performance.md) with two units each: 450; were each counted three times, 900."""

WRITERS = 4  # of a day's buckets

_COUNTED, _BUCKET, _ADJUSTED = "counted#", "bucket#", "adjusted#"
_DAY = len("2026-03-02")

KEPT_LONGER = 30 * 24 * 3600
"""Seconds for which a counted notification outlives its row: every redelivery is over by then."""


def counted_key(notification_id: str, place: CountedPlace) -> dict[str, Mapping[str, str]]:
    """Return the key of a notification's counted version."""
    shard = crc32(notification_id.encode()) % SHARDS
    return {
        "pk": text(f"{_COUNTED}{place.hour}#{shard}"),
        "sk": text(f"{place.time}#{notification_id}"),
    }


def counted_partitions(hour: str) -> list[str]:
    """Return the partitions of an hour's counted versions."""
    return [f"{_COUNTED}{hour}#{shard}" for shard in range(SHARDS)]


def bucket_key(bucket: RollupKey, writer: int) -> dict[str, Mapping[str, str]]:
    """Return the key at which one writer adds to a rollup."""
    _, *rest = bucket
    name = json.dumps([bucket.hour[_DAY + 1 :], *rest], ensure_ascii=False)
    return {"pk": text(f"{_BUCKET}{bucket.hour[:_DAY]}#{writer}"), "sk": text(name)}


def adjusted_keys(account: str) -> list[dict[str, Mapping[str, str]]]:
    """Return the keys at which writers add to what counting adjusts in an account, by writer."""
    return [
        {"pk": text(_ADJUSTED + account), "sk": text(f"writer#{writer}")}
        for writer in range(WRITERS)
    ]


def read_adjusted(items: Iterable[Item]) -> dict[str, BySlot]:
    """Return what counting adjusts in each account, by slot, summed over the writers."""
    found: dict[str, list[BySlot]] = {}
    for item in items:
        slots = {n: Decimal(each["N"]) for n, each in item.items() if n not in {"pk", "sk"}}
        found.setdefault(item["pk"]["S"].removeprefix(_ADJUSTED), []).append(slots)
    return {account: summed(each) for account, each in found.items()}


def bucket_partitions(day: str) -> list[str]:
    """Return the partitions of a day's rollups."""
    return [f"{_BUCKET}{day}#{writer}" for writer in range(WRITERS)]


def hour_partitions(hour: str) -> list[tuple[str, str]]:
    """Return the partitions that hold an hour's rollups, and how their sort keys begin."""
    begins = json.dumps([hour[_DAY + 1 :]])[:-1]
    return [(partition, begins) for partition in bucket_partitions(hour[:_DAY])]


def write_counted(row: RollupInput, contribution: Contribution) -> dict[str, Mapping[str, str]]:
    """Return the item of what was counted of a notification, at which version."""
    _, *rest = contribution.bucket
    amounts = {
        name: amount if isinstance(amount, int) else f"{amount:f}"
        for name, amount in contribution.amounts.items()
    }
    counted = json.dumps([rest, amounts], ensure_ascii=False, separators=(",", ":"))
    return {
        **counted_key(row.id, row.place),
        "version": number(row.version),
        "counted": text(counted),
        "ttl": number(row.keep_until + KEPT_LONGER),
    }


def read_counted(item: Item) -> tuple[str, CountedVersion]:
    """Return the notification's id and what was counted of it."""
    hour = item["pk"]["S"].split("#")[1]
    rest, written = json.loads(item["counted"]["S"])
    amounts: dict[str, Amount] = {
        name: amount if isinstance(amount, int) else Decimal(amount)
        for name, amount in written.items()
    }
    contribution = Contribution(bucket=RollupKey(hour, *rest), amounts=amounts)
    time, _, counted_id = item["sk"]["S"].partition("#")
    return counted_id, CountedVersion(
        version=int(item["version"]["N"]), contribution=contribution, time=time
    )


def addition(amounts: Amounts) -> dict[str, Any]:
    """Return the update that adds amounts to an item, whether it is there or not."""
    names = {f"#{place}": name for place, name in enumerate(amounts)}
    values = {
        f":{place}": {"N": str(amount) if isinstance(amount, int) else f"{amount:f}"}
        for place, amount in enumerate(amounts.values())
    }
    added = ", ".join(f"#{place} :{place}" for place in range(len(names)))
    return {
        "UpdateExpression": f"ADD {added}",
        "ExpressionAttributeNames": names,
        "ExpressionAttributeValues": values,
    }


def read_buckets(items: Iterable[Item]) -> dict[RollupKey, dict[str, Amount]]:
    """Return the rollups, summed over their writers."""
    buckets: dict[RollupKey, dict[str, Amount]] = {}
    for item in items:
        hour, *rest = json.loads(item["sk"]["S"])
        bucket = RollupKey(f"{item['pk']['S'].split('#')[1]}T{hour}", *rest)
        amounts = {n: _amount(each["N"]) for n, each in item.items() if n not in {"pk", "sk"}}
        add(buckets.setdefault(bucket, {}), amounts)
    return {bucket: amounts for bucket, amounts in buckets.items() if amounts}


def _amount(written: str) -> Amount:
    return int(written) if written.lstrip("-").isdigit() else Decimal(written)
