"""Group the states of notifications; each state is in exactly one group. Used by stats and the report."""

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
"""The delivery rate consists of the first two groups; the others are outside it."""


def count_by_group(figures: Figures) -> dict[str, int]:
    """Return the number of notifications in each group; their sum is all notifications."""
    states = figures.states
    return {
        group: sum(states.get(state, 0) for state in inside) for group, inside in GROUPS.items()
    }
