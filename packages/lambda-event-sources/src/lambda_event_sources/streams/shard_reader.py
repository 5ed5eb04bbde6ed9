"""Read one shard of any stream page by page. Used by the stream driver and the harness."""

from collections.abc import Sequence
from typing import Protocol

from lambda_event_sources.events import StreamRecord
from lambda_event_sources.streams.shard_sequencer import Position, Shard, after


class Stream(Protocol):
    """A stream of any kind, through its API or in memory."""

    def shards(self) -> list[Shard]:
        """List the shards."""

    def iterator(self, shard_id: str, position: Position) -> str:
        """Return an iterator that begins at a position."""

    def read(
        self, shard_id: str, iterator: str, limit: int
    ) -> tuple[Sequence[StreamRecord], str | None]:
        """Return at most *limit* records and the next iterator, None at the end of a closed shard."""


class ShardReader:
    """Read one shard from a position on; after an expired iterator it continues from there.

    `position` is where it has read to, at first where it begins.
    """

    def __init__(self, stream: Stream, shard_id: str, *, position: Position) -> None:
        self._stream = stream
        self.shard_id = shard_id
        self.position = position
        self._iterator: str | None = None
        self.is_at_end = False

    def read(self, limit: int) -> Sequence[StreamRecord]:
        """Return at most *limit* further records; none may also mean that none has arrived yet."""
        if self.is_at_end:
            return []
        if self._iterator is None:
            self._iterator = self._stream.iterator(self.shard_id, self.position)
        iterator, self._iterator = self._iterator, None
        # An iterator that fails, expired or not, is not used again.
        records, following = self._stream.read(self.shard_id, iterator, limit)
        if records:
            self.position = after(records[-1].sequence_number)
        self._iterator = following
        self.is_at_end = following is None
        return records
