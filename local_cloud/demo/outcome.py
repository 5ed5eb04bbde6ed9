"""Hold the result of a demo. Made by `run`, printed by `report`."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local_cloud.demo.comparison import Comparison
from local_cloud.demo.day import RecordKind
from local_cloud.inbox import SentMessage
from ordercast.operations.reconciliation import ReconciliationResult
from ordercast.rollups.statistics import Figures

MEMORY_LIMIT = 512 * 1024 * 1024
"""Bytes of a function on the local cloud (set in stages/local.toml)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class DemoOutcome:
    """The records that were put and the counts; `put` and `records` are numbers by kind.

    `away` are texts that went by the second Region. `memory` is each function's peak in bytes; `pages` are files to look at, by name.
    """

    orders: int
    put: Mapping[RecordKind, int]
    aggregated: int
    comparison: Comparison
    verified: ReconciliationResult
    away: int
    figures: Figures
    example: SentMessage | None
    memory: Mapping[str, int]
    pages: Mapping[str, Path]
    took: timedelta

    @property
    def records(self) -> dict[RecordKind, int]:
        """The numbers of records by kind, as the stream, the decision records and the parked records have them."""
        return {kind: getattr(self.verified.records, kind) for kind in RecordKind}

    @property
    def mistaken(self) -> list[RecordKind]:
        """The kinds of which more or fewer were found than put."""
        return [kind for kind in RecordKind if self.records[kind] != self.put.get(kind, 0)]

    @property
    def too_large(self) -> list[str]:
        """The functions that used more memory than they may."""
        return [name for name, peak in self.memory.items() if peak > MEMORY_LIMIT]

    @property
    def is_right(self) -> bool:
        """Whether all counts agree, and every record has the expected result."""
        agreed = not self.comparison.disagreements and not self.mistaken
        return agreed and self.verified.is_right and not self.too_large
