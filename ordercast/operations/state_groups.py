"""Figures in, how many notifications are where out: every state has its place, and one only."""

from collections.abc import Mapping
from types import MappingProxyType

from ordercast.notifications.lifecycle import COUNTS_AS_DELIVERED, COUNTS_AS_UNDELIVERED, State
from ordercast.rollups.statistics import Figures

GROUPS: Mapping[str, frozenset[State]] = MappingProxyType(
    {
        "delivered": COUNTS_AS_DELIVERED,
        "undelivered": COUNTS_AS_UNDELIVERED,
        "in_flight": frozenset({State.REQUESTED, State.SENDING, State.SENT, State.DELAYED}),
        "carrier_accepted": frozenset({State.CARRIER_ACCEPTED}),
        "unconfirmed": frozenset({State.UNCONFIRMED, State.AUTO_REPLIED}),
        "in_doubt": frozenset({State.IN_DOUBT}),
        "deferred": frozenset({State.DEFERRED}),
        "suppressed": frozenset({State.SUPPRESSED}),
        "parked": frozenset({State.PARKED}),
    }
)
"""The delivery rate is made of the first two; all others stand beside it."""


def count_by_group(figures: Figures) -> dict[str, int]:
    """Return how many are in each place; together they are all notifications."""
    states = figures.states
    return {
        place: sum(states.get(state, 0) for state in inside) for place, inside in GROUPS.items()
    }
