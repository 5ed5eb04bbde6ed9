"""Follow the events that one command put, until their messages are sent. Used by `ordercast put`.

Events that others put on the same cloud, and paused ones, are not waited for.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from local_cloud.in_flight import InFlight
from local_cloud.inbox import SentMessage
from ordercast.decisions.lookup import DecisionKey, LookupKeys, LookupResult
from ordercast.events.identity import event_hash, notification_id, order_hash
from ordercast.events.order_event import OrderEvent
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

EVENTS_A_LOOK = 500
"""The limit keeps one look at a large file short."""

LookUp = Callable[[LookupKeys], LookupResult]


@dataclass(slots=True, kw_only=True)
class OwnEvents:
    """Events that were put, and those of them that are in flight.

    *unusable* is the number of records that hold no event; the relay parks them, which the ledger
    does not show. *look_up* reads the ledger; *records_left* counts all records on
    the stream that no function has read yet.
    """

    events: Sequence[OrderEvent]
    unusable: int
    look_up: LookUp
    records_left: Callable[[], int]
    now: Callable[[], datetime]
    _pending: dict[DecisionKey, OrderEvent] = field(init=False)
    _decided: set[DecisionKey] = field(default_factory=set, init=False)
    _rows: dict[str, Notification] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._pending = {(order_hash(each), event_hash(each)): each for each in self.events}

    def count_in_flight(self) -> InFlight:
        """Look up the next of them; return how many records and messages are in flight."""
        chosen = dict(list(self._pending.items())[:EVENTS_A_LOOK])
        undecided = self._look(chosen)
        # An event that the relay parks gets no decision; the stream shows that it was read.
        if (undecided or self.unusable) and not self.records_left():
            self.unusable = 0
            self._look(undecided, given_up=True)
        records = len(self._pending.keys() - self._decided)
        return InFlight(records=records + self.unusable, messages=len(self._pending) - records)

    def count(self, messages: Iterable[SentMessage]) -> int:
        """Count the messages of these events."""
        ids = {each for row in self._rows.values() for each in row.messages}
        return sum(
            each.message_id in ids or each.tags.get("notification_id") in self._rows
            for each in messages
        )

    def _look(
        self, chosen: dict[DecisionKey, OrderEvent], *, given_up: bool = False
    ) -> dict[DecisionKey, OrderEvent]:
        """Drop events that are done; return those without a decision."""
        decisions = self.look_up(LookupKeys(decisions=frozenset(chosen))).decisions
        promised = {
            notification_id(chosen[key], channel): key
            for key, decision in decisions.items()
            if decision.expires_at > self.now()  # an expired decision promises nothing
            for channel, verdict in decision.verdicts.items()
            if verdict.state is not State.SUPPRESSED
        }
        rows = self.look_up(LookupKeys(notifications=frozenset(promised))).notifications
        self._rows |= rows
        self._decided |= decisions.keys()
        waiting = {key for id_, key in promised.items() if _waits(rows.get(id_))}
        for key, event in chosen.items():
            del self._pending[key]
            if key in waiting or (key not in decisions and not given_up):
                self._pending[key] = event  # behind the others
        return {key: each for key, each in chosen.items() if key not in decisions}


def _waits(row: Notification | None) -> bool:
    return row is None or row.state in {State.REQUESTED, State.SENDING}
