"""A stage whose rollups hold given buckets, and how its CSV is read. Used by the tests of `ordercast stats`."""

import csv
import io
from collections.abc import Iterable

from ordercast.rollups.rollup import Amount, RollupKey

PERIOD = ("--since", "2026-03-02", "--until", "2026-03-03")


class RollupsWorkload:
    """A stage whose rollups hold these buckets."""

    def __init__(self, buckets: dict[RollupKey, dict[str, Amount]]) -> None:
        self._buckets = buckets

    def rollups(self) -> "RollupsWorkload":
        return self

    def buckets(self, days: Iterable[str]) -> dict[RollupKey, dict[str, Amount]]:
        wanted = set(days)
        return {bucket: a for bucket, a in self._buckets.items() if bucket.hour[:10] in wanted}


def rows_of(text: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(text)))
