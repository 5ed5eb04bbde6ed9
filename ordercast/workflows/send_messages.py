"""Notification ids from a queue in, one provider call for each claim and its settlement out."""

from collections import Counter
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta

from ordercast.decisions.lookup import LookupKeys, LookupResult
from ordercast.errors import Retryable
from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.contact import country_of
from ordercast.people.person_keys import people_for
from ordercast.receipts.receipt_log import ReceiptLog, closed
from ordercast.receipts.suppressions import is_evidence
from ordercast.sending.backoff import MAX_ATTEMPTS, backoff
from ordercast.sending.claim import Claim, ClaimRequest, ClaimStatus
from ordercast.sending.due_policy import lapsed
from ordercast.sending.outcome import Outgoing, Settlement, limit_attempts, not_called
from ordercast.sending.send_rules import (
    WHILE_PAUSED,
    block_reason,
    is_paused,
    latest_status_key_of,
    suppressed,
    unsendable,
)
from ordercast.templates import Words
from ordercast.workflows.merge_receipts import MergeReceipts
from ordercast.workflows.ports import Change, Clock, Deadline, Ledger, Provider, ReceiptLogs, Token

WAVE = 25  # claims that a crash may leave in doubt; also what one bulk call takes

# What a wave may need once its calls begin: the provider's time-outs and the writes after them.
WAVE_TAKES = timedelta(seconds=15)

AT_ONCE = timedelta()

NOT_CALLED = "not-called"

_Ready = tuple[Outgoing, ClaimRequest]
_Failed = list[tuple[Notification, Exception]]


