"""Draw the timeline of an order: each step with its time and its source. Used by `ordercast status`."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from ordercast.decisions.audience import CONSENT_BY_EVENT, CONSENT_ON_RECORD
from ordercast.decisions.decision import Decision
from ordercast.events.identity import notification_id_for
from ordercast.events.order_event import Channel
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.fallback import OTHER
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.notifications.providers import label_of, provider_of_try
from ordercast.notifications.route_reason import RouteReason
from ordercast.operations.units import count, dollars
from ordercast.queries.state_words import meaning_of_row
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.receipt_log import REFUSED, ReceiptLog
from ordercast.sending.resending import number_of_resend, resend_ids
from ordercast.sending.routes import provider_label


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderHistory:
    """What is stored of an order; receipt logs are by the provider's message id."""

    decisions: Sequence[Decision]
    rows: Sequence[Notification]
    receipt_logs: Mapping[str, ReceiptLog]


@dataclass(frozen=True, slots=True, kw_only=True)
class TimelineEntry:
    """One line: time, source and text; *last* sorts it last within its second."""

    at: datetime
    source: str
    says: str
    last: bool = False


def timeline(history: OrderHistory) -> RenderableType:
    """Draw it event by event, each with its notifications; times are UTC."""
    rows = {row.id: row for row in history.rows}
    drawn: list[RenderableType] = []
    for decision in history.decisions:
        # Of the channels that were decided about, and of a fallback that came later.
        ids = [notification_id_for(decision.order, decision.event, channel) for channel in Channel]
        drawn.append(_event(decision))
        for i in (each for each in ids if each in rows):
            drawn.append(_notification(rows.pop(i), decision, history.receipt_logs))
            again = (each for each in resend_ids(i).values() if each in rows)
            drawn += [_notification(rows.pop(each), None, history.receipt_logs) for each in again]
    # Notifications without a decision record, or of another decision.
    drawn += [_notification(row, None, history.receipt_logs) for row in rows.values()]
    return Group(*drawn)


def steps(
    row: Notification, decision: Decision | None, receipt_logs: Mapping[str, ReceiptLog]
) -> list[TimelineEntry]:
    """Return the known steps of a notification, in the order of time."""
    found = [*_ours(row, decision)]
    for message_id, message in row.messages.items():
        found += _theirs(row, message_id, message, receipt_logs.get(message_id))
    # Clocks differ a little: within a second, the closing step comes last.
    in_time = sorted(found, key=lambda step: step.at)
    return sorted(in_time, key=lambda step: (step.at.replace(microsecond=0), step.last))


def headline(row: Notification) -> Text:
    """Return its status, channel and recipient, and its state and rule, in one line."""
    to = f" to {row.recipient}" if row.recipient else ""
    if row.forgotten:
        to = f" to a person forgotten on {row.forgotten.at:%Y-%m-%d}"
    fallback = " (a fallback)" if row.fallback_for else ""
    resend = f" (resend {number_of_resend(row)})" if row.resend_of else ""
    line = Text(f"{row.status}, {row.channel}{fallback}{resend}{to}: ").append(
        row.state, style="bold"
    )
    return line.append(f" ({row.rule})" if row.rule else "")


_CONSENTS = {
    CONSENT_BY_EVENT: "consent: the event names channel and contact",
    CONSENT_ON_RECORD: "consent: in the customer's record",
}


def _event(decision: Decision) -> RenderableType:
    verdicts = [
        f"{channel} {verdict.state}"
        + (f" ({verdict.rule})" if verdict.rule else "")
        + (f" until {_clock(verdict.until)}" if verdict.until else "")
        for channel, verdict in decision.verdicts.items()
    ]
    heading = Text(f"Event {decision.event}\n", style="bold")
    decided = (
        f"  decided {_clock(decision.accepted_at)} UTC: {', '.join(verdicts) or 'no notification'}"
    )
    notes = "".join(f"\n  note: {each}" for each in decision.notes)
    where = f"\n  on the stream at {decision.position}"
    return heading.append(f"{decided}{where}{notes}", style="not bold")


def _notification(
    row: Notification, decision: Decision | None, receipt_logs: Mapping[str, ReceiptLog]
) -> RenderableType:
    heading = Text("\n").append_text(headline(row))
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for step in steps(row, decision, receipt_logs):
        grid.add_row(f"  {_clock(step.at)}", step.source, Text(step.says))
    return Group(
        heading,
        Text(
            f"  {meaning_of_row(row)}{_waited(row)}{_cost(row)}{_again(row)}; id {row.id}",
            style="dim",
        ),
        grid,
    )


