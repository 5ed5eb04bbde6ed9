"""Rank the statuses of an order, to tell a stale one. Used by routing, the ledger and the senders.

The rank of ordercast/events/statuses.py, then `occurred_at` if the shop gives it. A status without
a rank neither makes others stale nor becomes stale.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta

from msgspec import Struct

from ordercast.events.order_event import Channel
from ordercast.events.statuses import DEFAULT_STATUS, STATUSES

# Above every instant that a record can carry, in milliseconds: the year 9999 has fifteen digits.
_RANK = 10**15


class LatestStatus(Struct, frozen=True, kw_only=True):
    """The newest status of an order that was accepted on one channel.

    It may be forgotten after `kept_until`; one that was read says None.
    """

    order: str
    channel: Channel
    status_rank: int
    kept_until: datetime | None = None

    @property
    def is_first(self) -> bool:
        """Whether it is the first status, so that the order hardly has a stored one yet."""
        return self.status_rank // _RANK == STATUSES[DEFAULT_STATUS].rank


def status_rank(status: str, occurred_at: datetime | None) -> int | None:
    """Return a number that is greater for a newer status; None for a status without rank."""
    known = STATUSES.get(status)
    if known is None or known.rank is None:
        return None
    since = (occurred_at - _EPOCH) // timedelta(milliseconds=1) if occurred_at else 0
    return known.rank * _RANK + max(0, since)


def is_stale(status: str, occurred_at: datetime | None, latest: LatestStatus | None) -> bool:
    """Tell whether a newer status of the same order was accepted on the same channel.

    Of two equal statuses, one without `occurred_at` is not taken to be the older.
    """
    rank = status_rank(status, occurred_at)
    if rank is None or latest is None:
        return False
    return rank < (latest.status_rank if occurred_at else latest.status_rank // _RANK * _RANK)


def raise_latest_statuses(
    known: dict[tuple[str, Channel], LatestStatus], news: Iterable[LatestStatus]
) -> None:
    """Store each status in *known*, unless a newer one is there."""
    for latest in news:
        key = (latest.order, latest.channel)
        if key not in known or known[key].status_rank < latest.status_rank:
            known[key] = latest


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
