"""What a step has to know in, everything that was found out: one round trip for all of it."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from ordercast.decisions.decision import Mark
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.notifications.status_rank import Head
from ordercast.people.person import Person

MarkKey = tuple[str, str]
"""The hashes of an order and of the event."""

HeadKey = tuple[str, Channel]
"""The hash of an order, and the channel."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Stops:
    """What operators have stopped, as `channel:sms`, `country:US`, `campaign:…`, `shop:…`."""

    stopped: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """The keys of everything that is to be read."""

    marks: frozenset[MarkKey] = frozenset()
    heads: frozenset[HeadKey] = frozenset()
    people: frozenset[str] = frozenset()
    notifications: frozenset[str] = frozenset()
    stops: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """What there is of it, by the same keys."""

    marks: Mapping[MarkKey, Mark] = field(default_factory=dict)
    heads: Mapping[HeadKey, Head] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    notifications: Mapping[str, Notification] = field(default_factory=dict)
    stops: Stops = field(default_factory=Stops)
