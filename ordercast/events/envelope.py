"""Unpack a stream record into its order events. Used by the order relay and recordings.

A record holds one event, plain or compressed, or an aggregate of such records.
"""

import zlib

from msgspec.structs import replace

from ordercast.events.kpl import message_in, take_apart
from ordercast.events.kpl_message import MAGIC
from ordercast.events.stream_record import ParkedRecord, StreamRecord

EVENT_LIMIT = 1024 * 1024
"""Bytes of an unpacked event: the size of one stream record, so that it can be put again."""

AGGREGATE_LIMIT = 16 * EVENT_LIMIT
"""Bytes of all compressed events in one record, unpacked, so that they fit in memory."""

DAMAGED_COMPRESSION = "damaged-compression"
NESTED_AGGREGATE = "nested-aggregate"
TOO_LARGE = "too-large"


def open_envelope(record: StreamRecord) -> list[StreamRecord | ParkedRecord]:
    """Return the events in *record* in order, unpacked; a part that cannot be unpacked is parked.

    The same record always yields the same positions. Never empty; raises and prints nothing; no
    detail quotes the payload. A parked part holds its bytes as received.
    """
    message = message_in(record.payload)
    if message is None:
        return [_unpacked(record, EVENT_LIMIT)]
    room = AGGREGATE_LIMIT
    opened: list[StreamRecord | ParkedRecord] = []
    for part in take_apart(record, message):
        if isinstance(part, ParkedRecord) or not part.payload.startswith(_WRAPPED):
            opened.append(part)
            continue
        event = _unpacked(part, min(room, EVENT_LIMIT))
        if isinstance(event, StreamRecord) and event is not part:
            room -= len(event.payload)
        opened.append(event)
    return opened


def _unpacked(record: StreamRecord, limit: int) -> StreamRecord | ParkedRecord:
    compressed = record.payload.startswith(COMPRESSED)
    payload, problem = inflated(record.payload, limit) if compressed else (record.payload, None)
    if problem is None and message_in(payload) is not None:
        problem = NESTED_AGGREGATE, "an aggregate may not stand inside another or be compressed"
    if problem is not None:
        reason, detail = problem
        return ParkedRecord(record=record, reason=reason, detail=detail)
    return replace(record, payload=payload) if compressed else record


# No JSON begins with any of these: gzip (RFC 1952), and zlib (RFC 1950) at its four levels.
COMPRESSED = (b"\x1f\x8b", b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")
_WRAPPED = (MAGIC, *COMPRESSED)


def inflated(payload: bytes, limit: int) -> tuple[bytes, tuple[str, str] | None]:
    """Return the unpacked bytes, or a reason and its detail; unpacks at most *limit* bytes."""
    inflater = zlib.decompressobj(zlib.MAX_WBITS | _EITHER_HEADER)
    try:
        unpacked = inflater.decompress(payload, limit + 1)
    except zlib.error:
        return b"", (DAMAGED_COMPRESSION, "it begins like gzip or zlib, but cannot be unpacked")
    if len(unpacked) > limit:
        return b"", (TOO_LARGE, f"it unpacks to more than {limit} bytes")
    if not inflater.eof:
        return b"", (DAMAGED_COMPRESSION, "the compressed data is cut off")
    if inflater.unused_data:
        return b"", (DAMAGED_COMPRESSION, "other bytes follow the compressed data")
    return unpacked, None


_EITHER_HEADER = 32  # zlib's flag for either header, gzip's or zlib's
