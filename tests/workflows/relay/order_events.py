"""Build events of one order or of many, and list what becomes of them. Used by tests of the relay."""

import json
from typing import Any

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from tests.examples import EMAIL, payload
from tests.fakes.world import World

TO_ADA = {"order_id": "o-1", "channel": "email", "contact": {"email": EMAIL}}


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


def relay(world: World, *documents: dict[str, Any]) -> list[Notification]:
    """Relay documents as a producer writes them; return every row."""
    world.relay(*(json.dumps(each).encode() for each in documents))
    return list(world.rows())


def requested(world: World, *documents: dict[str, Any]) -> list[tuple[str, str, str | None]]:
    """Return what is to be sent: status, channel and recipient of each."""
    return [
        (row.status, row.channel, row.recipient)
        for row in relay(world, *documents)
        if row.state is State.REQUESTED
    ]
