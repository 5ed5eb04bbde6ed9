"""Name the shops of a stage, by what was ever counted. Used by `ordercast find`."""

from datetime import datetime, timedelta

from ordercast.operations.target import Target
from ordercast.rollups.listed import ReadUnits
from ordercast.rollups.rollup import hour_of

HOURS = 3
"""How many of the newest hours with messages name shops that the verifier has not listed yet."""

_DAYS, _UNITS = 7, 100


def shops_of(where: Target, *, now: datetime) -> list[str | None]:
    """Return the shops that have had messages, and None for events that name none."""
    counted, units = where.lists().counted, ReadUnits(most=_UNITS)
    last, hours = now, list[str]()
    for _ in range(_DAYS + HOURS):
        hour = counted.newest_hour(hour_of(last), units=units)
        if hour:
            hours.append(hour)
            last = datetime.fromisoformat(f"{hour}:00+00:00") - timedelta(hours=1)
        else:
            last = last.replace(hour=23) - timedelta(days=1)
        if len(hours) == HOURS or units.are_spent:
            break
    new = {bucket.shop for bucket in where.rollups().of_hours(hours) if bucket.shop}
    return [None, *sorted(where.shops().read() | new)]
