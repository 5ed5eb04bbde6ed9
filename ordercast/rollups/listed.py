"""Define what lists show of a notification; nothing of it is personal. Used by the queries and their gateways."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from msgspec import Struct

from ordercast.notifications.places import place_of
from ordercast.rollups.rollup import RULE, STATE, CountedVersion, RollupInput, RollupKey


class ListedNotification(Struct, frozen=True, kw_only=True):
    """One line of a list; `at` is the row's `effective_at`, by which lists are sorted.

    `country`, `campaign` and `shop` are None where they are not known, `shop` and `campaign` are as in
    a rollup's key.
    """

    id: str
    at: datetime
    state: str
    rule: str | None
    channel: str
    country: str | None
    template: str
    campaign: str | None
    shop: str | None

    @property
    def place(self) -> str:
        """Its place in a list: `2026-03-02T09:15:30.123#id`, in UTC."""
        return place_of(self.at, self.id)


@dataclass(slots=True)
class ReadUnits:
    """The read units that a query has taken so far, of `most`; it begins nothing more once they are spent."""

    most: float
    taken: float = 0

    def take(self, units: float) -> None:
        """Count what one call took."""
        self.taken += units

    @property
    def are_spent(self) -> bool:
        """Whether nothing more is to be read."""
        return self.taken >= self.most


def listed_input(row: RollupInput) -> ListedNotification:
    """Return what lists show of a ledger row."""
    return _listed(row.id, row.effective_at, row.bucket, row.state, row.rule)


def listed_counted(notification_id: str, counted: CountedVersion) -> ListedNotification:
    """Return what lists show of a counted version, which must be a notification's."""
    hour, time = counted.place
    at = datetime.fromisoformat(f"{hour}:{time}").replace(tzinfo=UTC)
    state = next(_named(counted, STATE))
    rule = next(_named(counted, f"{RULE}{state}#"), None)
    return _listed(notification_id, at, counted.contribution.bucket, state, rule)


def _named(counted: CountedVersion, prefix: str) -> Iterator[str]:
    names = counted.contribution.amounts
    return (name.removeprefix(prefix) for name in names if name.startswith(prefix))


def _listed(
    notification_id: str, at: datetime, bucket: RollupKey, state: str, rule: str | None
) -> ListedNotification:
    return ListedNotification(
        id=notification_id,
        at=at,
        state=state,
        rule=rule,
        channel=bucket.channel,
        country=bucket.country,
        template=bucket.template,
        campaign=bucket.campaign,
        shop=bucket.shop,
    )
