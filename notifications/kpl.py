"""A record that the Kinesis Producer Library packed in, its parts out, each judged by itself.

An aggregate is `F3 89 9A C2`, a protobuf message and the MD5 of that message:
https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md.
Its parts are told apart by their lengths before any is decoded, so that a damaged one costs
nobody else their message. aws-kinesis-agg supplies the definition of the message only: its own
reader prints what it cannot read, and drops the rest.
"""

import sys
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from hashlib import md5
from importlib import import_module
from typing import Any

from notifications.parking import ParkedRecord, StreamRecord

MAGIC = b"\xf3\x89\x9a\xc2"
DIGEST_SIZE = 16

PART_LIMIT = 32_768
"""Sub-records of an aggregate: more do not fit in 1 MiB if each is an order event."""

DAMAGED_AGGREGATE = "damaged-aggregate"
DAMAGED_PART = "damaged-sub-record"


def message_in(payload: bytes) -> bytes | None:
    """Return the message of an aggregate, and None for any other record.

    As for Amazon's own consumer library, a record without the magic or with another digest is
    no aggregate, whatever it looks like.
    """
    if not payload.startswith(MAGIC):
        return None
    rest = payload[len(MAGIC) :]
    message, digest = rest[:-DIGEST_SIZE], rest[-DIGEST_SIZE:]
    return message if digest == md5(message, usedforsecurity=False).digest() else None


def take_apart(aggregate: StreamRecord, message: bytes) -> list[StreamRecord | ParkedRecord]:
    """Return the parts of *aggregate*, whose message this is, in their order.

    A part that is damaged is parked in its place with what can be read of it; from where no more
    parts can be told apart, the rest is parked as one; without any part, the aggregate is.
    """
    fields, end = _fields(message)
    pieces = [field for field in fields if not _stands_in_a_table(*field)]
    if detail := _no_aggregate(pieces, whole=end == len(message)):
        return [ParkedRecord(record=aggregate, reason=DAMAGED_AGGREGATE, detail=detail)]
    reader = _Reader(
        aggregate=aggregate,
        definition=_definition(),
        partition_keys=[_key(content) for number, content in fields if number == _PARTITION_KEY],
        hash_keys=sum(number == _HASH_KEY for number, _ in fields),
    )
    parts = [reader.part(index, *piece) for index, piece in enumerate(pieces)]
    if end < len(message):
        rest = reader.record(len(parts), None, message[end:])
        detail = f"what follows the first {len(parts)} sub-records cannot be told apart"
        parts.append(ParkedRecord(record=rest, reason=DAMAGED_AGGREGATE, detail=detail))
    return parts


def _no_aggregate(pieces: Sequence[tuple[int, bytes]], *, whole: bool) -> str | None:
    if len(pieces) > PART_LIMIT:
        return f"it holds more than {PART_LIMIT} sub-records"
    if not any(number == _RECORD for number, _ in pieces):
        return "it holds no sub-records" if whole else "it cannot be taken apart"
    return None


# The fields of an AggregatedRecord.
_PARTITION_KEY = 1
_HASH_KEY = 2
_RECORD = 3
_RECORD_TAG = b"\x1a"


def _stands_in_a_table(number: int, content: bytes) -> bool:
    """Tell keys from parts, also from those that damage made look like keys: a tag is left."""
    return number in {_PARTITION_KEY, _HASH_KEY} and _RECORD_TAG not in content


