"""What a step has to know in, everything that was found out: one round trip for all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ordercast.decisions.decision import Decision
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import LatestStatus
from ordercast.people.person import Person

DecisionKey = tuple[str, str]
"""The hashes of an order and of the event."""

LatestStatusKey = tuple[str, Channel]
"""The hash of an order, and the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Pauses:
    """What operators have stopped, as `channel:sms`, `country:US`, `campaign:…`, `shop:…`."""

    paused: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupKeys:
    """The keys of everything that is to be read."""

    decisions: frozenset[DecisionKey] = frozenset()
    latest_statuses: frozenset[LatestStatusKey] = frozenset()
    people: frozenset[str] = frozenset()
    notifications: frozenset[str] = frozenset()
    pauses: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class LookupResult:
    """What there is of it, by the same keys."""

    decisions: Mapping[DecisionKey, Decision] = field(default_factory=dict)
    latest_statuses: Mapping[LatestStatusKey, LatestStatus] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    notifications: Mapping[str, Notification] = field(default_factory=dict)
    pauses: Pauses = field(default_factory=Pauses)
