"""Build events of one order or of many, and list the statuses that were sent. Used by tests of the relay."""

from typing import Any

from tests.examples import payload
from tests.fakes.world import World


def status_event(status: str, minutes: int = 0, **changes: Any) -> bytes:
    """Return an event of order o-1, so many minutes past ten."""
    event_id, occurred_at = f"{status}-{minutes}", f"2026-03-02T10:{minutes:02}:00Z"
    fields = {
        "event_id": event_id,
        "status": status,
        "occurred_at": occurred_at,
        "channel": "email",
    }
    return payload(**fields | changes)


def orders(*numbers: int, **changes: Any) -> list[bytes]:
    """Return events of as many orders of the same person."""
    return [
        payload(**{"order_id": f"o-{n}", "event_id": f"e-{n}", "channel": "email"} | changes)
        for n in numbers
    ]


def statuses_sent(world: World) -> list[str]:
    """Return the statuses that a customer was notified of, in order."""
    return [call.notification.status for call in world.provider.calls]