def _key(content: bytes) -> str | None:
    try:
        return content.decode()
    except UnicodeDecodeError:
        return None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reader:
    """What the parts of one aggregate share; a key that is not text is None."""

    aggregate: StreamRecord
    definition: "_Definition"
    partition_keys: Sequence[str | None]
    hash_keys: int

    def part(self, index: int, number: int, content: bytes) -> StreamRecord | ParkedRecord:
        """Read one part, or park it."""
        if number != _RECORD:
            return self._damaged(index, content, "it stands where aggregates have no sub-record")
        try:
            part = self.definition.record.FromString(content)
        except self.definition.undecodable:
            return self._damaged(index, content, "it cannot be decoded")
        if not part.IsInitialized():
            return self._damaged(index, content, "it lacks its data or its partition key")
        # Of two payloads in one part protobuf keeps the last, and says nothing.
        part.DiscardUnknownFields()
        if part.ByteSize() != len(content):
            return self._damaged(index, content, "it holds more than a sub-record does")
        if trouble := self._key_trouble(part):
            return self._damaged(index, part.data, trouble)
        return self.record(index, self.partition_keys[part.partition_key_index], part.data)

    def _key_trouble(self, part: Any) -> str | None:  # noqa: ANN401 - made by protobuf at run time
        if part.partition_key_index >= len(self.partition_keys):
            return "its partition key is not in the aggregate"
        if self.partition_keys[part.partition_key_index] is None:
            return "its partition key is not text"
        # To have no explicit hash key is usual, and not the same as having number 0.
        if part.HasField("explicit_hash_key_index") and (
            part.explicit_hash_key_index >= self.hash_keys
        ):
            return "its explicit hash key is not in the aggregate"
        return None

    def record(self, index: int, partition_key: str | None, payload: bytes) -> StreamRecord:
        return StreamRecord(
            sequence_number=self.aggregate.sequence_number,
            index=index,
            partition_key=partition_key,
            arrived_at=self.aggregate.arrived_at,
            payload=payload,
        )

    def _damaged(self, index: int, payload: bytes, detail: str) -> ParkedRecord:
        record = self.record(index, None, payload)
        return ParkedRecord(record=record, reason=DAMAGED_PART, detail=detail)


def _fields(message: bytes) -> tuple[list[tuple[int, bytes]], int]:
    """Return number and content of each field, and where the last that can be told apart ends."""
    fields: list[tuple[int, bytes]] = []
    end = 0
    while end < len(message):
        tag = message[end]
        size, start = _varint(message, end + 1)
        if tag not in _TAGS or start + size > len(message):
            break
        end = start + size
        fields.append((tag >> _WIRE_TYPE_BITS, message[start:end]))
    return fields, end


# Of one byte, and with a content whose length stands before it: wire type 2.
_TAGS = range(0b10, 0x80, 0b1000)
_WIRE_TYPE_BITS = 3


def _varint(message: bytes, start: int) -> tuple[int, int]:
    """Return a number and where it ends; one that does not end is larger than any message."""
    value = 0
    for place, byte in enumerate(message[start : start + _LONGEST]):
        value |= (byte & 0x7F) << 7 * place
        if byte < _CONTINUED:
            return value, start + place + 1
    return _ENDLESS, start


_LONGEST = 10  # bytes of a 64-bit number
_CONTINUED = 0x80
_ENDLESS = 1 << 70


@dataclass(frozen=True, slots=True, kw_only=True)
class _Definition:
    """The class of one part, and what it raises on bytes that are none."""

    record: Any
    undecodable: type[Exception]


@cache
def _definition() -> _Definition:
    """Import the definition when the first aggregate is met; other records need no protobuf.

    Its module imports a neighbour by that one's bare name, for which the library puts its folder
    on the search path of everybody; lending the name for the moment of the import does as well.
    """
    theirs = {_NEIGHBOUR: sys.modules[_NEIGHBOUR]} if _NEIGHBOUR in sys.modules else {}
    sys.modules[_NEIGHBOUR] = import_module(f"aws_kinesis_agg.{_NEIGHBOUR}")
    try:
        messages = import_module("aws_kinesis_agg.messages_pb2")
    finally:
        del sys.modules[_NEIGHBOUR]
        sys.modules.update(theirs)
    undecodable = import_module("google.protobuf.message").DecodeError
    return _Definition(record=messages.Record, undecodable=undecodable)


_NEIGHBOUR = "config_pb2"
