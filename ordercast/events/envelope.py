"""Unpack a stream record into its order events. Used by the order relay and recordings.

A record holds one event or several, plain or compressed, or an aggregate of such records.
"""

import zlib

from msgspec import Struct
from msgspec.structs import replace

from ordercast.events.kpl import message_in, take_apart
from ordercast.events.kpl_damaged import PART_LIMIT
from ordercast.events.stream_record import ParkedRecord, StreamRecord
from ordercast.events.wrapping.encodings import utf8
from ordercast.events.wrapping.json_texts import is_one_object, json_texts
from ordercast.events.wrapping.text_wrappings import unwrapped_text

EVENT_LIMIT = 1024 * 1024
"""Bytes of an unpacked event: the size of one stream record, so that it can be put again."""

AGGREGATE_LIMIT = 16 * EVENT_LIMIT
"""Bytes of all compressed events in one record, unpacked, so that they fit in memory."""

MEMBERS = 1000
"""How many members one gzip payload may have."""

WRAPPINGS = 3
"""How many wrappings round the same bytes are taken off."""

DAMAGED_COMPRESSION = "damaged-compression"
NESTED_AGGREGATE = "nested-aggregate"
TOO_LARGE = "too-large"


class _Room(Struct):
    """What one record may still unpack to."""

    bytes: int = AGGREGATE_LIMIT
    events: int = PART_LIMIT


def open_envelope(record: StreamRecord) -> list[StreamRecord | ParkedRecord]:
    """Return the events in *record* in order, unpacked; a part that cannot be unpacked is parked.

    The same record always yields the same positions. Never empty; raises and prints nothing; no
    detail quotes the payload. A parked part holds its bytes as received.
    """
    message = message_in(record.payload)
    if message is None:
        return _events(record, _Room())
    room = _Room()
    opened: list[StreamRecord | ParkedRecord] = []
    for part in take_apart(record, message):
        opened += [part] if isinstance(part, ParkedRecord) else _events(part, room)
    return opened


def _events(record: StreamRecord, room: _Room) -> list[StreamRecord | ParkedRecord]:
    """Return the events of a record that is no aggregate."""
    if is_one_object(record.payload):
        return [record]
    payload, problem = unwrapped(record.payload, min(room.bytes, EVENT_LIMIT))
    most = max(room.events, 1)
    texts = json_texts(payload, limit=most)
    if len(texts) > most:
        problem = TOO_LARGE, f"it holds more than {PART_LIMIT} events"
    if problem is not None:
        reason, detail = problem
        return [ParkedRecord(record=record, reason=reason, detail=detail)]
    if payload is not record.payload:
        room.bytes -= len(payload)
    if len(texts) < _SEVERAL:
        content = texts[0].content if texts else payload
        return [record if content == record.payload else replace(record, payload=content)]
    room.events -= len(texts)
    return [replace(record, document=n, payload=each.content) for n, each in enumerate(texts)]


_SEVERAL = 2


def unwrapped(payload: bytes, limit: int) -> tuple[bytes, tuple[str, str] | None]:
    """Return the UTF-8 bytes in compression, base64 and JSON texts, or a reason and its detail.

    Bytes in which nothing of that is found are returned as they are.
    """
    inner = sure = payload
    for _ in range(WRAPPINGS):
        before, inner = inner, utf8(inner)
        if inner.startswith(COMPRESSED):
            inner, problem = inflated(inner, limit)
            if problem is not None:
                return b"", problem
            sure = inner
        else:
            inner = unwrapped_text(inner)
        if message_in(inner) is not None:
            detail = "an aggregate may not stand inside another or be compressed"
            return b"", (NESTED_AGGREGATE, detail)
        if inner is before:
            break
    inner = utf8(inner)
    # Words may look like base64, and be something only by chance.
    return (inner if inner.lstrip()[:1] in _JSON else utf8(sure)), None


_JSON = (b"{", b"[")


# No JSON begins with any of these: gzip (RFC 1952), and zlib (RFC 1950) at its four levels.
_GZIP = b"\x1f\x8b"
COMPRESSED = (_GZIP, b"\x78\x01", b"\x78\x5e", b"\x78\x9c", b"\x78\xda")


def inflated(payload: bytes, limit: int) -> tuple[bytes, tuple[str, str] | None]:
    """Return the unpacked bytes, or a reason and its detail; unpacks at most *limit* bytes.

    gzip may have several members, whose bytes are joined (RFC 1952, section 2.2); what appends to a
    file writes one for each piece.
    """
    unpacked, rest = bytearray(), payload
    for _ in range(MEMBERS):
        inflater = zlib.decompressobj(zlib.MAX_WBITS | _EITHER_HEADER)
        try:
            unpacked += inflater.decompress(rest, limit + 1 - len(unpacked))
        except zlib.error:
            return b"", (DAMAGED_COMPRESSION, "it begins like gzip or zlib, but cannot be unpacked")
        if len(unpacked) > limit:
            return b"", (TOO_LARGE, f"it unpacks to more than {limit} bytes")
        if not inflater.eof:
            return b"", (DAMAGED_COMPRESSION, "the compressed data is cut off")
        rest = inflater.unused_data
        if not rest:
            return bytes(unpacked), None
        if not (payload.startswith(_GZIP) and rest.startswith(_GZIP)):
            return b"", (DAMAGED_COMPRESSION, "other bytes follow the compressed data")
    return b"", (TOO_LARGE, f"it has more than {MEMBERS} gzip members")


_EITHER_HEADER = 32  # zlib's flag for either header, gzip's or zlib's
