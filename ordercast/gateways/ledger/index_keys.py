"""Name the attributes by which the ledger's indexes find a row; an index holds keys only.

An index takes a write unit where its attributes come, change or go, and none otherwise: `person`
is written once, at the entry; `failure` only where a failure is entered or left.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zlib import crc32

from ordercast.events.identity import customer_key
from ordercast.gateways.dynamodb.codec import text
from ordercast.notifications.failures import failed_on
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.sending.due_partitions import partition_of

DUE_INDEX = "due"
CUSTOMER_INDEX = "customer"  # newest first, by `effective_at`
FAILURE_INDEX = "failure"

FAILURE_SHARDS = 8  # so that no partition of the index is hot

FAILURE = "failure"
"""The attribute that only a row in a failure has."""


def attributes(notification: Notification) -> dict[str, Mapping[str, Any]]:
    """Return what the indexes need of a row, besides the times that it has anyway."""
    n = notification
    day = failed_on(n)
    person = n.customer_id and customer_key(shop=n.order.shop, customer_id=n.customer_id)
    return {
        **({"due_shard": text(partition_of(n))} if n.due_at else {}),
        **({"person": text(person)} if person else {}),
        **({FAILURE: failure(n.state, day, n.id)} if day else {}),
    }


def failure(state: State, day: date, notification_id: str) -> Mapping[str, str]:
    """Return where the index of failures has a notification that came to *state* on *day*."""
    return text(_failures(state, day, _shard(notification_id, FAILURE_SHARDS)))


def failure_partitions(state: State, day: date) -> list[str]:
    """Return the partitions that hold what came to *state* on *day*."""
    return [_failures(state, day, shard) for shard in range(FAILURE_SHARDS)]


def _failures(state: State, day: date, shard: int) -> str:
    return f"{state}#{day}#{shard}"


def _shard(notification_id: str, shards: int) -> int:
    return crc32(notification_id.encode()) % shards
