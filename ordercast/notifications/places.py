"""Name places in lists that are sorted by time, newest first. Used by queries and the gateways of lists."""

from datetime import UTC, datetime


def place_of(at: datetime, thing_id: str = "") -> str:
    """Return a place in a list, before which everything older stands."""
    return f"{at.astimezone(UTC):%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03}#{thing_id}"


def moment_of(place: str) -> datetime:
    """Return the time of a place."""
    return datetime.fromisoformat(place.partition("#")[0]).replace(tzinfo=UTC)
