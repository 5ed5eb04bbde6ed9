"""Hold a channel while its provider takes nothing from the account, and let it go. Used by senders, tracker and sweeper."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.pacing.holds import STALE_VIEW, Hold, Holds, Scope, Why
from ordercast.receipts.provider_events import NOT_SENT_REASONS
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.outcome import DAILY_QUOTA
from ordercast.workflows.ports import Clock, HoldRecords


@dataclass(frozen=True, slots=True, kw_only=True)
class AccountTrouble:
    """Write the holds of trouble with the account; `by` is the function that does.

    The trap is a provider that takes a text and says only in its receipt that the account could not
    send it: what such a receipt began, no taken message ends, but another receipt.
    """

    holds: HoldRecords
    by: str
    now: Clock

    def hold(self, channel: Channel, reason: str) -> None:
        """Hold *channel*; raises `LedgerUnavailable`."""
        self.holds.hold([self._hold(channel, reason)])

    def taken(self, probes: Iterable[str | None], holds: Holds) -> None:
        """Let go the holds of these ids, because their probe was taken; raises `LedgerUnavailable`."""
        ids = set(probes)
        ended = {h.id for h in holds if h.id in ids and h.reason not in _NOT_BY_A_PROBE}
        if ended:
            self.holds.let_go(ended, at=self.now())

    def ended(self, channel: Channel, reason: str, holds: Holds) -> None:
        """Let go the hold of *channel* if it is of that reason; raises `LedgerUnavailable`."""
        hold = self._hold(channel, reason)
        if any(each.id == hold.id and each.is_active and each.reason == reason for each in holds):
            self.holds.let_go([hold.id], at=self.now())

    def tells(self, receipt_logs: Iterable[ReceiptLog]) -> bool:
        """Return whether these receipts say anything of the account."""
        return any(
            log.message.state not in {State.SENT, State.UNCONFIRMED}
            for logs in _by_channel(receipt_logs).values()
            for log in logs
        )

    def read(self, receipt_logs: Iterable[ReceiptLog], holds: Holds) -> None:
        """Hold a channel, or let it go, by what receipts say of the account; raises `LedgerUnavailable`."""
        for channel, logs in _by_channel(receipt_logs).items():
            not_sent = [each for each in logs if each.message.state is State.DEFERRED]
            sent = [each for each in logs if each.message.state not in _SAYS_NOTHING]
            new = self._hold(channel, _reason(not_sent))
            known = next((each for each in holds if each.id == new.id), None)
            if known and known.is_active:
                if known.reason in NOT_SENT_REASONS and _latest(sent) > known.since:
                    self.holds.let_go([known.id], at=self.now())
            elif _latest(not_sent) > max(_latest(sent), self._not_before(known)):
                self.holds.hold([new])

    def _not_before(self, let_go: Hold | None) -> datetime:
        """Return when a text must have been sent to say something of now: what was let go since is over."""
        recent = self.now() - STALE_VIEW
        return max(recent, let_go.released_at) if let_go and let_go.released_at else recent

    def _hold(self, channel: Channel, reason: str) -> Hold:
        return Hold(
            why=Why.ACCOUNT,
            scope=Scope(channel=channel),
            by=self.by,
            since=self.now(),
            reason=reason,
        )


def _by_channel(receipt_logs: Iterable[ReceiptLog]) -> dict[Channel, list[ReceiptLog]]:
    """Return those that may tell something: an e-mail's provider says in its answer what it does not take."""
    logs: dict[Channel, list[ReceiptLog]] = {}
    for each in receipt_logs:
        if not CHANNELS[each.channel].receipts_name_notification:
            logs.setdefault(each.channel, []).append(each)
    return logs


def _latest(logs: Iterable[ReceiptLog]) -> datetime:
    return max((each.sent_at for each in logs), default=_NEVER)


def _reason(logs: Iterable[ReceiptLog]) -> str:
    return max((each.message.reason or "" for each in logs), default="")


_NOT_BY_A_PROBE = NOT_SENT_REASONS | {DAILY_QUOTA}
_NEVER = datetime.min.replace(tzinfo=UTC)
_SAYS_NOTHING = frozenset({State.SENT, State.UNCONFIRMED, State.DEFERRED})
