"""Write the aggregates that the Kinesis Producer Library writes. Used by tests of filters and retries.

https://github.com/awslabs/amazon-kinesis-producer/blob/master/aggregation-format.md
"""

from hashlib import md5

MAGIC = b"\xf3\x89\x9a\xc2"


def aggregate(*payloads: bytes) -> bytes:
    """Return one record with several sub-records, all of the partition key `k`."""
    message = _field(1, b"k") + b"".join(
        _field(3, b"\x08\x00" + _field(3, payload)) for payload in payloads
    )
    return MAGIC + message + md5(message, usedforsecurity=False).digest()


def sub_records(data: bytes) -> list[bytes]:
    """Return the payloads of an aggregate, or the record itself where it is none."""
    if not data.startswith(MAGIC):
        return [data]
    fields = _fields(data[len(MAGIC) : -16])
    return [payload for number, part in fields if number == 3 for payload in _payloads(part)]


def _payloads(part: bytes) -> list[bytes]:
    return [content for number, content in _fields(part[2:]) if number == 3]


def _fields(message: bytes) -> list[tuple[int, bytes]]:
    found = []
    while message:
        number, length = message[0] >> 3, message[1]
        found.append((number, message[2 : 2 + length]))
        message = message[2 + length :]
    return found


def _field(number: int, content: bytes) -> bytes:
    assert len(content) < 128, "one byte of length"
    return bytes([number << 3 | 2, len(content)]) + content
