"""Decide which shards may be read now, and from which position. Used by the stream driver and the harness."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from lambda_event_sources.mapping import EventSourceMapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Shard:
    """A shard and the shards that it was split or merged from."""

    shard_id: str
    parents: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Position:
    """Where reading a shard begins: a shard iterator type, and the number or time that it needs."""

    kind: Literal["TRIM_HORIZON", "LATEST", "AT_TIMESTAMP", "AFTER_SEQUENCE_NUMBER"]
    number: str = ""
    at: datetime | None = None

    def __str__(self) -> str:
        return self.number or (f"{self.kind} {self.at}" if self.at else self.kind)


TRIM_HORIZON = Position(kind="TRIM_HORIZON")
LATEST = Position(kind="LATEST")


def after(sequence_number: str) -> Position:
    """Return the position after a record."""
    return Position(kind="AFTER_SEQUENCE_NUMBER", number=sequence_number)


Positions = dict[str, Position]
"""The checkpoints of a mapping, by shard."""


class ShardSequencer:
    """Read parents before children, or a key's newer records would overtake its older ones.

    The rules, each with a test named in docs/rules.md:

    - a shard is ready when all its parents that the stream still lists are read and processed
    - a mapping's starting position applies to the shards of the first listing; a shard that appears
      later is read from its beginning, or from the timestamp where the mapping has one
    - at LATEST a shard that already has children is closed and has no newer records
    - a successor continues from the positions of its predecessor

    `positions` are the checkpoints: they are kept up to date here and outlive the sequencer.
    """

    def __init__(self, mapping: EventSourceMapping, positions: Positions) -> None:
        self._start = _start_of(mapping)
        self._positions = positions
        self._started: set[str] = set()
        self._finished: set[str] = set()

    def ready_shards(self, shards: Iterable[Shard]) -> list[tuple[str, Position]]:
        """Return the shards that are ready now, each with its position; each is returned once."""
        listed = {shard.shard_id: shard for shard in shards}
        if not self._positions:
            self._begin_at_start(listed)
        for shard_id in listed.keys() - self._positions.keys():
            self._positions[shard_id] = TRIM_HORIZON if self._start == LATEST else self._start
        ready = [
            shard_id
            for shard_id, shard in listed.items()
            if shard_id not in self._started and self._is_ready(shard, listed)
        ]
        self._started.update(ready)
        return [(shard_id, self._positions[shard_id]) for shard_id in ready]

    def checkpoint(self, shard_id: str, position: Position) -> None:
        """Record how far a shard is processed."""
        self._positions[shard_id] = position

    def finish(self, shard_id: str) -> None:
        """Record that a closed shard is read and processed to its end; its children become ready."""
        self._finished.add(shard_id)

    def release(self, shard_id: str) -> None:
        """Record that nobody reads the shard any more; it becomes ready again at its checkpoint."""
        self._started.discard(shard_id)

    def _begin_at_start(self, listed: dict[str, Shard]) -> None:
        self._positions.update(dict.fromkeys(listed, self._start))
        if self._start == LATEST:
            closed = {parent for shard in listed.values() for parent in shard.parents}
            self._started |= closed
            self._finished |= closed

    def _is_ready(self, shard: Shard, listed: dict[str, Shard]) -> bool:
        return all(parent in self._finished for parent in shard.parents if parent in listed)


def _start_of(mapping: EventSourceMapping) -> Position:
    match mapping.starting_position:
        case "LATEST":
            return LATEST
        case "AT_TIMESTAMP":
            return Position(kind="AT_TIMESTAMP", at=mapping.starting_position_timestamp)
        case _:
            return TRIM_HORIZON
