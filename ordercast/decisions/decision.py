"""What was decided about an event, once and for ever; it holds nothing personal.

Whoever meets the event again, a retry, a replay or a producer's own repetition, obeys its mark
and completes what it promised, whatever preferences, clock, cap or code say by then.
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
    """What is to become of one channel's notification: requested, deferred or suppressed."""

    state: State
    rule: str | None = None
    until: datetime | None = None


Verdicts = Mapping[Channel, Verdict]
"""One for each channel that was considered."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """One event's decision; *expires_at* is when its rows are gone and nothing is sent any more."""

    order: str
    event: str
    verdicts: Verdicts
    fingerprint: str
    position: str
    accepted_at: datetime
    expires_at: datetime

    @property
    def is_stale(self) -> bool:
        """Whether it was old news on every channel, so that nothing of it is entered."""
        return bool(self.verdicts) and all(v.rule == STALE for v in self.verdicts.values())


def fingerprint(payload: bytes) -> str:
    """Return what two writings of the same JSON share, and no other JSON has."""
    canonical = msgspec.json.encode(msgspec.json.decode(payload), order="sorted")
    return blake2b(canonical, digest_size=16).hexdigest()
