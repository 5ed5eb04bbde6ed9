"""Follow the events that one command put, until their messages are sent. Used by `ordercast put`.

Events that others put on the same cloud, and paused ones, are not waited for.
"""

import shlex
from collections import Counter
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime

from local_cloud.in_flight import InFlight
from local_cloud.inbox import SentMessage
from ordercast.cli.local.verdicts import WAITING, kept_back, verdicts
from ordercast.decisions.decision import Decision
from ordercast.decisions.lookup import DecisionKey, LookUp, LookupKeys
from ordercast.events.identity import (
    event_hash,
    notification_id,
    order_hash,
)
from ordercast.events.order_event import OrderEvent
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.operations.command_name import command_name
from ordercast.operations.units import count

EVENTS_A_LOOK = 500
"""The limit keeps one look at a large file short."""

VERDICTS = 20
"""How many events are listed with their verdicts."""


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
    _since: datetime = field(init=False)
    _decisions: dict[DecisionKey, Decision] = field(default_factory=dict, init=False)
    _rows: dict[str, Notification] = field(default_factory=dict, init=False)

    def __post_init__(self) -> None:
        self._since = self.now()
        self._pending = {(order_hash(each), event_hash(each)): each for each in self.events}

    def count_in_flight(self) -> InFlight:
        """Look up the next of them; return how many records and messages are in flight."""
        chosen = dict(list(self._pending.items())[:EVENTS_A_LOOK])
        undecided = self._look(chosen)
        # An event that the relay parks gets no decision; the stream shows that it was read.
        if (undecided or self.unusable) and not self.records_left():
            self.unusable = 0
            self._look(undecided, given_up=True)
        records = len(self._pending.keys() - self._decisions.keys())
        return InFlight(records=records + self.unusable, messages=len(self._pending) - records)

    def count(self, messages: Iterable[SentMessage]) -> int:
        """Count the messages of these events."""
        ids = {each for row in self._rows.values() for each in row.messages}
        return sum(
            each.message_id in ids or each.tags.get("notification_id") in self._rows
            for each in messages
        )

    def verdicts(self) -> list[str]:
        """Return a line for each of the first events, with the verdict of each message."""
        first = self.events[:VERDICTS]
        said = list(verdicts(first, self._decisions, self._rows, since=self._since))
        more = len(self.events) - len(first)
        return [*said, f"and {count(more, 'more event')}"] if more else said

    def summary(self, messages: Iterable[SentMessage], *, cloud: str | None = None) -> str:
        """Say how many messages were sent, how many were not and by which rule, and where to look."""
        earlier = [key for key, each in self._decisions.items() if each.accepted_at < self._since]
        not_sent = {
            key: kept
            for key, each in self._decisions.items()
            if each.accepted_at >= self._since
            and (kept := [why for _, why in kept_back(each, self._rows) if why])
        }
        rules = Counter(each for kept in not_sent.values() for each in kept)
        said = [f"{count(self.count(messages), 'message')} sent (simulated)"]
        said += [f"{count(number)} {rule}" for rule, number in rules.items()]
        said += [f"{count(len(earlier), 'event')} decided before"] if earlier else []
        for key in [*not_sent, *earlier][:1]:
            answer = "says why" if not_sent else "shows what became of it"
            said[-1] += f": `{self._status_command(key, cloud)}` {answer}"
        return ", ".join(said)

    def _status_command(self, key: DecisionKey, cloud: str | None) -> str:
        [event, *_] = [each for each in self.events if (order_hash(each), event_hash(each)) == key]
        options = {"--shop": event.shop, "--cloud": cloud}
        words = [word for name, value in options.items() if value for word in (name, value)]
        return f"{command_name()} status {shlex.join([event.order_id, *words])}"

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
        self._decisions |= decisions
        waiting = {key for id_, key in promised.items() if _waits(rows.get(id_))}
        for key, event in chosen.items():
            del self._pending[key]
            if key in waiting or (key not in decisions and not given_up):
                self._pending[key] = event  # behind the others
        return {key: each for key, each in chosen.items() if key not in decisions}


def _waits(row: Notification | None) -> bool:
    return row is None or row.state in WAITING
