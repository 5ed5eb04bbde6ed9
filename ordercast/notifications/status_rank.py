"""A status and its time in, how new it is out: an order only ever moves forward.

`confirmed < shipped < delivered`, then by when it happened, where the shop says so. Statuses
outside that line stand nowhere: they neither make others stale nor become stale.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from ordercast.events.order_event import Channel

LINE = ("confirmed", "shipped", "delivered")

# Above every instant that a record can carry, in milliseconds: the year 9999 has fifteen digits.
_RANK = 10**15


@dataclass(frozen=True, slots=True, kw_only=True)
class LatestStatus:
    """The newest status of an order that is to be told on one channel."""

    order: str
    channel: Channel
    status_rank: int

    @property
    def is_first(self) -> bool:
        """Whether the line begins here, so that there is hardly a head of this order yet."""
        return self.status_rank < 2 * _RANK


def status_rank(status: str, occurred_at: datetime | None) -> int | None:
    """Return a number that is greater for news; None for a status outside the line."""
    if status not in LINE:
        return None
    since = (occurred_at - _EPOCH) // timedelta(milliseconds=1) if occurred_at else 0
    return (LINE.index(status) + 1) * _RANK + max(0, since)


def is_stale(status: str, occurred_at: datetime | None, latest_status: LatestStatus | None) -> bool:
    """Tell whether something newer of the same order and channel has been accepted.

    Of two of one rank, the one that does not say when it happened is not taken to be the older.
    """
    stands = status_rank(status, occurred_at)
    if stands is None or latest_status is None:
        return False
    return stands < (
        latest_status.status_rank if occurred_at else latest_status.status_rank // _RANK * _RANK
    )


def raise_latest_statuses(
    known: dict[tuple[str, Channel], LatestStatus], news: Iterable[LatestStatus]
) -> None:
    """Put each head in its place in *known*, unless a newer one is there."""
    for latest_status in news:
        key = (latest_status.order, latest_status.channel)
        if key not in known or known[key].status_rank < latest_status.status_rank:
            known[key] = latest_status


_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
