"""Make the ledger row and the receipt log of each message of a history, by the product's own rules. Used by the history."""

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta
from decimal import Decimal
from random import Random

from msgspec import Struct, field
from msgspec.structs import replace

from local_cloud.history.orders import PastEvent
from local_cloud.history.outcomes import reported
from local_cloud.history.pattern import HistoryPeriod
from local_cloud.history.shops import OLD_ADDRESSES
from local_cloud.history.words import PastWords
from ordercast.decisions.audience import CONSENT_BY_EVENT
from ordercast.events.identity import notification_id_for, order_hash_for
from ordercast.events.order_event import Channel, Priority
from ordercast.events.statuses import STATUSES
from ordercast.notifications.fallback import Fallback, ends_unheard
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.receipts.merge import merge_message, merge_receipts
from ordercast.receipts.provider_events import SuppressionReason, meaning_of
from ordercast.receipts.receipt_log import ReceiptEvent, ReceiptLog
from ordercast.settings.stage import StageSettings
from ordercast.templates.statuses import template_for


class PastMessage(Struct, frozen=True, kw_only=True):
    """A row as it stands by now, and what providers said of it; None of what was never sent."""

    row: Notification
    receipt_log: ReceiptLog | None = None


class PastMessages(Struct, kw_only=True):
    """Makes messages of events, one after the other: who could not be reached once is suppressed from then on."""

    settings: StageSettings
    period: HistoryPeriod
    words: PastWords
    chance: Random
    now: datetime
    refused: dict[str, str] = field(default_factory=dict)

    def of(self, event: PastEvent) -> Iterator[PastMessage]:
        """Yield an event's messages, and the e-mail in place of a text that failed."""
        for channel in event.customer.channels:
            row = self._entered(event, channel)
            made = self._ended(row, event)
            end = made.row
            fallback = end.fallback
            if fallback is None or not ends_unheard(end, end.state):
                yield made
                continue
            at = (end.closed_at or end.effective_at) + self.settings.fallback_grace
            fallback = replace(fallback, entered_at=at)
            yield PastMessage(
                row=replace(end, fallback=fallback, due_at=None), receipt_log=made.receipt_log
            )
            instead = self._entered(event, Channel.EMAIL, at=at, instead_of=row)
            yield self._ended(instead, event)

    def _entered(
        self,
        event: PastEvent,
        channel: Channel,
        *,
        at: datetime | None = None,
        instead_of: Notification | None = None,
    ) -> Notification:
        """Return the row as the relay enters it, or the sweeper where it takes another's place."""
        who, order = event.customer, event.order
        partition = order_hash_for(shop=order.shop, order_id=order.order_id)
        accepted = at or event.at + _millis(self.chance.lognormvariate(6, 0.5))
        urgent = STATUSES[event.status].urgent
        falls_back = who.falls_back and channel is Channel.SMS
        return Notification(
            id=notification_id_for(partition, event.status, channel),
            order=order,
            status=event.status,
            channel=channel,
            priority=Priority.HIGH if urgent else Priority.NORMAL,
            template=template_for(event.status, order.shop),
            locale=who.country.locale,
            recipient=who.phone if channel is Channel.SMS else who.email,
            country=who.country.code,
            time_zones=(who.country.zone,) if channel is Channel.EMAIL and not urgent else (),
            customer_id=who.id,
            campaign=event.campaign,
            consent=CONSENT_BY_EVENT,
            state=State.REQUESTED,
            rule=None,
            occurred_at=event.at,
            effective_at=accepted,
            expires_at=accepted + self.settings.retention,
            due_at=None,
            fallback=Fallback(
                id=notification_id_for(partition, event.status, Channel.EMAIL),
                to=who.email,
                consent=CONSENT_BY_EVENT,
            )
            if falls_back
            else None,
            fallback_for=instead_of.id if instead_of else None,
        )

    def _ended(self, row: Notification, event: PastEvent) -> PastMessage:
        """Return what became of a row: suppressed by a rule, or sent and what receipts said."""
        request = self.words.claim(row)
        rule = self._rule(row)
        if request is None or rule:
            return PastMessage(row=_suppressed(row, rule or "country-closed"))
        slow = self.period.is_bad(str(row.country), row.effective_at)
        sent_at = row.effective_at + _millis(self.chance.lognormvariate(6.7, 0.6))
        claimed = replace(
            row,
            state=State.SENDING,
            parts=request.parts,
            estimate=request.estimate,
            reserved=request.reserved,
            template_version=self.words.version(row),
            attempts=1,
            version=3,
        )
        receipt_log = self._receipts(claimed, event, sent_at, is_bad=slow)
        taken = merge_message(
            claimed,
            receipt_log.message_id,
            Message(state=State.SENT, at=sent_at),
            sent_at=sent_at,
        )
        merged = merge_receipts(
            taken, [receipt_log], receipt_timeout=self.settings.receipt_timeout, now=self.now
        )
        self._learn(merged, receipt_log)
        version = merged.version + len(receipt_log.receipt_events)
        # The sweeper has looked at it by now, and tries no text again.
        row = replace(merged, version=version, due_at=None)
        return PastMessage(row=row, receipt_log=receipt_log)

    def _rule(self, row: Notification) -> str | None:
        """Return the rule that suppresses a message: of its address, or by chance."""
        known = self.refused.get(str(row.recipient))
        if known or self.chance.random() >= _SUPPRESSED:
            return known
        (rule,) = self.chance.choices(list(_RULES), list(_RULES.values()))
        return rule

    def _receipts(
        self, row: Notification, event: PastEvent, sent_at: datetime, *, is_bad: bool
    ) -> ReceiptLog:
        events = reported(
            row.channel,
            self.chance,
            is_bad=is_bad,
            is_old=event.campaign == OLD_ADDRESSES,
        )
        return ReceiptLog(
            message_id=f"{row.id}-h",
            channel=row.channel,
            notification_id=row.id,
            sent_at=sent_at,
            expires_at=sent_at + self.settings.receipt_retention,
            receipt_events={
                kind: ReceiptEvent(at=sent_at + after, price=self._price(row))
                for kind, after in events
                if sent_at + after < self.now
            },
            version=1 + len(events),
        )

    def _price(self, row: Notification) -> Decimal | None:
        """Return what the carrier charges for a text: now and then a little less than is estimated."""
        if row.channel is not Channel.SMS or row.estimate is None:
            return None
        return (row.estimate * self.chance.choice(_PRICES)).quantize(_SMALLEST)

    def _learn(self, row: Notification, receipt_log: ReceiptLog) -> None:
        for kind in receipt_log.receipt_events:
            reason = meaning_of(kind, row.channel).suppression_reason
            if reason in _AT_ONCE and row.recipient:
                self.refused[row.recipient] = str(reason)


def _suppressed(row: Notification, rule: str) -> Notification:
    return replace(
        row,
        state=State.SUPPRESSED,
        rule=rule,
        fallback=None,
        consent=None if rule == "no-consent" else row.consent,
        recipient=None if rule == "no-contact" else row.recipient,
    )


_AT_ONCE = frozenset({SuppressionReason.BOUNCED, SuppressionReason.COMPLAINED})
_SUPPRESSED = 0.035
_RULES = {"no-consent": 45, "opted-out": 30, "no-contact": 15, "cap": 6, "number-kind": 4}
_PRICES: Sequence[Decimal] = tuple(map(Decimal, ("1", "1", "1", "0.95")))
_SMALLEST = Decimal("0.00001")


def _millis(count: float) -> timedelta:
    return timedelta(milliseconds=int(count))
