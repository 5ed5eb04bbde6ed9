"""Pack the events of one partition key into as few KPL aggregates as hold them. Used by the producer."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from hashlib import md5

from ordercast.events.kpl_damaged import PART_LIMIT
from ordercast.events.kpl_message import DIGEST_SIZE, MAGIC, definition

RECORD_LIMIT = 1024 * 1024
"""Bytes of a record with its partition key: what a stream takes unless told otherwise."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Packed:
    """A record's data, and how many events are in it."""

    data: bytes
    events: int


def packed(key: str, payloads: Sequence[bytes]) -> Iterator[Packed]:
    """Yield the events of *key* in their order; one that leaves no room for a frame goes as it is."""
    empty = len(MAGIC) + DIGEST_SIZE + _field_size(len(key.encode()))
    room = RECORD_LIMIT - len(key.encode())
    waiting: list[bytes] = []
    size = empty
    for payload in payloads:
        more = _field_size(_KEY_INDEX + _field_size(len(payload)))
        if waiting and (size + more > room or len(waiting) == PART_LIMIT):
            yield Packed(data=aggregate(key, waiting), events=len(waiting))
            waiting, size = [], empty
        if empty + more > room:
            yield Packed(data=payload, events=1)
        else:
            waiting.append(payload)
            size += more
    if waiting:
        yield Packed(data=aggregate(key, waiting), events=len(waiting))


def aggregate(key: str, payloads: Sequence[bytes]) -> bytes:
    """Return the events as one KPL aggregate of that partition key."""
    known = definition()
    parts = [known.record(partition_key_index=0, data=each) for each in payloads]
    whole = known.aggregated_record(partition_key_table=[key], records=parts)
    message: bytes = whole.SerializeToString()
    # The format's own checksum, which protects nothing: `usedforsecurity` is for FIPS builds.
    return MAGIC + message + md5(message, usedforsecurity=False).digest()


_KEY_INDEX = 2  # bytes of the index 0, with its tag


def _field_size(size: int) -> int:
    """Return the bytes of a field with a content of *size*: a tag, the length, the content."""
    return 1 + max(1, -(-size.bit_length() // 7)) + size
