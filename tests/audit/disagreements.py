"""List each figure in which a recount and the commands differ. Used by the tests of the recount."""

from collections.abc import Mapping, Sequence
from decimal import Decimal
from typing import Any

COUNTS = (
    *("notifications", "accepted", "sent", "delivered", "undelivered", "in_flight"),
    *("carrier_accepted", "unconfirmed", "in_doubt", "deferred", "suppressed", "parked", "parts"),
    *("fallbacks", "resends", "retries"),
    "suppressed_by_rule",
)
COST_COUNTS = ("sent", "parts", "priced", "estimated", "unpriced")
MONEY = ("reserved_usd", "carrier_usd", "estimate_usd")
# `ordercast cost` has no line where nothing was sent.
NOTHING_SENT = {**dict.fromkeys(COST_COUNTS, 0), **dict.fromkeys(MONEY, "0")}
CLOSE_ENOUGH = 0.01  # of a percentile, as docs/rollups.md has it
RATE_PLACES = 0.000001  # a rate is given with six of them

RollupInput = Mapping[str, Any]


def disagreements(
    groups: Sequence[RollupInput],
    stats: Sequence[RollupInput],
    cost: Sequence[RollupInput],
    by: Sequence[str],
) -> list[str]:
    """What `ordercast stats` and `ordercast cost`, asked *by* the same, say otherwise."""
    recounted = {tuple(group["group"].values()): group for group in groups}
    said = {tuple(line[name] for name in by): line for line in stats}
    costs = {tuple(line[name] for name in by): line for line in cost}
    found = [f"{key}: in one of both only" for key in recounted.keys() ^ said.keys()]
    for key in recounted.keys() & said.keys():
        ours = recounted[key]
        differing = [
            *_differing(ours, said[key], COUNTS),
            *_rate(ours, said[key]),
            *_percentiles(ours, said[key]),
            *_differing(ours, costs.get(key, NOTHING_SENT), COST_COUNTS),
            *_sums(ours, costs.get(key, NOTHING_SENT)),
        ]
        found += [f"{key}: {difference}" for difference in differing]
    return sorted(found)


def _differing(ours: RollupInput, theirs: RollupInput, names: Sequence[str]) -> list[str]:
    return [
        f"{name} {ours[name]} != {theirs.get(name)}"
        for name in names
        if ours[name] != theirs.get(name)
    ]


def _sums(ours: RollupInput, theirs: RollupInput) -> list[str]:
    return [
        f"{name} {ours[name]} != {theirs.get(name)}"
        for name in MONEY
        if name not in theirs or Decimal(ours[name]) != Decimal(theirs[name])
    ]


def _rate(ours: RollupInput, theirs: RollupInput) -> list[str]:
    rate, shown = ours["delivery_rate"], theirs["delivery_rate"]
    if rate == shown or (None not in {rate, shown} and abs(rate - shown) <= RATE_PLACES):
        return []
    return [f"delivery_rate {rate} != {shown}"]


def _percentiles(ours: RollupInput, theirs: RollupInput) -> list[str]:
    return [
        f"{step}_{name} {exact} != {theirs[f'{step}_{name}']} (of {latency['count']})"
        for step, latency in ours["latency"].items()
        for name in ("p50", "p95", "p99")
        if not _close((exact := latency[name]), theirs[f"{step}_{name}"])
    ]


def _close(exact: float | None, shown: float | None) -> bool:
    if exact is None or shown is None:
        return exact is shown
    return abs(shown - exact) <= CLOSE_ENOUGH * abs(exact)
