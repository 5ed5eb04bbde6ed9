"""Simulate SNS and SES: answer provider calls, and queue the receipts that follow. Used by the explorer's stage."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from fnmatch import fnmatchcase

from ordercast.events.identity import address_key, customer_key
from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import status_rank
from ordercast.pacing.holds import Why
from ordercast.people.person import Person
from ordercast.sending.outcome import Outgoing
from tests.explorer.deployed.outages import MOST, Outages, route_of
from tests.explorer.deployed.receipt_script import ReceiptScript, receipt
from tests.explorer.faults import points as faults
from tests.explorer.faults.journal import Journal, ProviderCall, SentReceipt
from tests.explorer.faults.points import Crash
from tests.fakes.clock import HandTurnedClock
from tests.templates.review import REVIEW

Enqueue = Callable[[str, timedelta], None]
"""Put a receipt where receipts wait, to be seen after a while."""


@dataclass(slots=True, kw_only=True)
class Carrier:
    """Both providers, and what their users do not see: whether a message went out.

    `script` says, by order and channel, what the first calls for it meet; `receipts` which
    receipts follow, of an e-mail a delivery where none is named; `meanwhile` lets everybody
    else have a turn while an answer is slow. A call that should not have been made is noted as a
    broken promise.
    """

    clock: HandTurnedClock
    journal: Journal
    people: dict[str, Person]
    allowed: tuple[str, ...]
    script: dict[tuple[str, Channel], tuple[str, ...]]
    receipts: Mapping[tuple[str, Channel], Sequence[ReceiptScript]]
    enqueue: Enqueue
    meanwhile: Callable[[], None]
    outages: Outages = field(default_factory=Outages)
    expected: list[Outgoing] = field(default_factory=list)
    given: int = 0

    def begin(self, recipient: str) -> Notification:
        """Note whose message a call is about to be made for."""
        message = next(m for m in self.expected if m.notification.recipient == recipient)
        self.expected.remove(message)
        return message.notification

    def called(self, row: Notification) -> ProviderCall:
        """Note that a call leaves us now."""
        call = ProviderCall(row=row, owner=row.owner or "", at=self.clock())
        self.journal.breaks += self._breaks(row)
        self.journal.calls.append(call)
        return call

    def take(self, call: ProviderCall) -> dict[str, str]:
        """Let a call happen, as its script has it; answer as botocore would."""
        row = call.row
        self.outages.meet(row)
        meets, *then = self.script.get((row.order.order_id, row.channel), ()) or ("taken",)
        self.script[row.order.order_id, row.channel] = tuple(then)
        if meets in _NOT_TAKEN:
            raise _NOT_TAKEN[meets](row)
        match meets:
            case "no quota":
                return {"MessageId": self._take(call, [_NO_QUOTA])}
            case "given up":
                return {"MessageId": self._happen(call, _GIVEN_UP)}
            case "overtaken":
                message_id = self._happen(call)
                self._say_again(row)
                self.meanwhile()
                return {"MessageId": message_id}
            case "answer lost":
                self._happen(call)
                raise faults.timed_out()
            case "crash":
                self._happen(call)
                raise Crash
            case "slow":
                message_id = self._happen(call)
                self.meanwhile()
                return {"MessageId": message_id}
        return {"MessageId": self._happen(call)}

    def _happen(self, call: ProviderCall, *receipts: ReceiptScript) -> str:
        call.happened = True
        row = call.row
        usual = self.receipts.get((row.order.order_id, row.channel), _USUAL[row.channel])
        return self._take(call, receipts or usual)

    def _say_again(self, row: Notification) -> None:
        """Say at once, and at a price, that the first message of *row* was given up."""
        first = min(row.messages, key=lambda each: row.messages[each].number or 0)
        again = replace(_GIVEN_UP, price="0.00645", after=timedelta())
        body = receipt(row, first, again, taken_at=self.clock())
        self.journal.sent_receipts.append(SentReceipt(row=row, message_id=first, body=body))
        self.enqueue(body, again.after)

    def _take(self, call: ProviderCall, receipts: Sequence[ReceiptScript]) -> str:
        """Give the message an id, and queue what is said of it."""
        self.given += 1
        message_id = f"{call.row.channel}-message-{self.given}"
        row = call.row
        call.not_sent = not call.happened
        call.given_up = any(each.kind == _GIVEN_UP.kind for each in receipts)
        for planned in receipts:
            call.has_receipt = True
            body = receipt(row, message_id, planned, taken_at=self.clock())
            self.journal.sent_receipts.append(
                SentReceipt(row=row, message_id=message_id, body=body)
            )
            self.enqueue(body, planned.after)
        return message_id

    def _breaks(self, row: Notification) -> list[str]:
        """Say why this call should not have been made, from what is so at this moment."""
        about = f"{row.order.order_id} {row.channel}"
        recipient = row.recipient or ""
        keys = {address_key(recipient)}
        if row.customer_id is not None:
            keys.add(customer_key(shop=row.order.shop, customer_id=row.customer_id))
        known = [self.people[key] for key in keys if key in self.people]
        breaks = self._breaks_of_people(row, known)
        if not any(fnmatchcase(recipient, pattern) for pattern in self.allowed):
            breaks.append(f"P6: {about}: called for a recipient that is not allowed")
        stands = status_rank(row.status, row.occurred_at)
        if stands is not None and stands < self.journal.newest_read(row):
            breaks.append(f"P8: {about} {row.status}: called after something newer was accepted")
        if self.journal.is_delivered_read(row.fallback_for):
            breaks.append(f"P8: {about}: called in place of what was delivered")
        if self.journal.is_delivered_read(row.id):
            breaks.append(f"P3: {about}: called again after it was delivered")
        if any(hold.scope.covers(row) for hold in self.journal.holds_read()):
            breaks.append(f"P6: {about}: called while it was paused")
        return [*breaks, *self._breaks_of_route(row, about)]

    def _breaks_of_route(self, row: Notification, about: str) -> Iterator[str]:
        """Say why this call should not have been made on its route."""
        if row.channel is not Channel.SMS:
            return
        route = route_of(row)
        hold = self.journal.closed_read().get(route.key)
        if hold and hold.id != row.held_by:
            yield f"P11: {about}: called on a closed route"
        # Trouble with the account is found out by a message alone, seldom and whatever else happens.
        down = hold and hold.why is Why.BREAKER and route not in self.outages.answering([route])
        if down:
            yield f"P11: {about}: risked while its provider answered nothing"
        if self.journal.running and route not in self.outages.answering([route]):
            calls = self.journal.running[-1].into_outages
            calls[route.key] += 1
            if calls[route.key] > MOST:
                yield f"P11: {about}: called again where nothing is taken"

    def _breaks_of_people(self, row: Notification, known: Sequence[Person]) -> list[str]:
        """Say what those *known* of have not agreed to."""
        about, recipient = f"{row.order.order_id} {row.channel}", row.recipient or ""
        breaks = []
        promotional = row.template == REVIEW
        if any(p.refusal(row.channel, recipient, promotional=promotional) for p in known):
            breaks.append(f"P6: {about}: called for somebody who refuses")
        agreed = any(p.agreed_to(row.channel, promotional=promotional) for p in known)
        if not agreed and (promotional or row.consent != "event"):
            breaks.append(f"P6: {about}: called without consent")
        if promotional and row.priority is Priority.HIGH:
            breaks.append(f"P6: {about}: called for ahead of others, for a promotion")
        if row.priority is Priority.NORMAL and any(_is_quiet(p, self.clock()) for p in known):
            breaks.append(f"P6: {about}: called in somebody's quiet hours")
        return breaks


def _is_quiet(person: Person, now: datetime) -> bool:
    """Tell whether it is quiet for somebody whose clock shows UTC, as everybody's does here."""
    quiet, clock = person.quiet, now.time()
    if quiet is None:
        return False
    over_midnight = quiet.end <= quiet.start
    return (clock >= quiet.start) + (clock < quiet.end) >= 2 - over_midnight


_NOT_TAKEN: Mapping[str, Callable[[Notification], Exception]] = {
    "throttled": lambda _: faults.throttled(),
    "sending paused": lambda _: faults.sending_paused(),
    "refused": lambda row: faults.refusal(row.channel, row.recipient or ""),
    "request lost": lambda _: faults.timed_out(),
    "server error": lambda _: faults.server_error(),
}
_NO_QUOTA, _GIVEN_UP = ReceiptScript(kind="no quota"), ReceiptScript(kind="given up")
_USUAL = {Channel.SMS: (), Channel.EMAIL: (ReceiptScript(kind="delivered"),)}
