"""Say of each message of the events that were put: sent, or not and by which rule. Used by `ordercast put`."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime

from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import DecisionKey
from ordercast.events.identity import event_hash, notification_id_for, order_hash
from ordercast.events.order_event import Channel, OrderEvent
from ordercast.notifications.channels import CHANNELS
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

WAITING = {State.REQUESTED, State.SENDING}


def verdicts(
    events: Sequence[OrderEvent],
    decisions: Mapping[DecisionKey, Decision],
    rows: Mapping[str, Notification],
    *,
    since: datetime,
) -> Iterator[str]:
    """Yield a line for each event with the verdict of each of its messages.

    An event without a decision was parked. One decided before *since* was there already: what became
    of its messages then is not said.
    """
    for event in events:
        decision = decisions.get((order_hash(event), event_hash(event)))
        if decision is None:
            said = "parked: `ordercast parked list` says why"
        elif decision.accepted_at < since:
            said = "decided before, nothing is sent again"
        else:
            said = "; ".join(_messages(decision, rows))
        yield f"order {event.order_id} {event.status}: {said}"


def kept_back(
    decision: Decision, rows: Mapping[str, Notification]
) -> Iterator[tuple[Channel, str | None]]:
    """Yield each channel, and the state and rule if its message was not sent and is not about to be."""
    for channel, verdict in decision.verdicts.items():
        row = rows.get(notification_id_for(decision.order, decision.event, channel))
        now = row or verdict
        if now.state in WAITING or (row and row.messages):
            yield channel, None
        else:
            yield channel, f"{now.state} ({now.rule})" if now.rule else now.state


def _messages(decision: Decision, rows: Mapping[str, Notification]) -> Iterator[str]:
    for channel, why_not in kept_back(decision, rows):
        row = rows.get(notification_id_for(decision.order, decision.event, channel))
        until = decision.verdicts[channel].until
        if row and row.messages:
            said = "sent"
        elif why_not is None:
            said = f"not sent yet ({row.rule})" if row and row.rule else "not sent yet"
        else:
            said = f"not sent: {why_not}" + (f" until {until:%Y-%m-%d %H:%M} UTC" if until else "")
        yield f"{CHANNELS[channel].label} {said}"
