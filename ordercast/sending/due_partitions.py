"""Name the partitions of the due index, and say in which one a row waits. Used by the ledger and the sweeper.

What is deferred until a time waits apart from what the sweeper looks at, so that a night's worth
of messages hides no lost publication. What waits behind a hold is apart from both, and is not read
until the hold is let go or it expires.
"""

from collections.abc import Iterable, Sequence
from datetime import UTC, datetime
from zlib import crc32

from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification

WHENEVER = datetime.max.replace(tzinfo=UTC)
"""What waits in a partition until then is all of it."""

SHARDS = range(8)
"""Each kind of partition comes so often, so that none is hot; groups of sweepers share them out."""


def partition_of(row: Notification) -> str:
    """Return the partition that *row* waits in, if it is due at some time."""
    if row.is_held:
        return _held(row.held_by, shard_of(row.id))
    kind = _DEFERRED if row.state is State.DEFERRED else _DUE
    return f"{kind}-{shard_of(row.id)}"


def looks(shards: Iterable[int]) -> list[str]:
    """Return the partitions of what the sweeper looks at."""
    return [f"{_DUE}-{shard}" for shard in shards]


def deferrals(shards: Iterable[int]) -> list[str]:
    """Return the partitions of what is deferred until a time."""
    return [f"{_DEFERRED}-{shard}" for shard in shards]


def held_behind(hold_ids: Iterable[str], shards: Sequence[int]) -> list[str]:
    """Return the partitions of what waits behind holds."""
    return [_held(each, shard) for each in hold_ids for shard in shards]


def shard_of(name: str) -> int:
    """Return the shard of what has this id."""
    return crc32(name.encode()) % len(SHARDS)


def _held(hold_id: str | None, shard: int) -> str:
    return f"held#{hold_id}#{shard}"


_DUE, _DEFERRED = "due", "deferred"
