"""Build valid aggregates of order events with every byte's place known. Used by the mutation tests.

They are put together here, byte by byte, so that nothing is taken from the reader they are for.
"""

import json
from dataclasses import dataclass, field
from gzip import compress

from tests.aggregates import varint

MARKER = "ada.lovelace@example.com"
"""Stands in every event, and nowhere else: whatever shows it has shown a payload."""

Span = tuple[int, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class Part:
    """One sub-record: its data as it stands there, the event in it, and where all of it is."""

    data: bytes
    event: bytes
    span: Span
    content: Span


@dataclass(slots=True)
class Specimen:
    """A message and its parts; *lengths*, *indexes* and *tags* are where such numbers stand."""

    message: bytes = b""
    tables_end: int = 0
    parts: list[Part] = field(default_factory=list)
    lengths: list[Span] = field(default_factory=list)
    indexes: list[Span] = field(default_factory=list)
    tags: list[Span] = field(default_factory=list)

    def add_key(self, number: int, key: str) -> None:
        """Write one entry of a table: 1 has the partition keys, 2 the explicit hash keys."""
        self._tag(number << 3 | 2)
        self._number(len(key.encode()), self.lengths)
        self.message += key.encode()
        self.tables_end = len(self.message)

    def add_part(self, data: bytes, *, event: bytes, key: int, hash_key: int | None) -> None:
        """Write one sub-record."""
        start = len(self.message)
        hashed = b"" if hash_key is None else b"\x10" + varint(hash_key)
        latest_status = b"\x08" + varint(key) + hashed + b"\x1a" + varint(len(data))
        self._tag(0x1A)
        self._number(len(latest_status) + len(data), self.lengths)
        content = len(self.message)
        self._tag(0x08)
        self._number(key, self.indexes)
        if hash_key is not None:
            self._tag(0x10)
            self._number(hash_key, self.indexes)
        self._tag(0x1A)
        self._number(len(data), self.lengths)
        self.message += data
        end = len(self.message)
        self.parts.append(Part(data=data, event=event, span=(start, end), content=(content, end)))

    def _tag(self, tag: int) -> None:
        self.tags.append((len(self.message), len(self.message) + 1))
        self.message += bytes([tag])

    def _number(self, number: int, spans: list[Span]) -> None:
        start = len(self.message)
        self.message += varint(number)
        spans.append((start, len(self.message)))


def specimens() -> list[Specimen]:
    """Return one of each kind: one key, many, hash keys, compressed parts, two-byte numbers."""
    return [
        _specimen(count=5, keys=1),
        _specimen(count=4, keys=4),
        _specimen(count=5, keys=3, hash_keys=2),
        _specimen(count=4, keys=2, zipped=2),
        _specimen(count=6, keys=1, padding=160),
        _specimen(count=1, keys=1),
    ]


def _specimen(
    *, count: int, keys: int, hash_keys: int = 0, zipped: int = 0, padding: int = 0
) -> Specimen:
    specimen = Specimen()
    for number in range(keys):
        specimen.add_key(1, f"o-{number + 1}")
    for number in range(hash_keys):
        specimen.add_key(2, str(7**number))
    for number in range(count):
        event = _event(number, "x" * padding)
        specimen.add_part(
            compress(event, mtime=0) if zipped and number % zipped else event,
            event=event,
            key=number % keys,
            # Every other has one: to have none is no damage.
            hash_key=number % hash_keys if hash_keys and number % 2 else None,
        )
    return specimen


def _event(number: int, note: str) -> bytes:
    event = {"order_id": f"o-{number}", "contact": {"email": MARKER}, "note": note}
    return json.dumps(event).encode()