@dataclass(slots=True, kw_only=True)
class Sent:
    """What became of a batch, in notifications; `retry` says what is brought again, and when.

    `bugs` names the types of what rendering raised, once for each notification that it kept back.
    """

    settled: Counter[State] = field(default_factory=Counter)
    retry: dict[str, timedelta] = field(default_factory=dict)
    bugs: list[str] = field(default_factory=list)
    skipped: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class SendMessages:
    """Claim each notification before its provider is called, and settle it afterwards.

    Claims are made in waves just before their calls, so that a crash leaves at most one wave in
    doubt (docs/decisions/0010); whatever else keeps a claim from its call gives it back. The trap is
    the call whose answer is lost: it is settled as in doubt, never tried again.
    """

    channel: Channel
    ledger: Ledger
    receipt_logs: ReceiptLogs
    take: MergeReceipts
    provider: Provider
    words: Callable[[Notification], Words]
    cost: Callable[[Notification, Words], ClaimRequest]
    send_within: Callable[[Notification], timedelta]
    now: Clock
    token: Token
    chance: Callable[[], float]
    lease: timedelta
    receipt_retention: timedelta
    receipt_timeout: timedelta

    def __call__(self, received: Mapping[str, int], *, time_left: Deadline) -> Sent:
        """Send a batch: ids, and how often each was received; raises `Retryable` on a table's trouble.

        Brought again, the batch is sent from where it came to.
        """
        wanted = frozenset(received)
        rows = self.ledger.look_up(LookupKeys(notifications=wanted)).notifications.values()
        self._remember(rows)
        waiting = [r for r in rows if r.channel is self.channel and r.state is State.REQUESTED]
        sent = Sent(skipped=len(wanted) - len(waiting))
        for start in range(0, len(waiting), WAVE):
            if time_left() < WAVE_TAKES:
                sent.retry |= {row.id: AT_ONCE for row in waiting[start:]}
                break
            wave = waiting[start : start + WAVE]
            failed: _Failed = []
            allowed = self._allowed(wave, self._known(wave), sent, failed)
            ready = self._ready(allowed, failed)
            self._keep_back(failed, received, sent)
            if ready:
                self._send(ready, sent, time_left)
        return sent

    def _known(self, wave: Sequence[Notification]) -> LookupResult:
        """Read what may forbid sending, for each wave: what was stopped in the last one is not sent."""
        latest_statuses = frozenset(map(latest_status_key_of, wave))
        people = frozenset(key for row in wave for key in people_for(row))
        return self.ledger.look_up(
            LookupKeys(latest_statuses=latest_statuses, people=people, pauses=True)
        )

    def _remember(self, rows: Iterable[Notification]) -> None:
        """Record whose messages were sent before: the first time it may not have gone through."""
        self._record(
            self._receipt_log(row, message_id, each.at)
            for row in rows
            for message_id, each in row.messages.items()
            if each.state is State.SENT and each.at
        )

    def _allowed(
        self, waiting: Iterable[Notification], found: LookupResult, sent: Sent, failed: _Failed
    ) -> list[Notification]:
        """Hold back what is stopped, suppress what is no longer to be sent, return the rest."""
        now = self.now()
        allowed: list[Notification] = []
        refused: list[Change] = []
        for row in waiting:
            try:
                against = block_reason(row, found, send_within=self.send_within(row), now=now)
            except Exception as error:  # noqa: BLE001 - a bug in one row must not sink its neighbours
                failed.append((row, error))
                continue
            if against:
                refused.append((row, suppressed(row, against, at=now)))
            elif is_paused(row, found.pauses, country=_country(row)):
                sent.retry[row.id] = WHILE_PAUSED
            else:
                allowed.append(row)
        # Where somebody was faster the row says why; either way nothing is sent from here.
        self.ledger.change(refused)
        sent.settled.update(new.state for _, new in refused)
        return allowed

    def _ready(self, rows: Iterable[Notification], failed: _Failed) -> list[_Ready]:
        """Render and price before any claim: a template that fails leaves nothing claimed."""
        ready = []
        for row in rows:
            try:
                said = self.words(row)
                ready.append((Outgoing(notification=row, words=said), self.cost(row, said)))
            except Exception as error:  # noqa: BLE001 - a bug in one template must not sink its neighbours
                failed.append((row, error))
        return ready

    def _keep_back(self, failed: _Failed, received: Mapping[str, int], sent: Sent) -> None:
        """Let what a bug of ours keeps from being sent come back, later each time; in the end park it.

        The ledger counts calls, and there was none: so it is the message's receives that count,
        those before the bug included.
        """
        last: list[Change] = []
        for row, error in failed:
            sent.bugs.append(type(error).__name__)
            times = received[row.id]
            if times < MAX_ATTEMPTS:
                sent.retry[row.id] = backoff(times, chance=self.chance())
            else:
                last.append((row, unsendable(row, error, at=self.now())))
        parked = self.ledger.change(last)
        sent.settled.update(new.state for row, new in last if row.id in parked)

    def _send(self, wave: Sequence[_Ready], sent: Sent, time_left: Deadline) -> None:
        """Claim, call and settle one wave."""
        owner, now = self.token(), self.now()
        claims = self._claim(wave, owner)
        mine = {i: claim.row for i, claim in claims.items() if claim.status is ClaimStatus.MINE}
        sent.skipped += len(claims) - len(mine)
        # Who was not answered for could not be asked: another time.
        unasked = [each.notification for each, asked in wave if asked.id not in claims]
        if time_left() < WAVE_TAKES:
            # The claim took long: to be ended in the midst of calls would leave them all in doubt.
            unasked, mine = [*unasked, *mine.values()], {}
        self._give_back(unasked, owner)
        sent.retry |= {row.id: AT_ONCE for row in unasked}
        outgoing = [
            replace(each, notification=mine[asked.id]) for each, asked in wave if asked.id in mine
        ]
        self._settle(self._outcomes(outgoing, owner), sent)
        # Who was faster may not have come to record it, and no copy but this may come again. Many
        # copies at once keep each other from it, but not all of them.
        with suppress(Retryable):
            self._remember(
                claim.row for claim in claims.values() if claim.status is ClaimStatus.DONE
            )
        # Last, so that no trouble with what somebody else left keeps back what is ours.
        left = [claim.row for claim in claims.values() if claim.status is ClaimStatus.LAPSED]
        self.ledger.change([(row, lapsed(row, now=now)) for row in left])

    def _claim(self, wave: Sequence[_Ready], owner: str) -> dict[str, Claim]:
        now = self.now()
        try:
            return self.ledger.claim(
                [asked for _, asked in wave], owner=owner, lease_until=now + self.lease, now=now
            )
        except Retryable:
            self._give_back([each.notification for each, _ in wave], owner)
            raise

    def _give_back(self, rows: Iterable[Notification], owner: str) -> None:
        """Give back claims that we hold, or may hold without having heard of it, and do not use."""
        at, unused = self.now(), not_called(NOT_CALLED)
        with suppress(Retryable):
            self.ledger.settle(
                [Settlement(notification=row, owner=owner, outcome=unused, at=at) for row in rows]
            )

    def _outcomes(self, outgoing: Sequence[Outgoing], owner: str) -> list[Settlement]:
        outcomes = self.provider.send(outgoing)
        at = self.now()
        return [
            Settlement(
                notification=each.notification,
                owner=owner,
                outcome=limit_attempts(outcome, each.notification),
                at=at,
            )
            for each, outcome in zip(outgoing, outcomes, strict=True)
        ]

    def _settle(self, settlements: Sequence[Settlement], sent: Sent) -> None:
        early: list[ReceiptLog] = []
        # Message ids first: a receipt may come before the next line is through. And the next line
        # in any case: what the provider answered is known to nobody else.
        try:
            early = self._record(
                self._receipt_log(s.notification, s.outcome.message_id, s.at)
                for s in settlements
                if s.outcome.message_id
            )
        finally:
            self.ledger.settle(settlements)
        self._take(early)
        for each in settlements:
            sent.settled[each.outcome.state] += 1
            if each.outcome.state is State.REQUESTED:
                row = each.notification
                sent.retry[row.id] = backoff(row.attempts, chance=self.chance())

    def _receipt_log(self, row: Notification, message_id: str, sent_at: datetime) -> ReceiptLog:
        return ReceiptLog(
            message_id=message_id,
            channel=row.channel,
            notification_id=row.id,
            sent_at=sent_at,
            expires_at=sent_at + self.receipt_retention,
            due_at=sent_at + self.receipt_timeout,
        )

    def _record(self, receipt_logs: Iterable[ReceiptLog]) -> list[ReceiptLog]:
        """Record whose each message is; return those of which a receipt has come already."""
        return [
            receipt_log
            for receipt_log in self.receipt_logs.join(list(receipt_logs))
            if receipt_log.receipt_events
        ]

    def _take(self, early: Sequence[ReceiptLog]) -> None:
        """Join what came before us to the ledger; what we cannot do stays due for the sweeper."""
        with suppress(Retryable):
            self.take(early)
            # What there is to be learnt from, the sweeper learns from.
            done = [receipt_log for receipt_log in early if not is_evidence(receipt_log)]
            self.receipt_logs.change(
                [(t, closed(t, receipt_timeout=self.receipt_timeout)) for t in done]
            )


def _country(row: Notification) -> str | None:
    return (
        country_of(row.recipient)
        if row.recipient and CHANNELS[row.channel].contact == "phone"
        else None
    )
