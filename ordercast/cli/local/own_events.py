"""Follow the events that one command put, until their messages are sent. Used by `ordercast put`.

Only these events are asked for: what others have on the same cloud, or what they have paused, is
not waited for.
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
"""So that one look at a large file stays short."""

LookUp = Callable[[LookupKeys], LookupResult]


@dataclass(slots=True, kw_only=True)
class OwnEvents:
    """Events that were put, and those of them that are still on the way.

    *unusable* is how many records hold no event: the relay parks them, and nothing in the ledger
    says when. *look_up* reads the ledger; *records_left* counts the records that no function has
    taken from the stream yet, of everybody.
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

    def still_on_the_way(self) -> InFlight:
        """Look at the next of them; return how many records and messages are on the way."""
        chosen = dict(list(self._pending.items())[:EVENTS_A_LOOK])
        undecided = self._look(chosen)
        # An event that the relay cannot use gets no decision: the stream says that it was taken.
        if (undecided or self.unusable) and not self.records_left():
            self.unusable = 0
            self._look(undecided, given_up=True)
        records = len(self._pending.keys() - self._decided)
        return InFlight(records=records + self.unusable, messages=len(self._pending) - records)

    def count(self, messages: Iterable[SentMessage]) -> int:
        """Count those of the messages that these events led to."""
        ids = {each for row in self._rows.values() for each in row.messages}
        return sum(
            each.message_id in ids or each.tags.get("notification_id") in self._rows
            for each in messages
        )

    def _look(
        self, chosen: dict[DecisionKey, OrderEvent], *, given_up: bool = False
    ) -> dict[DecisionKey, OrderEvent]:
        """Let go of what is over; return the events without a decision."""
        decisions = self.look_up(LookupKeys(decisions=frozenset(chosen))).decisions
        promised = {
            notification_id(chosen[key], channel): key
            for key, mark in decisions.items()
            if mark.expires_at > self.now()  # later it promises nothing any more
            for channel, verdict in mark.verdicts.items()
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
