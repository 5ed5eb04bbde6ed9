"""CloudWatch's sums of a stage in memory, which a test sets."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class FakeMetrics:
    """`sums` are those of each metric by the hour in which they stand."""

    sums: dict[str, dict[datetime, float]] = field(default_factory=dict)

    def by_hour(
        self, names: Sequence[str], since: datetime, until: datetime
    ) -> Mapping[str, Mapping[datetime, float]]:
        return {
            name: {at: s for at, s in self.sums.get(name, {}).items() if since <= at < until}
            for name in names
        }
