"""Write KPL aggregates, whole and damaged. Used by tests of the envelope and of recordings."""

import sys
from hashlib import md5

from ordercast.events.kpl_message import MAGIC
from ordercast.events.stream_record import ParkedRecord, StreamRecord


def aggregate(*payloads: bytes, hash_keys: tuple[str | None, ...] = ()) -> bytes:
    """What aws-kinesis-agg's aggregator makes of records with the keys o-1, o-2 and so on."""
    path = sys.path.copy()
    from aws_kinesis_agg.aggregator import RecordAggregator  # noqa: PLC0415 - see below

    sys.path[:] = path  # it puts its own folder first
    writer = RecordAggregator()
    for number, payload in enumerate(payloads, start=1):
        hash_key = hash_keys[number - 1] if hash_keys else None
        assert writer.add_user_record(f"o-{number}", payload, hash_key) is None
    return writer.clear_and_get().get_contents()[2]


def message_of(aggregated: bytes) -> bytes:
    """The protobuf message between magic and digest."""
    return aggregated[len(MAGIC) : -16]


def sealed(message: bytes) -> bytes:
    """That message as an aggregate, with the digest it has now."""
    return MAGIC + message + md5(message, usedforsecurity=False).digest()


def field(number: int, content: bytes) -> bytes:
    """One field of a message, its length before it."""
    return bytes([number << 3 | 2]) + varint(len(content)) + content


def part(payload: bytes, *, key: int = 0, more: bytes = b"") -> bytes:
    """One sub-record, with its tag and length."""
    return field(3, b"\x08" + varint(key) + field(3, payload) + more)


def varint(number: int) -> bytes:
    """Seven bits a byte, the lowest first."""
    low, high = number & 0x7F, number >> 7
    return bytes([low | 0x80]) + varint(high) if high else bytes([low])


def record(payload: bytes) -> StreamRecord:
    """That payload at position 101 of the stream."""
    return StreamRecord(
        sequence_number="101", partition_key="outer", arrived_at=None, payload=payload
    )


def outcomes(opened: list[StreamRecord | ParkedRecord]) -> list[tuple[str, bytes | str]]:
    """Position and payload of each event, position and reason of each parked record."""
    return [
        (each.position, each.payload)
        if isinstance(each, StreamRecord)
        else (each.record.position, each.reason)
        for each in opened
    ]
