"""What was counted, what the buckets hold and what the ledger says in; where they differ out.

Page by page, so that an hour of millions takes no more memory than one of thousands.
"""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from ordercast.rollups.counting import CORRECTION
from ordercast.rollups.rollup import (
    CHARGE,
    STATE,
    Amount,
    Amounts,
    CountedVersion,
    RollupInput,
    RollupKey,
    add,
    contribution,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Pair:
    """What was counted of a notification, and what the ledger says of it; either may be missing."""

    counted: CountedVersion | None
    line: RollupInput | None

    @property
    def hour(self) -> str | None:
        """The hour that it is counted in, or is to be."""
        if self.counted is not None:
            return self.counted.contribution.bucket.hour
        return self.line.bucket.hour if self.line is not None else None


@dataclass(slots=True, kw_only=True)
class Look:
    """One look at some hours, a page after the other; what is right leaves nothing but sums behind.

    Buckets are of `hours`; what else was looked for is compared without them. `kept_since` is the
    hour from which on rows are still on the ledger: older ones may be gone. `doubtful` are those
    that a second look has to judge, up to `most`; `unlisted` is how many there are above that.
    `stamp` is the same for two looks that found the same counted.
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

    def add(self, counted: Mapping[str, CountedVersion], lines: Mapping[str, RollupInput]) -> None:
        """Take a page: what was counted, and then what the ledger says of the same."""
        self.sum_up(counted)
        for i in counted.keys() | lines.keys():
            pair = Pair(counted=counted.get(i), line=lines.get(i))
            self.notifications += _is_of(self.hours, i, pair)
            trouble = trouble_with(pair, kept_since=self.kept_since)
            if trouble is None:
                self.ended += pair.line is None and _is_counted_in(self.hours, pair)
            elif len(self.doubtful) < self.most:
                self.doubtful[i] = pair
            else:
                self.unlisted += 1

    def sum_up(self, counted: Mapping[str, CountedVersion]) -> None:
        """Take what was counted alone, for the buckets."""
        for i, each in counted.items():
            bucket, amounts = each.contribution.bucket, each.contribution.amounts
            if i.startswith(CORRECTION):
                self.corrected[i] = each
            if bucket.hour in self.hours:
                add(self.expected.setdefault(bucket, {}), amounts)
                self.stamp += hash((i, each.version, bucket, frozenset(amounts.items())))

    def misheld(self, buckets: Mapping[RollupKey, Amounts]) -> dict[RollupKey, dict[str, Amount]]:
        """Return what each bucket holds too much (or, below 0, too little) of."""
        held: dict[RollupKey, dict[str, Amount]] = {}
        for bucket in self.expected.keys() | {each for each in buckets if each.hour in self.hours}:
            amounts = dict(buckets.get(bucket, {}))
            add(amounts, {n: -amount for n, amount in self.expected.get(bucket, {}).items()})
            if amounts:
                held[bucket] = amounts
        return held


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What two looks at the same hours say, three things apart.

    `notifications` are those of the hours: the sum over the states in their buckets, if all is
    well. *different*: counted wrongly, by notification id or bucket, and why; the right answer is
    none. *not yet counted*: the ledger is ahead, and stood still between the looks.
    *moving*: changed between the looks, so nothing is known yet. `ended` is how many rows
    retention has removed; what was counted of them last is their last word. Bills that are nobody's
    are compared alike; `corrected` is what was known of corrections before the buckets were read.
    Where there is very much to judge, `unlisted` more were not looked at again.
    """

    notifications: int
    ended: int
    wrong_lines: Mapping[str, str] = field(default_factory=dict)
    wrong_buckets: Mapping[RollupKey, Amounts] = field(default_factory=dict)
    not_yet_counted: Mapping[str, RollupInput] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    corrected: Mapping[str, CountedVersion] = field(default_factory=dict)
    unlisted: int = 0

    @property
    def different(self) -> int:
        """How many notifications and buckets are counted wrongly."""
        return len(self.wrong_lines) + len(self.wrong_buckets)

    @property
    def are_clean(self) -> bool:
        """Tell whether the books say what the ledger says."""
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
    """Judge what was doubtful in a look by how it was found *again*, a while after."""
    said = {i: trouble_with(pair, kept_since=look.kept_since) for i, pair in again.items()}
    still = {i for i, pair in again.items() if _is_still(look.doubtful[i], pair)}
    wrong = {
        i: why
        for i, why in said.items()
        if why and why != BEHIND and (i in still or again[i].line is None)
    }
    behind = {i: again[i].line for i, why in said.items() if why == BEHIND and i in still}
    ended = (
        _is_counted_in(look.hours, again[i])
        for i, why in said.items()
        if why is None and again[i].line is None
    )
    return Findings(
        notifications=look.notifications,
        ended=look.ended + sum(ended),
        wrong_lines=wrong,
        wrong_buckets=wrong_buckets,
        not_yet_counted={i: line for i, line in behind.items() if line is not None},
        moving=frozenset(i for i, why in said.items() if why) - still - wrong.keys(),
        corrected=corrected,
        unlisted=look.unlisted,
    )


def trouble_with(pair: Pair, *, kept_since: str) -> str | None:
    """Say in what the books are not what the ledger says; None where they are."""
    counted, line = pair.counted, pair.line
    if line is None:
        young = counted and counted.contribution.bucket.hour >= kept_since
        return GONE if counted and young and _is_notification(counted) else None
    if counted is None or counted.version < line.version:
        return BEHIND
    if counted.version > line.version:
        return AHEAD
    return None if counted.contribution == contribution(line) else ANOTHER


def _is_still(before: Pair, after: Pair) -> bool:
    return before.counted == after.counted and (before.line and before.line.version) == (
        after.line and after.line.version
    )


def _is_of(hours: AbstractSet[str], name: str, pair: Pair) -> bool:
    """Tell whether it is a notification of these hours, counted or not."""
    there = pair.line is not None and pair.line.bucket.hour in hours and not name.startswith(CHARGE)
    return there or _is_counted_in(hours, pair)


def _is_counted_in(hours: AbstractSet[str], pair: Pair) -> bool:
    counted = pair.counted
    return (
        counted is not None
        and counted.contribution.bucket.hour in hours
        and _is_notification(counted)
    )


def _is_notification(counted: CountedVersion) -> bool:
    """Tell it from a bill or a correction that is no notification's, and has no row."""
    return any(name.startswith(STATE) for name in counted.contribution.amounts)
