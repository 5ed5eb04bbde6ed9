"""Recover the intact parts of a damaged KPL aggregate. Used by kpl.py.

Parts are separated by their lengths, and each is decoded alone. After a wrong length, reading goes
on at the first place from which sub-records follow each other to the last byte.
"""

from typing import Any, NamedTuple

from msgspec import Struct, field
from msgspec.structs import replace

from ordercast.events.kpl_message import HASH_INDEX, definition
from ordercast.events.stream_record import ParkedRecord, StreamRecord

PART_LIMIT = 32_768
"""Most sub-records in an aggregate: more order events do not fit in 1 MiB."""

DAMAGED_AGGREGATE = "damaged-aggregate"
DAMAGED_PART = "damaged-sub-record"


def recover_parts(aggregate: StreamRecord, message: bytes) -> list[StreamRecord | ParkedRecord]:
    """Return all parts of any message, the damaged ones parked."""
    reading = _Reading(aggregate=aggregate, message=message)
    while reading.at < len(message) and len(reading.found) <= PART_LIMIT:
        reading.step()
    if detail := reading.no_aggregate():
        return [ParkedRecord(record=aggregate, reason=DAMAGED_AGGREGATE, detail=detail)]
    return [reading.judged(index, each) for index, each in enumerate(reading.found)]


def stands_for_a_part(key: bytes) -> bool:
    """Tell whether damage made a part look like a key: it still contains the tag of its data."""
    return _RECORD_TAG in key


class _Field(NamedTuple):
    """A field of the message: its number, its content, and where it ends."""

    number: int
    content: bytes
    end: int


class _Found(NamedTuple):
    """One entry of the result: a decoded part, or bytes and what is wrong with them."""

    part: Any
    content: bytes = b""
    reason: str = ""
    detail: str = ""


class _Reading(Struct, kw_only=True):
    """The state of reading a message: how far, and what was found."""

    aggregate: StreamRecord
    message: bytes
    at: int = 0
    last_part: int | None = None
    partition_keys: list[str | None] = field(default_factory=list)
    hash_keys: int = 0
    found: list[_Found] = field(default_factory=list)
    tails: bytearray | None = None

    def step(self) -> None:
        """Read a key or a part, or park what is neither."""
        piece = _field_at(self.message, self.at)
        if piece and self._is_key(piece):
            self.at = piece.end
        elif piece and (part := _part_in(piece)):
            self.found.append(_Found(part))
            self.last_part, self.at = self.at, piece.end
        else:
            self._pass_over(piece)

    def no_aggregate(self) -> str | None:
        """Return why the aggregate is parked whole, or None if it is not."""
        if len(self.found) > PART_LIMIT:
            return f"it holds more than {PART_LIMIT} sub-records"
        if not self.found:
            return "it holds no sub-records"
        apart = any(each.reason != DAMAGED_AGGREGATE for each in self.found)
        return None if apart else "it cannot be taken apart"

    def judged(self, index: int, found: _Found) -> StreamRecord | ParkedRecord:
        """Return one entry of the result."""
        if found.part is None:
            record = self._record(index, None, found.content)
            return ParkedRecord(record=record, reason=found.reason, detail=found.detail)
        if problem := self._key_problem(found.part):
            record = self._record(index, None, found.part.data)
            return ParkedRecord(record=record, reason=DAMAGED_PART, detail=problem)
        key = self.partition_keys[found.part.partition_key_index]
        return self._record(index, key, found.part.data)

    def _is_key(self, piece: _Field) -> bool:
        if piece.number not in {_PARTITION_KEY, _HASH_KEY} or stands_for_a_part(piece.content):
            return False
        if piece.number == _PARTITION_KEY:
            self.partition_keys.append(_text(piece.content))
        else:
            self.hash_keys += 1
        return True

    def _pass_over(self, piece: _Field | None) -> None:
        """Park the bytes here: to their own end if parts follow there, else to the next part."""
        if self.last_part is not None and self._tail_after(self.last_part) < self.at:
            # The previous part contains the beginning of the next: the previous one is damaged.
            self.found.pop()
            self.at, piece = self.last_part, None
        tail = self._tail_after(self.at)
        if piece and piece.end <= tail and self._goes_on_at(piece.end):
            self._park(piece.end, piece.content, DAMAGED_PART, _problem(piece))
        elif tail < len(self.message):
            content = self.message[self.at : tail]
            self._park(tail, content, DAMAGED_PART, "its end cannot be found")
        else:
            detail = f"no sub-records are found after the first {len(self.found)}"
            self._park(tail, self.message[self.at :], DAMAGED_AGGREGATE, detail)

    def _park(self, end: int, content: bytes, reason: str, detail: str) -> None:
        self.found.append(_Found(None, content, reason, detail))
        self.last_part, self.at = None, end

    def _goes_on_at(self, place: int) -> bool:
        if self.tails and self.tails[place]:
            return True
        # Another damaged part may follow later.
        piece = _field_at(self.message, place)
        return piece is not None and _part_in(piece) is not None

    def _tail_after(self, place: int) -> int:
        """Return the next place from which parts follow each other to the end, or the end."""
        if self.tails is None:
            self.tails = _tails(self.message)
        return self.tails.find(True, place + 1)

    def _key_problem(self, part: Any) -> str | None:  # noqa: ANN401 - made by protobuf at run time
        if part.partition_key_index >= len(self.partition_keys):
            return "its partition key is not in the aggregate"
        if self.partition_keys[part.partition_key_index] is None:
            return "its partition key is not text"
        # No explicit hash key is usual, and not the same as index 0.
        if part.HasField(HASH_INDEX) and part.explicit_hash_key_index >= self.hash_keys:
            return "its explicit hash key is not in the aggregate"
        return None

    def _record(self, index: int, partition_key: str | None, payload: bytes) -> StreamRecord:
        return replace(self.aggregate, index=index, partition_key=partition_key, payload=payload)


