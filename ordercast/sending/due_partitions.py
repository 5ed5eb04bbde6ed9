"""Name the partitions of the due index, and say in which one a row waits. Used by the ledger and the sweeper.

What is deferred until a time waits apart from what the sweeper looks at, so that a night's worth
of messages hides no lost publication; apart by channel, whose rates differ, so that a channel
without room holds up no other; high priority apart from normal, for it goes first however many
wait; and normal apart by how soon it expires, so that this can go first. What waits behind a hold
is apart from all of these, and is not read until the hold is let go or it expires.
"""

from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from itertools import product
from typing import NamedTuple
from zlib import crc32

from ordercast.events.order_event import Channel, Priority
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.templates.statuses import send_within

WHENEVER = datetime.max.replace(tzinfo=UTC)
"""What waits in a partition until then is all of it."""

SHARDS = range(8)
"""Each kind of partition comes so often, so that none is hot; groups of sweepers share them out."""


class Backlog(NamedTuple):
    """What is due in a partition: how many rows, counted up to a limit, and since when the oldest."""

    rows: int
    oldest: datetime


def partition_of(row: Notification) -> str:
    """Return the partition that *row* waits in, if it is due at some time."""
    shard = shard_of(row.id)
    if row.is_held:
        return _held(row.held_by, row.channel, row.priority, shard)
    if row.state is not State.DEFERRED:
        return _look(shard)
    if row.priority is Priority.HIGH:
        return _deferral(row.channel, _HIGH, shard)
    return _deferral(row.channel, _DAY if send_within(row) <= _A_DAY else _LONGER, shard)


def looks(shards: Iterable[int] = SHARDS) -> list[str]:
    """Return the partitions of what the sweeper looks at."""
    return [_look(shard) for shard in shards]


def deferrals(
    shards: Iterable[int] = SHARDS,
    channels: Iterable[Channel] = tuple(Channel),
    priorities: Iterable[Priority] = tuple(Priority),
) -> list[str]:
    """Return the partitions of what is deferred until a time."""
    kinds = [kind for each in priorities for kind in _KINDS[each]]
    return [_deferral(*each) for each in product(channels, kinds, shards)]


def held_behind(
    hold_ids: Iterable[str],
    shards: Iterable[int] = SHARDS,
    channels: Iterable[Channel] = Channel,
    priorities: Iterable[Priority] = Priority,
) -> list[str]:
    """Return the partitions of what waits behind holds."""
    return [_held(*each) for each in product(hold_ids, channels, priorities, shards)]


def shard_of(name: str) -> int:
    """Return the shard of what has this id."""
    return crc32(name.encode()) % len(SHARDS)


def _look(shard: int) -> str:
    return f"due-{shard}"


def _deferral(channel: Channel, kind: str, shard: int) -> str:
    return f"deferred-{channel}-{kind}-{shard}"


# Names that last: rows are found in them also when a template's time has been changed.
_HIGH, _DAY, _LONGER = "high", "day", "longer"
_KINDS = {Priority.HIGH: [_HIGH], Priority.NORMAL: [_DAY, _LONGER]}
_A_DAY = timedelta(days=1)


def _held(hold_id: str | None, channel: Channel, priority: Priority, shard: int) -> str:
    return f"held#{hold_id}#{channel}#{priority}#{shard}"
