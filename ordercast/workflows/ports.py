"""Ports: the protocols through which workflows use the outside world. Implemented by gateways and fakes.

Each method takes a batch and answers for each item. The same promise tests run against both.
"""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime, timedelta
from typing import Protocol

from ordercast.budgets.account import Account, AccountDraw, Drawn
from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.events.order_event import Channel, Priority
from ordercast.events.stream_record import ParkedRecord
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.bucket import Bucket, Draw
from ordercast.pacing.holds import Hold, Holds
from ordercast.pacing.send_quota import SendQuota
from ordercast.people.person import Person
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.claim import Claim, ClaimRequest
from ordercast.sending.due_partitions import Backlog
from ordercast.sending.outcome import Outcome, Outgoing, Settlement

Clock = Callable[[], datetime]
"""The time now, with its zone."""

Deadline = Callable[[], timedelta]
"""How much time is left before the function is ended."""

Token = Callable[[], str]
"""A new unique token at each call."""

RowChange = tuple[Notification, Notification]
"""A row as it was read and as it is to be; written only if nothing changed it meanwhile."""


class HoldRecords(Protocol):
    """The part of the ledger that sets and ends holds. Raises `LedgerUnavailable`."""

    def hold(self, holds: Sequence[Hold]) -> Holds:
        """Set each hold that is not active yet; answer all holds, without what did not fit."""
        ...

    def change_holds(self, changes: Sequence[tuple[Hold, Hold]]) -> Holds:
        """Put each hold in place of the one that was read, if that is still so; answer all holds."""
        ...

    def let_go(self, hold_ids: Collection[str], *, at: datetime) -> None:
        """Release those holds; what waits behind them is released by the sweeper."""
        ...

    def end_holds(self, ended: Sequence[Hold]) -> None:
        """Remove the holds that are still as in *ended*."""
        ...


class DecisionsAndRows(Protocol):
    """The part of the ledger that records decisions and enters rows. Raises `LedgerUnavailable`."""

    def look_up(self, wanted: LookupKeys) -> LookupResult:
        """Read all of it consistently in one round trip; missing items are left out."""
        ...

    def record_decisions(self, decisions: Sequence[Decision]) -> list[Decision]:
        """Insert each decision that is not there yet; answer the stored one, for each."""
        ...

    def accept(
        self, notifications: Sequence[Notification], latest_statuses: Sequence[LatestStatus]
    ) -> list[Notification]:
        """Insert each row that is not there yet, and raise each latest status that is lower.

        Answers the stored row, for each notification.
        """
        ...


class Changes(Protocol):
    """The part of the ledger that changes rows. Raises `LedgerUnavailable`."""

    def change(self, changes: Sequence[RowChange]) -> set[str]:
        """Write each row that is still as it was read; answer the ids changed."""
        ...


class RelayLedger(DecisionsAndRows, Changes, Protocol):
    """The part of the ledger that the relay uses. Raises `LedgerUnavailable`."""


class Failures(Changes, Protocol):
    """The part of the ledger that redriving uses. Raises `LedgerUnavailable`."""

    def failures(self, state: State, *, day: date) -> Iterator[list[Notification]]:
        """Return, by the page, what entered *state* on *day* (UTC) and is still in it."""
        ...


class Ledger(DecisionsAndRows, Failures, HoldRecords, Protocol):
    """Decisions, notifications, latest statuses and holds. Raises `LedgerUnavailable`."""

    def claim(
        self, requests: Sequence[ClaimRequest], *, owner: str, lease_until: datetime, now: datetime
    ) -> dict[str, Claim]:
        """Move each from requested to sending for *owner*; answer each that is there, by id.

        A throttled or failed request is not answered: it was not claimed, or its claim lapses. The
        others must be sent, so this raises only if nothing was claimed.
        """
        ...

    def settle(self, settlements: Sequence[Settlement]) -> None:
        """Settle each claim that its owner still holds; with more retries than other methods.

        A claim that cannot be settled stays `sending` until it lapses, and is in doubt then.
        """
        ...

    def due(self, partitions: Sequence[str], *, until: datetime, limit: int) -> list[str]:
        """Return up to *limit* ids that wait in *partitions* and are due by *until*, oldest first.

        They are those of `sending.due_partitions`. An index lags behind the rows it names.
        """
        ...

    def backlog(
        self, partitions: Sequence[str], *, until: datetime, at_most: int
    ) -> dict[str, Backlog]:
        """Count what is due by *until* in each of *partitions* that has any, to about *at_most* each."""
        ...


class TemplateVersions(Protocol):
    """What messages were made from, compressed and by version. Raises `LedgerUnavailable`."""

    def keep(self, sources: Mapping[str, bytes]) -> None:
        """Insert each version that is not there yet."""
        ...


class People(Protocol):
    """Customers and addresses. Raises `LedgerUnavailable`."""

    def reserve(self, people: Sequence[Person]) -> set[str]:
        """Write each person's reservations if its `turn` is the next; answer the keys written."""
        ...


