"""Put one order event and follow its messages to their receipts. Used by `ordercast doctor --send-test`."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Protocol

from ordercast.authoring.trial_order import trial_event
from ordercast.decisions.decision import Decision
from ordercast.events.identity import order_hash_for
from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import FINAL, State
from ordercast.notifications.notification import Notification
from ordercast.workflows.ports import Clock

DECIDED_WITHIN, ARRIVED_WITHIN = timedelta(minutes=1), timedelta(minutes=5)
"""So long it is followed: carriers answer within seconds, or much later."""

LOOK_EVERY = 0.5  # seconds

ARRIVED = frozenset({State.DELIVERED, State.CARRIER_ACCEPTED})
"""Not every handset confirms."""


class FollowedLedger(Protocol):
    """What is used of the ledger."""

    def decisions_of(self, partition: str) -> list[Decision]:
        """Return the decisions of an order."""
        ...

    def of_order(self, partition: str) -> list[Notification]:
        """Return its notifications."""
        ...


@dataclass(frozen=True, slots=True, kw_only=True)
class TrialStep:
    """How far a message has come: its state, the rule or the hold that it waits by, and where."""

    channel: Channel
    state: State
    why: str = ""

    @property
    def is_last(self) -> bool:
        """Whether nothing more is awaited: it ended, or waits behind a hold or for hours."""
        return self.state in FINAL | ARRIVED | {State.DEFERRED}


def event_to_both(*, email: str, phone: str, at: datetime) -> dict[str, Any]:
    """Return an order event about a made-up order, to both addresses of one person."""
    event = trial_event("confirmed", email, language="en", shop=None, at=at)
    return event | {
        "order_id": f"doctor-{at:%Y%m%d%H%M%S}",
        "channel": "both",
        "contact": {"email": email, "phone": phone, "locale": "en"},
    }


def followed(
    ledger: FollowedLedger, order_id: str, *, now: Clock, pause: Callable[[float], None]
) -> Iterator[TrialStep]:
    """Yield each new step of the order's messages, until nothing more is awaited or time is up.

    Raises `LedgerUnavailable`.
    """
    order, began = order_hash_for(shop=None, order_id=order_id), now()
    last: dict[Channel, TrialStep] = {}
    while now() - began < (ARRIVED_WITHIN if last else DECIDED_WITHIN):
        steps = _steps(ledger.decisions_of(order), ledger.of_order(order))
        new = [each for each in steps if each != last.get(each.channel)]
        yield from new
        last |= {each.channel: each for each in new}
        if last and all(each.is_last for each in last.values()):
            return
        pause(LOOK_EVERY)


def _steps(decisions: Sequence[Decision], rows: Sequence[Notification]) -> list[TrialStep]:
    decided = [
        TrialStep(channel=channel, state=verdict.state, why=verdict.rule or "")
        for decision in decisions
        for channel, verdict in decision.verdicts.items()
        if channel not in {row.channel for row in rows} and verdict.state is State.SUPPRESSED
    ]
    return decided + [
        TrialStep(channel=row.channel, state=row.state, why=row.held_by or row.rule or "")
        for row in rows
    ]