# The fields of an AggregatedRecord, and the tags with which its parts begin.
_PARTITION_KEY = 1
_HASH_KEY = 2
_RECORD = 3
_RECORD_TAG = b"\x1a"
_INDEX_TAG = 0x08


def _text(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


def _part_in(piece: _Field) -> Any:  # noqa: ANN401 - made by protobuf at run time
    """Return the part if encoding its content takes as many bytes; else None."""
    if piece.number != _RECORD:
        return None
    known = definition()
    try:
        part = known.record.FromString(piece.content)
    except known.undecodable:
        return None
    # Of two payloads in one part, protobuf silently keeps the last.
    part.DiscardUnknownFields()
    whole = part.IsInitialized() and part.ByteSize() == len(piece.content)
    return part if whole else None


def _problem(piece: _Field) -> str:
    if piece.number != _RECORD:
        return "its field is not that of sub-records"
    return "it is not a sub-record, or has bytes too many or too few"


def _tails(message: bytes) -> bytearray:
    """Return, for each place, whether only parts seem to follow from there to the end.

    Scans once, from the end, so that a crafted message cannot make it slow.
    """
    tails = bytearray(len(message) + 1)
    tails[-1] = True
    place = message.rfind(_RECORD_TAG)
    while place >= 0:
        size, start = _varint(message, place + 1)
        end = start + size
        if size and end <= len(message) and message[start] == _INDEX_TAG:
            tails[place] = tails[end]
        place = message.rfind(_RECORD_TAG, 0, place)
    return tails


def _field_at(message: bytes, place: int) -> _Field | None:
    """Return the field that begins at *place*, if there is one and it ends within the message."""
    if place >= len(message) or message[place] not in _TAGS:
        return None
    size, start = _varint(message, place + 1)
    end = start + size
    if end > len(message):
        return None
    return _Field(message[place] >> _WIRE_TYPE_BITS, message[start:end], end)


# Tags of one byte with wire type 2: the length precedes the content.
_TAGS = range(0b10, 0x80, 0b1000)
_WIRE_TYPE_BITS = 3


def _varint(message: bytes, start: int) -> tuple[int, int]:
    """Return a number and where it ends; an unfinished one is larger than any message."""
    value = 0
    for place in range(start, min(start + _LONGEST, len(message))):
        byte = message[place]
        if byte < _CONTINUED:
            return value | byte << 7 * (place - start), place + 1
        value |= (byte & 0x7F) << 7 * (place - start)
    return _ENDLESS, start


_LONGEST = 10  # bytes of a 64-bit number
_CONTINUED = 0x80
_ENDLESS = 1 << 70
