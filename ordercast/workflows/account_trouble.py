"""Hold a channel while its provider takes nothing from the account, and let it go. Used by senders, tracker and sweeper."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from msgspec import Struct, field

from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.pacing.holds import STALE_VIEW, Hold, Holds, Scope, Why
from ordercast.receipts.provider_events import NO_ORIGINATION, NOT_SENT_REASONS
from ordercast.receipts.receipt_log import ReceiptLog
from ordercast.sending.outcome import DAILY_QUOTA, ORIGINATION_MISSING
from ordercast.workflows.ports import Clock, HoldRecords


class Trouble(NamedTuple):
    """Its reason, and the country (ISO 3166-1) and the route of the message that met it, where it has any."""

    reason: str
    country: str | None = None
    route: str | None = None


class AccountTrouble(Struct, frozen=True, kw_only=True):
    """Write the holds of trouble with the account; `by` is the function that does.

    `first_routes` are those of rows that name none, by channel, where the stage has a second Region:
    then trouble is of the account in one, and closes the route that met it instead of the channel.

    The trap is a provider that takes a text and says only in its receipt that the account could not
    send it: what such a receipt began, no taken message ends, but another receipt.
    """

    holds: HoldRecords
    by: str
    now: Clock
    first_routes: Mapping[Channel, str] = field(default_factory=dict)

    def hold(self, channel: Channel, *troubles: Trouble) -> None:
        """Hold what of *channel* each trouble is about; raises `LedgerUnavailable`."""
        holds = [self._hold(channel, each) for each in troubles]
        self.holds.hold(list({each.id: each for each in holds}.values()))

    def taken(self, probes: Iterable[str | None], holds: Holds) -> None:
        """Let go the holds of these ids, because their probe was taken; raises `LedgerUnavailable`."""
        ids = set(probes)
        probed = [h for h in holds if h.id in ids and h.why is Why.ACCOUNT]
        ended = {h.id for h in probed if h.reason not in _NOT_BY_A_PROBE}
        if ended:
            self.holds.let_go(ended, at=self.now())

    def ended(self, channel: Channel, trouble: Trouble, holds: Holds) -> None:
        """Let go the holds that *trouble* wrote, if they are of that reason; raises `LedgerUnavailable`.

        One of the whole channel is among them: it is from before the stage had a second Region.
        """
        route = self._route(channel, trouble)
        ended = [
            each.id
            for each in holds
            if (each.is_active, each.why, each.scope.channel) == (True, Why.ACCOUNT, channel)
            and each.reason == trouble.reason
            and _is_of(each.scope, route)
        ]
        if ended:
            self.holds.let_go(ended, at=self.now())

    def tells(self, receipt_logs: Iterable[ReceiptLog]) -> bool:
        """Return whether these receipts say anything of the account."""
        return any(
            log.message.state not in {State.SENT, State.UNCONFIRMED}
            for logs in _by_channel(receipt_logs).values()
            for log in logs
        )

    def read(
        self,
        receipt_logs: Iterable[ReceiptLog],
        rows: Mapping[str, Notification],
        holds: Holds,
    ) -> None:
        """Hold a channel, or a country of it, or let it go, by what receipts say of the account.

        *rows* are the notifications that they are of, by id. Raises `LedgerUnavailable`.
        """
        for channel, logs in _by_channel(receipt_logs).items():
            told = [(each, _trouble(each, rows)) for each in logs]
            not_sent: defaultdict[Scope, list[ReceiptLog]] = defaultdict(list)
            for each, trouble in told:
                if each.message.state is State.DEFERRED:
                    not_sent[self._scope(channel, trouble)].append(each)
            active = {h.scope for h in holds if h.is_active and h.why is Why.ACCOUNT}
            for scope in not_sent.keys() | {each for each in active if each.channel == channel}:
                sent = [
                    each.sent_at
                    for each, trouble in told
                    if each.message.state not in _SAYS_NOTHING
                    and scope.country in {None, trouble.country}
                    and _is_of(scope, self._route(channel, trouble))
                ]
                self._read(scope, max(sent, default=_NEVER), not_sent[scope], holds)

    def _read(
        self, scope: Scope, sent: datetime, not_sent: Sequence[ReceiptLog], holds: Holds
    ) -> None:
        """Hold *scope* or let it go, by when the last text of it was *sent*, and what was not."""
        new = self._hold_of(scope, max((e.message.reason or "" for e in not_sent), default=""))
        known = next((each for each in holds if each.id == new.id), None)
        if known and known.is_active:
            if known.reason in NOT_SENT_REASONS and sent > known.since:
                self.holds.let_go([known.id], at=self.now())
        elif _latest(not_sent) > max(sent, self._not_before(known)):
            self.holds.hold([new])

    def _not_before(self, let_go: Hold | None) -> datetime:
        """Return when a text must have been sent to say something of now: what was let go since is over."""
        recent = self.now() - STALE_VIEW
        return max(recent, let_go.released_at) if let_go and let_go.released_at else recent

    def _hold(self, channel: Channel, trouble: Trouble) -> Hold:
        return self._hold_of(self._scope(channel, trouble), trouble.reason)

    def _hold_of(self, scope: Scope, reason: str) -> Hold:
        return Hold(why=Why.ACCOUNT, scope=scope, by=self.by, since=self.now(), reason=reason)

    def _scope(self, channel: Channel, trouble: Trouble) -> Scope:
        """Return what a trouble is about: all of a channel, those of its country, or one of its routes.

        A country that lacks an origination waits in both Regions: a hold that names a route closes it
        to all countries.
        """
        if trouble.reason in _OF_A_COUNTRY:
            return Scope(channel=channel, country=trouble.country)
        return Scope(channel=channel, route=self._route(channel, trouble))

    def _route(self, channel: Channel, trouble: Trouble) -> str | None:
        """Return the route that a trouble closes; None in a stage with one Region."""
        first = self.first_routes.get(channel)
        return (trouble.route or first) if first else None


def _trouble(log: ReceiptLog, rows: Mapping[str, Notification]) -> Trouble:
    """Return what a receipt says of the account, with the route of the message that it is of."""
    reason, row = log.message.reason or "", rows.get(log.notification_id or "")
    if row is None:
        return Trouble(reason)
    message = row.messages.get(log.message_id)
    route = message.route if message and message.number else row.route
    return Trouble(reason, row.country, route)


def _is_of(scope: Scope, route: str | None) -> bool:
    """Tell whether *scope* has to do with *route*; without one, the stage has one Region (again)."""
    return route is None or scope.route in {None, route}


def _by_channel(receipt_logs: Iterable[ReceiptLog]) -> dict[Channel, list[ReceiptLog]]:
    """Return those that may tell something: an e-mail's provider says in its answer what it does not take."""
    logs: dict[Channel, list[ReceiptLog]] = {}
    for each in receipt_logs:
        if CHANNELS[each.channel].refuses_in_receipts:
            logs.setdefault(each.channel, []).append(each)
    return logs


def _latest(logs: Iterable[ReceiptLog]) -> datetime:
    return max((each.sent_at for each in logs), default=_NEVER)


_NOT_BY_A_PROBE = NOT_SENT_REASONS | {DAILY_QUOTA}
_NEVER = datetime.min.replace(tzinfo=UTC)
_OF_A_COUNTRY = frozenset({ORIGINATION_MISSING, NO_ORIGINATION})
# What failed may have been refused before the account was asked for anything, as an invalid number is.
_SAYS_NOTHING = frozenset({State.SENT, State.UNCONFIRMED, State.DEFERRED, State.FAILED})
