"""Keep the names of the shops that have had messages. Used by the verifier."""

from collections.abc import Collection
from datetime import timedelta
from typing import Protocol

from msgspec import Struct

from ordercast.rollups.rollup import hour_of
from ordercast.workflows.ports import Clock
from ordercast.workflows.read_rollups import HoursOfRollups

MOST_SHOPS = 1000
"""So many names are kept: 64 bytes each are 64 KB of the item's 400."""


class KeptShops(Protocol):
    """The one record of shops. Raises `LedgerUnavailable`."""

    def read(self) -> frozenset[str]:
        """Return the names that are kept."""
        ...

    def write(self, names: Collection[str]) -> None:
        """Keep these, one at least, in place of the others."""
        ...


class ListShops(Struct, frozen=True, kw_only=True):
    """Add the shops of the newest two hours to those that are kept.

    Two runs at once may lose each other's addition: the next run of the hour makes it again.
    """

    rollups: HoursOfRollups
    shops: KeptShops
    now: Clock

    def __call__(self) -> int:
        """Return how many were new. Raises `LedgerUnavailable`."""
        now = self.now()
        counted = self.rollups.of_hours([hour_of(now - timedelta(hours=1)), hour_of(now)])
        kept = self.shops.read()
        new = sorted({bucket.shop for bucket in counted if bucket.shop} - kept)
        fit = new[: max(0, MOST_SHOPS - len(kept))]
        if fit:
            self.shops.write(kept | set(fit))
        return len(fit)
