"""What was counted, what the buckets hold and what the ledger says in; where they differ out."""

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field

from notifications.books import (
    BILL,
    Amount,
    Amounts,
    Bucket,
    Counted,
    Line,
    add,
    contribution,
    summed,
)
from notifications.counting import CORRECTION


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """One look at some hours: first at what was counted, then at the buckets and the ledger.

    Buckets are of `hours`; what else was looked for is compared without them. `kept_since` is the
    hour from which on rows are still on the ledger: older ones may be gone.
    """

    hours: frozenset[str]
    counted: Mapping[str, Counted]
    buckets: Mapping[Bucket, Amounts]
    lines: Mapping[str, Line]
    kept_since: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """What two looks at the same hours say, three things apart.

    `notifications` are those of the hours: the sum over the states in their buckets, if all is
    well. *different*: counted wrongly, by notification id or bucket, and why; the right answer is
    none. *not yet counted*: the ledger is ahead, and stood still between the looks.
    *moving*: changed between the looks, so nothing is known yet. `ended` is how many rows
    retention has removed; what was counted of them last is their last word. Bills that are nobody's
    are compared alike; `corrected` is what was known of corrections before the buckets were read.
    """

    notifications: int
    ended: int
    wrong_lines: Mapping[str, str] = field(default_factory=dict)
    wrong_buckets: Mapping[Bucket, Amounts] = field(default_factory=dict)
    not_yet_counted: Mapping[str, Line] = field(default_factory=dict)
    moving: frozenset[str] = frozenset()
    corrected: Mapping[str, Counted] = field(default_factory=dict)

    @property
    def different(self) -> int:
        """How many notifications and buckets are counted wrongly."""
        return len(self.wrong_lines) + len(self.wrong_buckets)

    @property
    def are_clean(self) -> bool:
        """Tell whether the books say what the ledger says."""
        return not self.different and not self.not_yet_counted


GONE = "counted, and not on the ledger any more"
AHEAD = "counted at a version that the ledger has not reached"
ANOTHER = "counted as something else than the ledger says"


def findings(first: Look, second: Look) -> Findings:
    """Compare two looks at the same hours, the second a while after the first."""
    still = frozenset(i for i in second.lines if _is_still(i, first, second))
    behind = {i: line for i, line in second.lines.items() if _is_behind(line, second)}
    wrong = {i: why for i, why in _wrong(second).items() if i in still or i not in second.lines}
    held = _misheld(second)
    settled = {bucket for bucket in held if held[bucket] == _misheld(first).get(bucket)}
    settled = settled if first.counted == second.counted else set()
    known = {i for i, each in second.counted.items() if _is_one_of(second.hours, each)}
    there = {i for i, line in second.lines.items() if line.bucket.hour in second.hours}
    return Findings(
        notifications=len(known | {i for i in there if not i.startswith(BILL)}),
        ended=len(known - second.lines.keys() - wrong.keys()),
        corrected={i: c for i, c in second.counted.items() if i.startswith(CORRECTION)},
        wrong_lines=wrong,
        wrong_buckets={bucket: held[bucket] for bucket in settled},
        not_yet_counted={i: line for i, line in behind.items() if i in still},
        moving=frozenset(behind.keys() | _wrong(second).keys()) - still - wrong.keys(),
    )


def _is_still(notification_id: str, first: Look, second: Look) -> bool:
    before, after = first.lines.get(notification_id), second.lines.get(notification_id)
    return (before and before.version) == (after and after.version) and (
        first.counted.get(notification_id) == second.counted.get(notification_id)
    )


def _is_behind(line: Line, look: Look) -> bool:
    counted = look.counted.get(line.id)
    return counted is None or counted.version < line.version


def _wrong(look: Look) -> dict[str, str]:
    wrong: dict[str, str] = {}
    for notification_id, counted in look.counted.items():
        line = look.lines.get(notification_id)
        if line is None:
            if _is_notification(counted) and counted.contribution.bucket.hour >= look.kept_since:
                wrong[notification_id] = GONE
        elif counted.version > line.version:
            wrong[notification_id] = AHEAD
        elif counted.version == line.version and counted.contribution != contribution(line):
            wrong[notification_id] = ANOTHER
    return wrong


def _is_one_of(hours: AbstractSet[str], counted: Counted) -> bool:
    return counted.contribution.bucket.hour in hours and _is_notification(counted)


def _is_notification(counted: Counted) -> bool:
    """Tell it from a bill or a correction that is no notification's, and has no row."""
    return any(name.startswith("state#") for name in counted.contribution.amounts)


def _misheld(look: Look) -> dict[Bucket, dict[str, Amount]]:
    """Return what each bucket holds too much (or, below 0, too little) of."""
    counted = (each.contribution for each in look.counted.values())
    expected = summed(each for each in counted if each.bucket.hour in look.hours)
    held: dict[Bucket, dict[str, Amount]] = {}
    for bucket in _all(expected, look.buckets):
        amounts = dict(look.buckets.get(bucket, {}))
        add(amounts, {n: -amount for n, amount in expected.get(bucket, {}).items()})
        if amounts:
            held[bucket] = amounts
    return held


def _all(expected: Mapping[Bucket, Amounts], held: Mapping[Bucket, Amounts]) -> AbstractSet[Bucket]:
    return expected.keys() | held.keys()
