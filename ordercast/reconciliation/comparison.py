"""Compare counted versions, buckets and ledger rows. Used by `workflows.reconcile.compare_rollups`.

It works page by page, so an hour of millions takes no more memory than one of thousands.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from zlib import crc32

from msgspec import Struct, field

from ordercast.rollups.counting import CORRECTION
from ordercast.rollups.rollup import (
    CHARGE,
    STATE,
    Amount,
    Amounts,
    CountedPlace,
    CountedVersion,
    RollupInput,
    RollupKey,
    add,
    contribution,
)


class Pair(Struct, frozen=True, kw_only=True):
    """A notification's counted version and its ledger row; either may be missing."""

    counted: CountedVersion | None
    rollup_input: RollupInput | None

    @property
    def place(self) -> CountedPlace | None:
        """The place at which it is counted, or will be."""
        if self.counted is not None:
            return self.counted.place
        return self.rollup_input.place if self.rollup_input is not None else None


class Look(Struct, kw_only=True):
    """One look at some hours, page by page; only sums are kept of notifications that agree.

    Only buckets of `hours` are compared. Rows older than the hour `kept_since` may have ended their
    retention. `doubtful` are those that a second look judges, up to `most`; `unlisted` counts the
    rest. Two looks that found the same counted versions have the same `stamp`.
    """

    hours: frozenset[str]
    kept_since: str
    most: int
    expected: dict[RollupKey, dict[str, Amount]] = field(default_factory=dict)
    corrected: dict[str, CountedVersion] = field(default_factory=dict)
    doubtful: dict[str, Pair] = field(default_factory=dict)
    notifications: int = 0
    ended: int = 0
    unlisted: int = 0
    stamp: int = 0

    def add(self, counted: Mapping[str, CountedVersion], inputs: Mapping[str, RollupInput]) -> None:
        """Compare a page of counted versions with the ledger rows read after them."""
        self.sum_up(counted)
        for i in counted.keys() | inputs.keys():
            pair = Pair(counted=counted.get(i), rollup_input=inputs.get(i))
            self.notifications += _is_of(self.hours, i, pair)
            mismatch = mismatch_of(pair, kept_since=self.kept_since)
            if mismatch is None:
                self.ended += pair.rollup_input is None and _is_counted_in(self.hours, pair)
            elif len(self.doubtful) < self.most:
                self.doubtful[i] = pair
            else:
                self.unlisted += 1

    def sum_up(self, counted: Mapping[str, CountedVersion]) -> None:
        """Add counted versions to the expected buckets."""
        for i, each in counted.items():
            bucket, amounts = each.contribution.bucket, each.contribution.amounts
            if i.startswith(CORRECTION):
                self.corrected[i] = each
            if bucket.hour in self.hours:
                add(self.expected.setdefault(bucket, {}), amounts)
                # Not `hash`, which another process computes otherwise.
                self.stamp += crc32(
                    repr((i, each.version, bucket, sorted(amounts.items()))).encode()
                )

    def misheld(self, buckets: Mapping[RollupKey, Amounts]) -> dict[RollupKey, dict[str, Amount]]:
        """Return the surplus of each bucket (below 0: what it lacks)."""
        held: dict[RollupKey, dict[str, Amount]] = {}
        for bucket in self.expected.keys() | {each for each in buckets if each.hour in self.hours}:
            amounts = dict(buckets.get(bucket, {}))
            add(amounts, {n: -amount for n, amount in self.expected.get(bucket, {}).items()})
            if amounts:
                held[bucket] = amounts
        return held


class Findings(Struct, frozen=True, kw_only=True):
    """The result of two looks at the same hours.

    `notifications` is the number of notifications in the hours. *different*: counted wrongly, by
    notification id or bucket, and why. *not yet counted*: the ledger is ahead, and did not change
    between the looks. *moving*: changed between the looks. `ended`: rows that retention has removed.
    Unattributed charges are compared alike. `corrected`: the corrections known before the buckets
    were read. `unlisted`: doubtful ones above the limit, not looked at again.
    """

    notifications: int
    ended: int
    wrong_notifications: Mapping[str, str] = field(default_factory=dict)
    wrong_buckets: Mapping[RollupKey, Amounts] = field(default_factory=dict)
    not_yet_counted: Mapping[str, RollupInput] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    corrected: Mapping[str, CountedVersion] = field(default_factory=dict)
    unlisted: int = 0

    @property
    def different(self) -> int:
        """The number of notifications and buckets that are counted wrongly."""
        return len(self.wrong_notifications) + len(self.wrong_buckets)

    @property
    def are_clean(self) -> bool:
        """Return whether the rollups agree with the ledger."""
        return not (self.different or self.not_yet_counted or self.unlisted)


GONE = "counted, and not on the ledger any more"
AHEAD = "counted at a version that the ledger has not reached"
ANOTHER = "counted as something else than the ledger says"
BEHIND = "on the ledger, and not counted yet"


def findings(
    look: Look,
    again: Mapping[str, Pair],
    wrong_buckets: Mapping[RollupKey, Amounts],
    corrected: Mapping[str, CountedVersion],
) -> Findings:
    """Judge what was doubtful in a first look by what a second one found (*again*)."""
    mismatches = {i: mismatch_of(pair, kept_since=look.kept_since) for i, pair in again.items()}
    still = {i for i, pair in again.items() if _is_still(look.doubtful[i], pair)}
    wrong = {
        i: why
        for i, why in mismatches.items()
        if why and why != BEHIND and (i in still or again[i].rollup_input is None)
    }
    behind = {
        i: again[i].rollup_input for i, why in mismatches.items() if why == BEHIND and i in still
    }
    ended = (
        _is_counted_in(look.hours, again[i])
        for i, why in mismatches.items()
        if why is None and again[i].rollup_input is None
    )
    return Findings(
        notifications=look.notifications,
        ended=look.ended + sum(ended),
        wrong_notifications=wrong,
        wrong_buckets=wrong_buckets,
        not_yet_counted={i: row for i, row in behind.items() if row is not None},
        moving=frozenset(i for i, why in mismatches.items() if why) - still - wrong.keys(),
        corrected=corrected,
        unlisted=look.unlisted,
    )


def mismatch_of(pair: Pair, *, kept_since: str) -> str | None:
    """Return how the counted version differs from the ledger row; None if they agree."""
    counted, row = pair.counted, pair.rollup_input
    if row is None:
        young = counted and counted.contribution.bucket.hour >= kept_since
        return GONE if counted and young and _is_notification(counted) else None
    if counted is None or counted.version < row.version:
        return BEHIND
    if counted.version > row.version:
        return AHEAD
    return None if counted.contribution == contribution(row) else ANOTHER


def _is_still(before: Pair, after: Pair) -> bool:
    return before.counted == after.counted and (
        before.rollup_input and before.rollup_input.version
    ) == (after.rollup_input and after.rollup_input.version)


def _is_of(hours: AbstractSet[str], name: str, pair: Pair) -> bool:
    """Return whether it is a notification of these hours, counted or not."""
    there = (
        pair.rollup_input is not None
        and pair.rollup_input.bucket.hour in hours
        and not name.startswith(CHARGE)
    )
    return there or _is_counted_in(hours, pair)


def _is_counted_in(hours: AbstractSet[str], pair: Pair) -> bool:
    counted = pair.counted
    return (
        counted is not None
        and counted.contribution.bucket.hour in hours
        and _is_notification(counted)
    )


def _is_notification(counted: CountedVersion) -> bool:
    """Return whether it is a notification, not a charge or a correction, which have no row."""
    return any(name.startswith(STATE) for name in counted.contribution.amounts)
