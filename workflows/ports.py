"""What the workflows need of the outside world; each port takes a batch and answers for each.

A gateway and its fake keep the same promises, and one set of tests runs against both.
"""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import datetime
from typing import Protocol

from notifications.notification import Notification
from notifications.outcome import Outcome, Outgoing, Settlement
from notifications.parking import ParkedRecord
from notifications.receipt import Receipt

Clock = Callable[[], datetime]
"""The time now, with its zone."""

Token = Callable[[], str]
"""A fresh token each time, never the same twice."""


class Ledger(Protocol):
    """Every notification, from its decision to its end. Raises `LedgerUnavailable`."""

    def enter(self, notifications: Sequence[Notification]) -> list[Notification]:
        """Insert each that is not there yet; answer the row as it now stands, for each."""
        ...

    def read(self, ids: AbstractSet[str]) -> dict[str, Notification]:
        """Return the rows that there are, as of now."""
        ...

    def claim(
        self, ids: Sequence[str], *, owner: str, lease_until: datetime
    ) -> dict[str, Notification]:
        """Move each from requested to sending for *owner*; answer those that are now its own."""
        ...

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """End each claim, where its owner still holds it."""
        ...

    def apply(self, facts: Mapping[str, Receipt], *, at: datetime) -> set[str]:
        """Raise each notification (by id) to what its receipt says, if that outranks what is known.

        Answers the ids that changed; a receipt that says nothing new changes nothing.
        """
        ...

    def due(self, *, now: datetime, limit: int) -> list[str]:
        """Return up to *limit* ids that the sweeper is to look at."""
        ...

    def postpone(self, looks: Sequence[tuple[Notification, datetime]]) -> set[str]:
        """Set when each is looked at next; answer those nobody else had postponed meanwhile."""
        ...


class Hub(Protocol):
    """Where senders, and any shop's own consumers, hear of notifications."""

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Publish the id and routing of each; answer the ids that were taken."""
        ...


class ParkedRecords(Protocol):
    """Records that we could not use, kept with their reason. Raises `ParkingUnavailable`."""

    def park(self, records: Sequence[ParkedRecord]) -> None:
        """Keep *records*; keeping them twice is keeping them once."""
        ...


class Provider(Protocol):
    """Whoever carries messages on one channel."""

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call a message; answer each, in order, without raising."""
        ...


class MessageIds(Protocol):
    """Which notification a provider's message id belongs to. Raises `LedgerUnavailable`."""

    def record(self, notification_ids: Mapping[str, str], *, expires_at: datetime) -> None:
        """Remember the notification id of each message id."""
        ...

    def find(self, message_ids: AbstractSet[str]) -> dict[str, str]:
        """Return the notification ids that are known."""
        ...
