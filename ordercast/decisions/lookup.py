"""Name what a batch has to read, and what was read. Used by workflows and the ledger gateway."""

from collections.abc import Callable, Mapping

from msgspec import Struct, field

from ordercast.budgets.budget import Limits
from ordercast.decisions.decision import Decision
from ordercast.events.order_event import Channel
from ordercast.notifications.notification import Notification
from ordercast.notifications.route_scores import ScoredRoutes
from ordercast.notifications.status_rank import LatestStatus
from ordercast.pacing.holds import Holds
from ordercast.pacing.opening import Opened
from ordercast.people.person import Person

DecisionKey = tuple[str, str]
"""The hashes of an order and of the event."""

LatestStatusKey = tuple[str, Channel]
"""The hash of an order, and the channel."""


class LookupKeys(Struct, frozen=True, kw_only=True):
    """The keys to read, all in one round trip."""

    decisions: frozenset[DecisionKey] = frozenset()
    latest_statuses: frozenset[LatestStatusKey] = frozenset()
    people: frozenset[str] = frozenset()
    notifications: frozenset[str] = frozenset()
    holds: bool = False
    budgets: bool = False
    route_scores: bool = False


class LookupResult(Struct, frozen=True, kw_only=True):
    """The records that exist, by the same keys."""

    decisions: Mapping[DecisionKey, Decision] = field(default_factory=dict)
    latest_statuses: Mapping[LatestStatusKey, LatestStatus] = field(default_factory=dict)
    people: Mapping[str, Person] = field(default_factory=dict)
    notifications: Mapping[str, Notification] = field(default_factory=dict)
    holds: Holds = ()
    opened: tuple[Opened, ...] = ()
    limits: Limits = field(default_factory=Limits)
    scored_routes: ScoredRoutes | None = None


LookUp = Callable[[LookupKeys], LookupResult]
"""Read the records of those keys. Raises `LedgerUnavailable`."""
