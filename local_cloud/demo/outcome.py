"""What is known when a demo is over."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path

from local_cloud.demo.comparison import Accounts
from local_cloud.demo.day import Kind
from local_cloud.inbox import SentMessage
from ordercast.cli.verify import Answer
from ordercast.rollups.statistics import Figures

MEMORY_LIMIT = 512 * 1024 * 1024
"""Bytes of a function on the local cloud (set in stages/local.toml)."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """What was put and what it came to; `put` and `records` are by what was made of a record.

    `memory` is each worker's peak in bytes; `pages` are files to look at, by what they are.
    """

    orders: int
    put: Mapping[Kind, int]
    aggregated: int
    accounts: Accounts
    verified: Answer
    figures: Figures
    example: SentMessage | None
    memory: Mapping[str, int]
    pages: Mapping[str, Path]
    took: timedelta

    @property
    def records(self) -> dict[Kind, int]:
        """What the stream, the marks and the parked records say became of what was put."""
        found = self.verified.records
        return {
            Kind.ACCEPTED: found.accepted,
            Kind.DUPLICATE: found.duplicate,
            Kind.STALE: found.stale,
            Kind.PARKED: found.parked,
        }

    @property
    def mistaken(self) -> list[Kind]:
        """Name the kinds of which there are more or fewer than were put."""
        return [kind for kind in Kind if self.records[kind] != self.put.get(kind, 0)]

    @property
    def too_large(self) -> list[str]:
        """Name the workers that took more memory than they may."""
        return [name for name, peak in self.memory.items() if peak > MEMORY_LIMIT]

    @property
    def is_right(self) -> bool:
        """Tell whether all who counted agree, and every record ended as it should."""
        agreed = not self.accounts.disagreements and not self.mistaken
        return agreed and self.verified.is_right and not self.too_large
