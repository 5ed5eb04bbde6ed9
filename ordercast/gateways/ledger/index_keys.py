"""Name the attributes by which the ledger's indexes find a row, and those that an index holds besides keys.

An index takes a write unit where its attributes come, change or go, and none otherwise: `person` and
`address` are written once, at the entry; `failure` only where a failure is entered or left.
"""

from collections.abc import Mapping
from datetime import date
from typing import Any
from zlib import crc32

from ordercast.gateways.dynamodb.codec import text
from ordercast.notifications.failures import failed_on
from ordercast.notifications.lifecycle import State
from ordercast.notifications.notification import Notification
from ordercast.people.person import address_of, customer_of
from ordercast.sending.due_partitions import partition_of

DUE_INDEX = "due"
CUSTOMER_INDEX = "customer"  # this one and those below: newest first, by `effective_at`
ADDRESS_INDEX = "address"
FAILURE_INDEX = "failure"

LISTED = ("channel", "country", "template", "campaign", "shop", "rule")
"""What the index of failures holds besides keys, so that a list of failures reads no rows."""

FAILURE_SHARDS = 8  # so that no partition of the index is hot

FAILURE = "failure"
"""The attribute that only a row in a failure has."""

ADDRESS = "to"
"""The attribute of an address's hash: short, for a row has few bytes left of its write unit."""

_ADDRESS_BITS = 96


def attributes(notification: Notification) -> dict[str, Mapping[str, Any]]:
    """Return what the indexes need of a row, besides the times that it has anyway."""
    n = notification
    day = failed_on(n)
    person, address = customer_of(n), address_of(n)
    return {
        **({"due_shard": text(partition_of(n))} if n.due_at else {}),
        **({"person": text(person)} if person else {}),
        **({ADDRESS: text(shortened(address))} if address else {}),
        **({FAILURE: failure(n.state, day, n.id)} if day else {}),
    }


def shortened(address_key: str) -> str:
    """Return where the index of addresses has those of an `address_key`: its first 96 bits."""
    return address_key[: _ADDRESS_BITS // 6]


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