def _ours(row: Notification, decision: Decision | None) -> Iterator[TimelineEntry]:
    """Yield what the shop and the pipeline did."""
    if row.occurred_at:
        yield TimelineEntry(at=row.occurred_at, source="shop", says="it happened, by the event")
    consent = f"; {_CONSENTS.get(row.consent, row.consent)}" if row.consent else ""
    if decision is not None and row.channel in decision.verdicts:
        verdict = decision.verdicts[row.channel]
        rule = f" by the rule {verdict.rule}" if verdict.rule else ""
        until = f" until {_clock(verdict.until)}" if verdict.until else ""
        decided = f"{verdict.state}{rule}{until}{consent}"
        yield TimelineEntry(at=decision.accepted_at, source="relay", says=decided)
    if decision is None or row.effective_at != decision.accepted_at:
        yield TimelineEntry(at=row.effective_at, source="ledger", says="takes effect")
    sending = ", ".join(_sending(row))
    for at, source, says in (
        (row.in_doubt_since, "sender", f"in doubt: {sending}"),
        (row.sent_at, "sender", f"sent: {sending}"),
        (row.lease_until, "sender", "its claim expires"),
        (row.due_at, "sweeper", _next_check(row)),
    ):
        if at:
            yield TimelineEntry(at=at, source=source, says=says)
    yield from _links(row)
    if row.closed_at:
        rule = f" ({row.rule})" if row.rule else ""
        says = f"closed as {row.state}{rule}{_calls(row)}"
        yield TimelineEntry(at=row.closed_at, source="ledger", says=says, last=True)


def _links(row: Notification) -> Iterator[TimelineEntry]:
    """Yield which of two took the other's place, on the row of each, and what an operator had sent again."""
    other = CHANNELS[OTHER[row.channel]].label
    if row.fallback and row.fallback.entered_at:
        says = f"{other} takes its place, if the rules allow it"
        yield TimelineEntry(at=row.fallback.entered_at, source="ledger", says=says)
    if row.fallback_for:
        says = f"takes the place of {other}"
        yield TimelineEntry(at=row.effective_at, source="ledger", says=says)
    if row.resend_of:
        says = f"resend {number_of_resend(row)} of {row.resend_of}"
        yield TimelineEntry(at=row.effective_at, source="operator", says=says)


def _next_check(row: Notification) -> str:
    if row.is_held:
        return f"it expires, unless {row.held_by} is let go before"
    return f"check {row.sweeps + 1} is due"


def _calls(row: Notification) -> str:
    """Say of a parked notification how often the provider was called; after a bug, never."""
    if row.state is not State.PARKED:
        return ""
    provider = provider_label(row)
    if not row.attempts:
        return f": {provider} was never called"
    return f": {count(row.attempts, 'attempt')} at {provider}"


def _sending(row: Notification) -> Iterator[str]:
    yield count(row.attempts, "attempt")
    if row.resends:
        yield f"{count(row.resends)} resent while in doubt"
    if row.parts:
        yield count(row.parts, "part")
    if row.reserved is not None:
        yield f"{dollars(row.reserved)} USD reserved"
    yield f"by {row.route or provider_label(row)}{_why(row.route_reason)}"


def _why(reason: RouteReason | None) -> str:
    return f" ({_REASONS.get(reason, reason)})" if reason else ""


_REASONS = {
    RouteReason.COUNTRY: "the stage's for this country",
    RouteReason.COST: "the cheapest that delivers well enough",
    RouteReason.TRIAL: "to learn how it delivers",
    RouteReason.NEXT: "the country's routes before it were closed",
    RouteReason.SHARE: "the second Region's share",
    RouteReason.SECOND_REGION: "its route in the first Region was closed",
    RouteReason.IN_DOUBT: "which may have taken it before",
}


def _theirs(
    row: Notification, message_id: str, message: Message, receipt_log: ReceiptLog | None
) -> Iterable[TimelineEntry]:
    """Yield the provider's receipts, each kind once; without a receipt log, the merged state."""
    source = label_of(provider_of_try(row, message))
    if receipt_log is None:
        if message.at:
            reason = f" ({message.reason})" if message.reason else ""
            yield TimelineEntry(
                at=message.at, source=source, says=f"{message.state}{reason}: {message_id}"
            )
        return
    says = f"{_answered(message_id)}{_claimed_at(message)}"
    yield TimelineEntry(at=receipt_log.sent_at, source=source, says=says)
    for kind, receipt_event in receipt_log.receipt_events.items():
        price = "" if receipt_event.price is None else f", {dollars(receipt_event.price)} USD"
        says = f"{kind}{price} → {meaning_of(kind, row.channel).state}"
        yield TimelineEntry(at=receipt_event.at, source=source, says=says)


def _answered(message_id: str) -> str:
    refused = message_id.startswith(REFUSED)
    return "refused it" if refused else f"accepted it as message {message_id}"


def _claimed_at(message: Message) -> str:
    """Say of a try that another follows what it was claimed at; of the last one the row says it."""
    if message.number is None:
        return ""
    said = [f"try {message.number}"]
    if message.parts:
        said.append(count(message.parts, "part"))
    if message.reserved is not None:
        said.append(f"{dollars(message.reserved)} USD reserved")
    if message.route:
        said.append(f"by {message.route}")
    return f": {', '.join(said)}"


def _waited(row: Notification) -> str:
    """Say for how long quiet hours held a message back after it had been accepted."""
    if row.ages_from is None or row.ages_from < row.effective_at:
        return ""
    minutes = (row.ages_from - row.effective_at) // timedelta(minutes=1)
    return f"; quiet hours held it back for {minutes // 60} h {minutes % 60} min"


def _cost(row: Notification) -> str:
    if row.cost is None:
        return ""
    return f"; {dollars(row.cost)} USD ({row.cost_source})"


def _again(row: Notification) -> str:
    """Say what an operator had it sent again as."""
    if not row.last_resend:
        return ""
    ids = resend_ids(row.id)
    return f"; sent again as {', '.join(ids[n] for n in range(1, row.last_resend + 1))}"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
