"""Define the decision record: what was decided about an event. Used by the relay and its ledger.

It is stored once, without personal data. A retry, a replay and a producer's repetition of the
event get the same decision, even if preferences, time, cap or code have changed since.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b

import msgspec

from ordercast.events.order_event import Channel
from ordercast.notifications.lifecycle import State

STALE = "stale"


@dataclass(frozen=True, slots=True, kw_only=True)
class Verdict:
    """The decision on one channel: requested, deferred *until* a time, or suppressed by a *rule*."""

    state: State
    rule: str | None = None
    until: datetime | None = None


Verdicts = Mapping[Channel, Verdict]
"""One verdict for each channel that was considered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """The decision about one event; after *expires_at* its rows are gone and nothing is sent."""

    order: str
    event: str
    verdicts: Verdicts
    fingerprint: str
    position: str
    accepted_at: datetime
    expires_at: datetime

    @property
    def is_stale(self) -> bool:
        """Whether a newer status was accepted on every channel, so that no notification is stored."""
        return bool(self.verdicts) and all(v.rule == STALE for v in self.verdicts.values())


def fingerprint(payload: bytes) -> str:
    """Return a hash that is equal for equal JSON, however it is formatted."""
    canonical = msgspec.json.encode(msgspec.json.decode(payload), order="sorted")
    return blake2b(canonical, digest_size=16).hexdigest()
