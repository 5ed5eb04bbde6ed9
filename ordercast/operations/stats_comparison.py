"""Compare the figures of a period with those of the one before. Used by `ordercast stats --compare`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from decimal import ROUND_HALF_UP, Decimal

from ordercast.operations.periods import Period
from ordercast.operations.stats_columns import SHARE, Column, Measure
from ordercast.rollups.statistics import Figures

Compared = Mapping[tuple[str | None, ...], "ComparedFigures"]

_NONE = Figures(amounts={})


@dataclass(frozen=True, slots=True, kw_only=True)
class ComparedFigures:
    """The figures of a group now, and before."""

    now: Figures
    before: Figures

    def change(self, column: Column) -> Decimal | None:
        """Return by how much a column's value has changed: points of a share, else percent.

        None where either is unknown, where it was 0, or where it is no number.
        """
        new, old = _number(column.of(self.now)), _number(column.of(self.before))
        if new is None or old is None:
            return None
        if column.unit == SHARE:
            return _tenths((new - old) * 100)
        return _tenths((new - old) / old * 100) if old else None


def period_before(chosen: Period, *, now: datetime) -> Period:
    """Return the period as long as *chosen* that ends where it begins; of one that is not over, as much as has passed."""
    length = chosen.until - chosen.since
    ends = chosen.until if chosen.until <= now or chosen.since >= now else now
    return Period(since=chosen.since - length, until=ends - length)


def side_by_side(
    now: Mapping[tuple[str | None, ...], Figures], before: Mapping[tuple[str | None, ...], Figures]
) -> dict[tuple[str | None, ...], ComparedFigures]:
    """Return each group of either period, in order."""
    keys = sorted(now.keys() | before.keys(), key=lambda key: [each or "" for each in key])
    return {
        key: ComparedFigures(now=now.get(key, _NONE), before=before.get(key, _NONE)) for key in keys
    }


def _number(value: Measure) -> Decimal | None:
    if isinstance(value, timedelta):
        return Decimal(str(value.total_seconds()))
    return Decimal(value) if isinstance(value, int | Decimal) else None


def _tenths(value: Decimal) -> Decimal:
    return value.quantize(Decimal("0.1"), ROUND_HALF_UP)