class Suppressions(Protocol):
    """Suppressions of customers and addresses. Raises `LedgerUnavailable`."""

    def suppress(self, people: Sequence[Person]) -> set[str]:
        """Write each person's suppressions if its version is the next; answer the keys written."""
        ...


class NotificationsTopic(Protocol):
    """The topic that senders and a shop's own consumers subscribe to."""

    def publish(self, notifications: Sequence[Notification]) -> set[str]:
        """Publish the id and routing of each; answer the ids that were accepted."""
        ...


class ParkedRecords(Protocol):
    """Records that could not be used, with their reason. Raises `ParkingUnavailable`."""

    def park(self, records: Sequence[ParkedRecord]) -> None:
        """Store *records*; idempotent."""
        ...


class Provider(Protocol):
    """The provider of one channel."""

    def send(self, messages: Sequence[Outgoing]) -> list[Outcome]:
        """Make at most one call for each message; answer in order, without raising."""
        ...


class SendQuotas(Protocol):
    """What the provider of e-mails allows the account. Raises `ProviderUnavailable`."""

    def send_quota(self) -> SendQuota:
        """Return how fast the account may send, and how much of its day is left."""
        ...


class PaceBuckets(Protocol):
    """The buckets of pace, one for each origination. Raises `LedgerUnavailable`."""

    def find(self, keys: AbstractSet[str]) -> dict[str, Bucket]:
        """Return the buckets that exist."""
        ...

    def open(self, bucket: Bucket) -> Bucket:
        """Insert *bucket* if there is none of its key; answer the stored one."""
        ...

    def draw(self, draw: Draw) -> tuple[bool, Bucket | None]:
        """Move the lines of a bucket if it is as *draw* says; answer whether, and the stored bucket."""
        ...

    def cap(self, key: str, *, most: float | None, left: int | None) -> None:
        """Write what the provider says of its limits into the bucket of *key*, if there is one."""
        ...

    def learn(self, seen: Bucket, new: Bucket) -> Bucket | None:
        """Write the rate of *new* if the bucket's `rate_at` is as *seen*; answer the stored one."""
        ...


PaceAnswer = tuple[bool, Bucket | None]
"""Whether a draw of slots was made, and the stored bucket."""


class Accounts(Protocol):
    """The accounts of budgets, one for each period. Raises `LedgerUnavailable`."""

    def draw(
        self, draws: Sequence[AccountDraw], pace: Draw | None = None
    ) -> tuple[list[Drawn], PaceAnswer | None]:
        """Draw each sum of which enough is left, and the slots of a wave, in one round trip; answer each.

        An account that is not there is opened. A draw that failed may have been made all the same.
        Raises only if the draw of slots failed.
        """
        ...

    def give_back(self, draws: Sequence[AccountDraw]) -> None:
        """Return sums that were drawn, once, however often the call is repeated; of a hundred all or none."""
        ...

    def read(self, keys: Sequence[str]) -> dict[str, Account]:
        """Return the accounts that exist, by key."""
        ...

    def change(self, changes: Sequence[tuple[Account | None, Account]]) -> set[str]:
        """Add the difference to each account whose limit and changed slots are as they were read.

        What was drawn meanwhile stays drawn, unless it is the used amount of a slot that changes by
        itself: that must be as it was read. One that was not there is inserted. Answers the keys done.
        """
        ...


class WorkQueues(Protocol):
    """The queues that senders read. Raises `QueueUnavailable`."""

    def waiting(self) -> Mapping[tuple[Channel, Priority], int]:
        """Return how many messages each holds, those at work and delayed ones too.

        The counts may be a minute old.
        """
        ...


class ReceiptQueue(Protocol):
    """The queue of receipts to be applied. Raises `LedgerUnavailable`."""

    def applied_until(self, *, now: datetime) -> datetime | None:
        """Return an instant up to which all receipts have been applied; None if unknown.

        Up to it, no receipt means that there was no event.
        """
        ...


class ReceiptLogs(Protocol):
    """The receipt log of each provider message. Raises `LedgerUnavailable`."""

    def find(self, message_ids: AbstractSet[str]) -> dict[str, ReceiptLog]:
        """Return the receipt logs that exist."""
        ...

    def join(self, receipt_logs: Sequence[ReceiptLog]) -> list[ReceiptLog]:
        """Join each to the stored receipt log, if there is one; answer the stored one, for each."""
        ...

    def change(self, changes: Sequence[tuple[ReceiptLog | None, ReceiptLog]]) -> set[str]:
        """Write each that is still as it was read, or still absent; answer the ids for which it is.

        A pair without a difference is not written.
        """
        ...

    def due(self, shards: Sequence[int], *, now: datetime, limit: int) -> list[str]:
        """Return up to *limit* message ids of *shards* that are due, oldest first."""
        ...

    def orphans(self, *, since: datetime, until: datetime) -> Iterator[list[ReceiptLog]]:
        """Return, by the page, receipt logs without a notification that are, or were, due in that time."""
        ...
