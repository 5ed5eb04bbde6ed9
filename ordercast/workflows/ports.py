"""What the workflows need of the outside world; each port takes a batch and answers for each.

A gateway and its fake keep the same promises, and one set of tests runs against both.
"""

from collections.abc import Callable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Protocol

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.stream_record import ParkedRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.people.person import Person
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.claim import Claim, ClaimRequest
from ordercast.sending.outcome import Outcome, Outgoing, Settlement

Clock = Callable[[], datetime]
"""The time now, with its zone."""

Deadline = Callable[[], timedelta]
"""How much time is left before the function is ended."""

Token = Callable[[], str]
"""A fresh token each time, never the same twice."""

Change = tuple[Notification, Notification]
"""A row as it was seen and as it is to be; it is changed only if nobody changed it meanwhile."""


class DecisionsAndRows(Protocol):
    """The ledger, as far as deciding about events goes. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read all of it, as of now, in one round trip; what is not there is not answered."""
        ...

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Insert each mark that is not there yet; answer the one that stands, for each."""
        ...

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        """Insert each row that is not there yet, and raise each head that is lower.

        Answers the row as it now stands, for each notification.
        """
        ...


class Ledger(DecisionsAndRows, Protocol):
    """Every event's mark and every notification's story. Raises `LedgerUnavailable`."""

    def claim(
        self, asked: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        """Move each from requested to sending for *owner*; answer each that is there, by id.

        What is throttled or met other trouble is not answered for: it was not claimed, or its
        claim lapses. The others must be sent, so this raises only when nothing was claimed.
        """
        ...

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """End each claim, where its owner still holds it; tries harder than the others.

        A claim that cannot be ended stays `sending` until it lapses, and ends in doubt.
        """
        ...

    def change(self, changes: Sequence[Change]) -> set[str]:
        """Write what differs, where the row is still as it was seen; answer the ids changed."""
        ...

    def due(self, *, now: datetime, limit: int) -> list[str]:
        """Return up to *limit* ids that the sweeper is to look at."""
        ...

    def failures(self, state: State, *, day: date) -> Iterator[list[Notification]]:
        """Return, by the page, what came to *state* on *day* (UTC) and is in it still."""
        ...


class People(Protocol):
    """What we remember of customers and addresses. Raises `LedgerUnavailable`."""

    def reserve(self, people: Sequence[Person]) -> set[str]:
        """Write what each has `paid`, where its turn is the next; answer the keys written."""
        ...


class Suppressions(Protocol):
    """What providers have taught us of people and addresses. Raises `LedgerUnavailable`."""

    def suppress(self, people: Sequence[Person]) -> set[str]:
        """Write what each has `learnt`, where its lessons are the next; answer the keys written."""
        ...


class NotificationsTopic(Protocol):
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


class ReceiptQueue(Protocol):
    """Where receipts wait to be applied. Raises `LedgerUnavailable`."""

    def applied_until(self, *, now: datetime) -> datetime | None:
        """Return an instant before which whatever came has been applied; None if none is known.

        Up to it, silence means that there was no event.
        """
        ...


class ReceiptLogs(Protocol):
    """What is known of each message that a provider took. Raises `LedgerUnavailable`."""

    def find(self, message_ids: AbstractSet[str]) -> dict[str, ReceiptLog]:
        """Return the trails that there are."""
        ...

    def join(self, receipt_logs: Sequence[ReceiptLog]) -> list[ReceiptLog]:
        """Add to what is known, which is probably nothing; answer the trail that stands, for each."""
        ...

    def change(self, changes: Sequence[tuple[ReceiptLog | None, ReceiptLog]]) -> set[str]:
        """Write each where it is still as it was seen, or still absent; answer the ids that are so.

        What is to be as it was seen is not written.
        """
        ...

    def due(self, *, now: datetime, limit: int) -> list[str]:
        """Return up to *limit* message ids that the sweeper is to look at."""
        ...

    def orphans(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, what is due in that time, or was, and nobody is known to have sent."""
        ...
