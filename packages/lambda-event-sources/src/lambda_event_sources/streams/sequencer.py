"""The shards that a stream lists come in; which of them may be read now, and from where, goes out."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lambda_event_sources.mapping import EventSourceMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A shard and those it was split or merged from."""

    shard_id: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where reading a shard begins: a kind of shard iterator, and what that kind needs beside it."""

    kind: Literal["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AFTER_SEQUENCE_NUMBER"]
    number: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        return self.number or (f"{self.kind} {self.at}" if self.at else self.kind)


HORIZON = Position(kind="TRIM_HORIZON")
LATEST = Position(kind="LATEST")


def after(sequence_number: str) -> Position:
    """Say that what follows a record comes next."""
    return Position(kind="AFTER_SEQUENCE_NUMBER", number=sequence_number)


Positions = dict[str, Position]
"""How far a mapping has come, by shard."""


class Lineage:
    """Parents before children, or a key's newer records would overtake its older ones.

    The rules, each with a test that docs/event-sources.md names:

    - a shard begins when all its parents that the stream still lists are read to their ends and done
    - a mapping's starting position is for the shards of its first look; a shard that comes later is
      read from its beginning, or from the timestamp where the mapping names one
    - at LATEST a shard that already has children is closed and has nothing that is newer
    - whoever goes on for another, does so at that one's positions

    `positions` is kept up to date here and outlives the lineage.
    """

    def __init__(self, mapping: EventSourceMapping, positions: Positions) -> None:
        self._start = _start_of(mapping)
        self._positions = positions
        self._begun: set[str] = set()
        self._finished: set[str] = set()

    def see(self, shards: Iterable[Shard]) -> list[tuple[str, Position]]:
        """Say which shards begin now, and where; each is said once."""
        listed = {shard.shard_id: shard for shard in shards}
        if not self._positions:
            self._look_first(listed)
        for shard_id in listed.keys() - self._positions.keys():
            self._positions[shard_id] = HORIZON if self._start == LATEST else self._start
        begin = [
            shard_id
            for shard_id, shard in listed.items()
            if shard_id not in self._begun and self._may_begin(shard, listed)
        ]
        self._begun.update(begin)
        return [(shard_id, self._positions[shard_id]) for shard_id in begin]

    def reach(self, shard_id: str, position: Position) -> None:
        """Note how far a shard has come."""
        self._positions[shard_id] = position

    def finish(self, shard_id: str) -> None:
        """Note that a closed shard was read to its end and all of it is done: children may begin."""
        self._finished.add(shard_id)

    def leave(self, shard_id: str) -> None:
        """Note that nobody reads a shard any more: it begins again at its position."""
        self._begun.discard(shard_id)

    def _look_first(self, listed: dict[str, Shard]) -> None:
        self._positions.update(dict.fromkeys(listed, self._start))
        if self._start == LATEST:
            closed = {parent for shard in listed.values() for parent in shard.parents}
            self._begun |= closed
            self._finished |= closed

    def _may_begin(self, shard: Shard, listed: dict[str, Shard]) -> bool:
        return all(parent in self._finished for parent in shard.parents if parent in listed)


def _start_of(mapping: EventSourceMapping) -> Position:
    match mapping.starting_position:
        case "LATEST":
            return LATEST
        case "AT_TIMESTAMP":
            return Position(kind="AT_TIMESTAMP", at=mapping.starting_at)
        case _:
            return HORIZON
