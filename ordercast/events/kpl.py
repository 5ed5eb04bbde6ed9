"""Read aggregates of the Kinesis Producer Library (KPL). Used by the envelope and recordings.

An aggregate is `F3 89 9A C2`, a protobuf message and the MD5 of that message:
https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md.
An intact aggregate is decoded at once; any other goes to kpl_damaged.py.
"""

from hashlib import md5
from typing import Any

from msgspec.structs import replace

from ordercast.events.kpl_damaged import PART_LIMIT, recover_parts, stands_for_a_part
from ordercast.events.kpl_message import DIGEST_SIZE, HASH_INDEX, MAGIC, definition
from ordercast.events.stream_record import ParkedRecord, StreamRecord


def message_in(payload: bytes) -> bytes | None:
    """Return the message of an aggregate, and None for any other record.

    As in Amazon's consumer library, a record without the magic or with another digest is not an
    aggregate.
    """
    if not payload.startswith(MAGIC):
        return None
    rest = payload[len(MAGIC) :]
    message, digest = rest[:-DIGEST_SIZE], rest[-DIGEST_SIZE:]
    return message if digest == md5(message, usedforsecurity=False).digest() else None


def take_apart(aggregate: StreamRecord, message: bytes) -> list[StreamRecord | ParkedRecord]:
    """Return the parts of *aggregate* in order; *message* is its protobuf message.

    A damaged part is parked in its place and does not affect its neighbours; a stretch in which
    no parts are found is parked as one.
    """
    return _in_order(aggregate, message) or recover_parts(aggregate, message)


def _in_order(aggregate: StreamRecord, message: bytes) -> list[StreamRecord | ParkedRecord] | None:
    """Return the parts of an intact message, and None for any other."""
    decoded = _decoded(message)
    if decoded is None:
        return None
    keys, hash_keys = list(decoded.partition_key_table), list(decoded.explicit_hash_key_table)
    parts = decoded.records
    if not all(_is_a_key(key) for key in (*keys, *hash_keys)):
        return None
    used = [part.partition_key_index for part in parts]
    # No explicit hash key is usual, and not the same as index 0.
    used_hash_keys = [part.explicit_hash_key_index for part in parts if part.HasField(HASH_INDEX)]
    if max(used) >= len(keys) or max(used_hash_keys, default=-1) >= len(hash_keys):
        return None
    return [
        replace(aggregate, index=index, partition_key=keys[key], payload=part.data)
        for index, (key, part) in enumerate(zip(used, parts, strict=True))
    ]


def _decoded(message: bytes) -> Any:  # noqa: ANN401 - made by protobuf at run time
    """Return the message if encoding its content gives the same bytes; else None.

    Then nothing was lost, repeated or misread.
    """
    known = definition()
    try:
        decoded = known.aggregated_record.FromString(message)
    except known.undecodable:
        return None
    decoded.DiscardUnknownFields()
    is_one = (
        0 < len(decoded.records) <= PART_LIMIT
        and decoded.IsInitialized()
        and decoded.SerializeToString() == message
    )
    return decoded if is_one else None


def _is_a_key(key: str | bytes) -> bool:
    # Protobuf returns bytes for a key that is not UTF-8.
    return isinstance(key, str) and not stands_for_a_part(key.encode())
