"""An order's marks, notifications and trails in, its story for a terminal out: what, when, by whose word."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from rich.console import Group, RenderableType
from rich.table import Table as Grid
from rich.text import Text

from ordercast.decisions.decision import Decision
from ordercast.decisions.routing import CONSENT_BY_EVENT, CONSENT_ON_RECORD
from ordercast.events.identity import notification_id_for
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State
from ordercast.notifications.message import Message
from ordercast.notifications.notification import Notification
from ordercast.operations.units import count, dollars
from ordercast.receipts.provider_events import meaning_of
from ordercast.receipts.receipt_log import ReceiptLog


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """All that is known of an order; trails are by the provider's message id."""

    decisions: Sequence[Decision]
    rows: Sequence[Notification]
    receipt_logs: Mapping[str, ReceiptLog]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One line: when, by whose word, and what it was; *last* is last of its second."""

    at: datetime
    source: str
    says: str
    last: bool = False


def story_listing(story: Story) -> RenderableType:
    """Tell it event by event, each with its notifications; times are UTC."""
    rows = {row.id: row for row in story.rows}
    told: list[RenderableType] = []
    for mark in story.decisions:
        ids = [notification_id_for(mark.order, mark.event, channel) for channel in mark.verdicts]
        told.append(_event(mark))
        told += [_notification(rows.pop(i), mark, story.receipt_logs) for i in ids if i in rows]
    # What an event entered before it had a mark, or by another decision.
    told += [_notification(row, None, story.receipt_logs) for row in rows.values()]
    return Group(*told)


def steps(
    row: Notification, mark: Decision | None, receipt_logs: Mapping[str, ReceiptLog]
) -> list[Step]:
    """Return what is known to have happened to a notification, in the order of time."""
    found = [*_ours(row, mark)]
    for message_id, message in row.messages.items():
        found += _theirs(row.channel, message_id, message, receipt_logs.get(message_id))
    # Of one second, what was closed comes after what it was closed by: clocks differ a little.
    in_time = sorted(found, key=lambda step: step.at)
    return sorted(in_time, key=lambda step: (step.at.replace(microsecond=0), step.last))


MEANINGS: Mapping[State, str] = {
    State.DEFERRED: "it waits; the sweeper looks at it when it is due",
    State.REQUESTED: "it waits for a sender",
    State.SENDING: "a sender has claimed it and is calling its provider",
    State.IN_DOUBT: "nobody knows whether the provider took it",
    State.SENT: "the provider took it; no word since",
    State.UNCONFIRMED: "the provider took it, and nobody spoke of it again",
    State.DELAYED: "the provider is still trying",
    State.CARRIER_ACCEPTED: "the carrier took it; the handset has not said so",
    State.FAILED_FOR_NOW: "carrier or phone could not be reached, and may be yet",
    State.FAILED: "it will not arrive",
    State.AUTO_REPLIED: "an automatic reply came, and no word of delivery",
    State.DELIVERED: "the handset, or the reader's mail server, took it",
    State.SOFT_BOUNCED: "the provider gave up trying",
    State.BOUNCED: "there is no such address",
    State.COMPLAINED: "it arrived, and the reader called it spam",
    State.SUPPRESSED: "it was decided not to send it",
    State.PARKED: "it was tried for the last time; see: ordercast parked list",
}

_CONSENTS = {
    CONSENT_BY_EVENT: "consent: the event names channel and contact",
    CONSENT_ON_RECORD: "consent: on the customer's record",
}
_PROVIDERS = {Channel.SMS: "SNS", Channel.EMAIL: "SES"}


def _event(mark: Decision) -> RenderableType:
    verdicts = [
        f"{channel} {verdict.state}"
        + (f" ({verdict.rule})" if verdict.rule else "")
        + (f" until {_clock(verdict.until)}" if verdict.until else "")
        for channel, verdict in mark.verdicts.items()
    ]
    heading = Text(f"Event {mark.event}\n", style="bold")
    decided = f"  decided {_clock(mark.accepted_at)} UTC: {', '.join(verdicts) or 'nobody to tell'}"
    return heading.append(f"{decided}\n  on the stream at {mark.position}", style="not bold")


def _notification(
    row: Notification, mark: Decision | None, receipt_logs: Mapping[str, ReceiptLog]
) -> RenderableType:
    heading = Text(
        f"\n{row.status}, {row.channel}{f' to {row.recipient}' if row.recipient else ''}: "
    )
    heading.append(row.state, style="bold").append(f" ({row.rule})" if row.rule else "")
    grid = Grid.grid(padding=(0, 2, 0, 0))
    for _ in range(2):
        grid.add_column(no_wrap=True)
    grid.add_column(overflow="fold")
    for step in steps(row, mark, receipt_logs):
        grid.add_row(f"  {_clock(step.at)}", step.source, Text(step.says))
    return Group(heading, Text(f"  {MEANINGS[row.state]}{_cost(row)}", style="dim"), grid)


def _ours(row: Notification, mark: Decision | None) -> Iterator[Step]:
    """Tell what the shop and we did."""
    if row.occurred_at:
        yield Step(at=row.occurred_at, source="shop", says="it happened, as the event says")
    consent = f"; {_CONSENTS.get(row.consent, row.consent)}" if row.consent else ""
    if mark is not None:
        verdict = mark.verdicts[row.channel]
        rule = f" by the rule {verdict.rule}" if verdict.rule else ""
        until = f" until {_clock(verdict.until)}" if verdict.until else ""
        decided = f"{verdict.state}{rule}{until}{consent}"
        yield Step(at=mark.accepted_at, source="relay", says=decided)
    if mark is None or row.accepted_at != mark.accepted_at:
        yield Step(at=row.accepted_at, source="ledger", says="accepted")
    if row.sent_at:
        yield Step(at=row.sent_at, source="sender", says=f"sent: {', '.join(_sending(row))}")
    elif row.lease_until:
        yield Step(at=row.lease_until, source="sender", says="its claim lapses")
    if row.due_at:
        yield Step(at=row.due_at, source="sweeper", says=f"looks at it: look {row.sweeps + 1}")
    if row.closed_at:
        rule = f" ({row.rule})" if row.rule else ""
        says = f"closed as {row.state}{rule}{_calls(row)}"
        yield Step(at=row.closed_at, source="ledger", says=says, last=True)


def _calls(row: Notification) -> str:
    """Tell of what was given up how often its provider was asked: a bug of ours keeps it from that."""
    if row.state is not State.PARKED:
        return ""
    provider = _PROVIDERS[row.channel]
    if not row.attempts:
        return f": {provider} was never asked"
    return f": {count(row.attempts, 'attempt')} at {provider}"


def _sending(row: Notification) -> Iterator[str]:
    yield count(row.attempts, "attempt")
    if row.resends:
        yield f"{count(row.resends)} of them sent again while in doubt"
    if row.parts:
        yield count(row.parts, "part")
    if row.reserved is not None:
        yield f"{dollars(row.reserved)} USD reserved"


def _theirs(
    channel: Channel, message_id: str, message: Message, receipt_log: ReceiptLog | None
) -> Iterable[Step]:
    """Tell what the provider said, each kind of event once; without its trail, what it came to."""
    source = _PROVIDERS[channel]
    if receipt_log is None:
        if message.at:
            reason = f" ({message.reason})" if message.reason else ""
            yield Step(at=message.at, source=source, says=f"{message.state}{reason}: {message_id}")
        return
    yield Step(at=receipt_log.sent_at, source=source, says=f"took it as message {message_id}")
    for kind, receipt_event in receipt_log.receipt_events.items():
        price = "" if receipt_event.price is None else f", {dollars(receipt_event.price)} USD"
        says = f"{kind}{price} → {meaning_of(kind, channel).state}"
        yield Step(at=receipt_event.at, source=source, says=says)


def _cost(row: Notification) -> str:
    if row.cost is None:
        return ""
    return f"; {dollars(row.cost)} USD ({row.cost_source})"


def _clock(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M:%S}"
